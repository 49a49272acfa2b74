//! The only module with sockets, tasks and waiting.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::{AbortHandle, JoinSet};

use crate::error::{Error, ErrorKind};
use crate::front::Front;

/// A server on a port of the loopback interface; it stops when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    task: AbortHandle,
}

impl Server {
    pub(crate) async fn start(port: u16, front: Front) -> Result<Self, Error> {
        let failed = |error| {
            Error::new(
                ErrorKind::Io,
                format!("cannot listen on 127.0.0.1:{port}: is it in use?"),
            )
            .because(error)
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let task = spawn(accept(listener, Arc::new(front)));
        Ok(Self { address, task })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, front: Arc<Front>) {
    // Connections end with this task.
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(_) => {
                // Out of descriptors: others must be closed first.
                sleep(Duration::from_millis(20)).await;
                continue;
            }
        };
        while connections.try_join_next().is_some() {}
        // Answers are written in one piece; waiting for more would only delay them.
        drop(stream.set_nodelay(true));
        let front = Arc::clone(&front);
        connections.spawn(async move {
            let service = service_fn(move |request| Arc::clone(&front).serve(request));
            // An error is a client that went away, or a fault that closed the connection.
            drop(
                http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service)
                    .await,
            );
        });
    }
}

#[expect(clippy::disallowed_methods, reason = "this module is where tasks are started")]
pub(crate) fn spawn(work: impl Future<Output = ()> + Send + 'static) -> AbortHandle {
    tokio::spawn(work).abort_handle()
}

/// Runs to its end even if nobody waits for it any more. `None` after a panic.
#[expect(clippy::disallowed_methods, reason = "this module is where tasks are started")]
pub(crate) async fn detached<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> Option<T> {
    tokio::spawn(work).await.ok()
}

#[expect(clippy::disallowed_methods, reason = "this module is where waiting is done")]
pub(crate) async fn sleep(time: Duration) {
    tokio::time::sleep(time).await;
}
