//! The HTTP face of exports: a workspace's programs ask for the users of a segment, as they ask the reference system, look at their
//! exports, cancel and download them. What an export is, is `bucketline-export`'s.
//!
//! Plain HTTP on this machine alone: whoever lets the outside in puts something before it that speaks TLS.

mod answer;
mod body;
mod download;
mod driver;
mod keys;
mod route;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bucketline_export::Exporter;

use self::driver::{Listener, Running};
use self::keys::ApiKeys;
use crate::model::Installation;
use crate::notices::Notices;
use crate::variables::Variables;
use crate::{Error, Problem, exports};

/// The API, as long as this is kept. Dropped, exports that it runs are left to whoever goes on with them.
#[derive(Debug)]
pub struct Api {
    address: SocketAddr,
    listener: Listener,
    front: Arc<Front>,
}

impl Api {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Listens no longer, and waits for the exports that it runs, no longer than this; whether all have ended.
    ///
    /// # Cancel safety
    /// Given up, it is as if it were dropped.
    pub async fn end(self, longest: Duration) -> bool {
        drop(self.listener);
        self.front.running.end(longest).await
    }
}

/// What every connection shares.
#[derive(Debug)]
struct Front {
    installation: Installation,
    exporter: Arc<Exporter>,
    keys: ApiKeys,
    running: Running,
}

/// Listens on `address` until what this returns is dropped.
///
/// # Errors
/// The address is not one of this machine alone, or is taken; no workspace has a key; a secret cannot be read.
///
/// # Cancel safety
/// Given up, nobody listens.
pub async fn serve(
    address: SocketAddr,
    installation: &Installation,
    variables: &Variables,
    notices: Option<&Notices>,
) -> Result<Api, Error> {
    let refuse = |what: String, advice: &str| {
        Err(Error::configuration(
            Problem::new(what).at(format!("--api {address}")).advice(advice),
        ))
    };
    if !address.ip().is_loopback() {
        return refuse(
            "the API speaks plain HTTP, and this address can be reached from outside".to_owned(),
            "listen on 127.0.0.1, and put something that speaks TLS before it",
        );
    }
    let keys = ApiKeys::read(installation, variables)?;
    if keys.is_empty() {
        return refuse(
            "no workspace has an `api_key`: nobody could ask for anything".to_owned(),
            "write `api_key = { env = \"ACME_API_KEY\" }` into a `[[workspace]]`",
        );
    }
    let exporter = Arc::new(exports::open(installation, variables, notices).await?);
    let front = Arc::new(Front {
        installation: installation.clone(),
        exporter,
        keys,
        running: Running::default(),
    });
    match Listener::start(address, Arc::clone(&front)).await {
        Ok((address, listener)) => Ok(Api {
            address,
            listener,
            front,
        }),
        Err(error) => refuse(format!("it cannot be listened there: {error}"), ""),
    }
}
