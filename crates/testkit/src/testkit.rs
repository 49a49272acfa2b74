//! The running testkit, as a test or a program holds it.

use s3s::service::S3ServiceBuilder;

use crate::access::{Gate, Scene, Secrets};
use crate::driver::Server;
use crate::error::Error;
use crate::fault::Faults;
use crate::front::Front;
use crate::query_protocol::QueryProtocol;
use crate::requests::Requests;
use crate::s3::Store;
use crate::world::World;

/// An S3, STS and IAM on one port of the loopback interface. It stops when it is dropped.
#[derive(Debug)]
pub struct Testkit {
    world: World,
    faults: Faults,
    requests: Requests,
    server: Server,
}

/// How a testkit listens, and what it tells policies about requests.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// The port on 127.0.0.1; 0, the default, takes a free one.
    pub port: u16,
    /// What `aws:SecureTransport` says. True by default: the testkit stands for AWS, which is reached over TLS,
    /// although it is reached over plain HTTP itself.
    pub secure_transport: bool,
    /// What `aws:SourceIp` says; 127.0.0.1 by default.
    pub source_ip: String,
    /// The characters of a session policy, white space not counted, that fill the space which AWS allots to its packed
    /// form; beyond them AssumeRole answers `PackedPolicyTooLarge`. 2,048 by default, which no policy within the limit of
    /// its plain text exceeds; make it less to see the error.
    pub packed_policy_size: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            port: 0,
            secure_transport: true,
            source_ip: "127.0.0.1".into(),
            packed_policy_size: 2048,
        }
    }
}

impl Testkit {
    /// Starts serving a world on a free port. Needs a Tokio runtime with I/O and time enabled, which it runs on.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) where no port can be had.
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is done, it leaves nothing behind.
    pub async fn start(world: World) -> Result<Self, Error> {
        Self::start_with(world, Settings::default()).await
    }

    /// Starts serving a world.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) where the port cannot be had.
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is done, it leaves nothing behind.
    pub async fn start_with(world: World, settings: Settings) -> Result<Self, Error> {
        let scene = Scene {
            secure_transport: settings.secure_transport,
            source_ip: settings.source_ip,
            packed_policy_size: settings.packed_policy_size,
        };
        let gate = Gate {
            world: world.clone(),
            scene,
        };
        let mut builder = S3ServiceBuilder::new(Store { gate: gate.clone() });
        builder.set_auth(Secrets(world.clone()));
        builder.set_access(gate.clone());
        let query = QueryProtocol { gate };
        builder.set_route(query.clone());
        let (faults, requests) = (Faults::default(), Requests::default());
        let front = Front {
            world: world.clone(),
            faults: faults.clone(),
            requests: requests.clone(),
            service: builder.build(),
            query,
        };
        let server = Server::start(settings.port, front).await?;
        Ok(Self {
            world,
            faults,
            requests,
            server,
        })
    }

    /// Where to point clients, for S3, STS and IAM alike: `http://127.0.0.1:PORT`. Address buckets in the path.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// The state that is served.
    #[must_use]
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The faults that strike requests.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// What was asked so far, and how it was answered.
    #[must_use]
    pub fn requests(&self) -> &Requests {
        &self.requests
    }
}
