//! Sockets, tasks and files of the API: the one module here that starts tasks and waits. It must not know what is asked.

use std::convert::Infallible;
use std::io::{self, Read as _};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::{JoinHandle, JoinSet};

use super::body::Body;
use super::{Front, route};

/// So many connections are served at a time; more wait to be taken.
const CONNECTIONS: usize = 256;
/// How long a client may take to send the head of a request; and as long for its body.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);
/// How much of a file is read at a time.
const PIECE: usize = 256 << 10;

/// Who listens, until it is dropped.
#[derive(Debug)]
pub(super) struct Listener(JoinHandle<()>);

impl Listener {
    #[expect(clippy::disallowed_methods, reason = "this is the driver that starts tasks")]
    pub(super) async fn start(address: SocketAddr, front: Arc<Front>) -> io::Result<(SocketAddr, Self)> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(listen(listener, front));
        Ok((address, Self(task)))
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the driver that waits")]
async fn listen(listener: TcpListener, front: Arc<Front>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Out of descriptors, most likely: others are closed meanwhile.
                tracing::warn!(%error, "a connection to the API could not be taken");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let front = Arc::clone(&front);
        connections.spawn(async move {
            let service = service_fn(move |request| {
                let front = Arc::clone(&front);
                async move { Ok::<_, Infallible>(route::answer(&front, request).await) }
            });
            let mut server = http1::Builder::new();
            let server = server.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
            if let Err(error) = server.serve_connection(TokioIo::new(stream), service).await {
                tracing::debug!(%error, "a connection to the API broke");
            }
            drop(place);
        });
    }
}

/// Exports that were asked for here, and run; given up with this.
#[derive(Debug, Default)]
pub(super) struct Running(Mutex<JoinSet<()>>);

impl Running {
    pub(super) fn start(&self, export: impl Future<Output = ()> + Send + 'static) {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while running.try_join_next().is_some() {}
        running.spawn(export);
    }

    /// Waits for them, no longer than this, and gives up the rest; whether all have ended.
    pub(super) async fn end(&self, longest: Duration) -> bool {
        let mut running = {
            let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *held)
        };
        let all = async { while running.join_next().await.is_some() {} };
        tokio::time::timeout(longest, all).await.is_ok()
    }
}

/// The bytes of a file, as they are taken.
#[expect(clippy::disallowed_methods, reason = "this is the driver that starts tasks")]
pub(super) async fn file(path: &Path) -> io::Result<Body> {
    let path = path.to_owned();
    let opened = tokio::task::spawn_blocking(move || {
        let file = std::fs::File::open(path)?;
        let length = file.metadata()?.len();
        Ok::<_, io::Error>((file, length))
    });
    let (file, length) = opened.await.map_err(io::Error::other)??;
    let (pieces, taken) = mpsc::channel(4);
    tokio::task::spawn_blocking(move || {
        // It grows no longer; if it does, the rest is not part of the answer.
        let mut file = file.take(length);
        loop {
            let mut piece = vec![0; PIECE];
            let read = match file.read(&mut piece) {
                Ok(0) => return,
                Ok(read) => {
                    piece.truncate(read);
                    Ok(Bytes::from(piece))
                }
                Err(error) => Err(error),
            };
            let broken = read.is_err();
            if pieces.blocking_send(read).is_err() || broken {
                return;
            }
        }
    });
    Ok(Body::Pieces(taken, length))
}
