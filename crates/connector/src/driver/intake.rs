//! The way in: batches are encoded on blocking threads, as many at once as there are processors, and go on in the order in which
//! they were submitted.

use std::future::Future;
use std::sync::Arc;

use bucketline_spool::{GenerationId, Hour};
use tokio::sync::{mpsc, oneshot};

use super::clock::WallClock;
use super::run_loop::{Message, Reply};
use crate::Admission;
use crate::admit::Prepared;
use crate::batch::Batch;
use crate::error::Error;

/// Where batches go in.
pub(super) type Intake = mpsc::UnboundedSender<(Batch, Reply)>;

pub(super) fn start(
    admission: Arc<Admission>,
    generations: Arc<[GenerationId]>,
    clock: Arc<dyn WallClock>,
    messages: mpsc::UnboundedSender<Message>,
) -> Intake {
    let (intake, mut batches) = mpsc::unbounded_channel::<(Batch, Reply)>();
    let parallel = std::thread::available_parallelism().map_or(2, usize::from);
    let (encoding, mut encoded) = mpsc::channel(parallel);
    spawn(async move {
        while let Some((batch, reply)) = batches.recv().await {
            let (admission, generations) = (Arc::clone(&admission), Arc::clone(&generations));
            let hour = Hour::from_unix_seconds(clock.unix_seconds());
            let (done, prepared) = oneshot::channel::<Prepared>();
            let work = move || {
                let _ = done.send(admission.prepare(batch, hour, &generations));
            };
            #[expect(clippy::disallowed_methods, reason = "a driver module")]
            drop(tokio::task::spawn_blocking(work));
            if encoding.send((prepared, reply)).await.is_err() {
                break;
            }
        }
    });
    spawn(async move {
        while let Some((prepared, reply)) = encoded.recv().await {
            let message = match prepared.await {
                Ok(batch) => Message::Submit(batch, reply),
                Err(_) => {
                    // The encoder panicked. Later batches of the source are not accepted over this one: they do not begin where it
                    // stands.
                    let _ = reply.send(Err(Error::broken_encoder()));
                    continue;
                }
            };
            if messages.send(message).is_err() {
                break;
            }
        }
    });
    intake
}

fn spawn(task: impl Future<Output = ()> + Send + 'static) {
    #[expect(clippy::disallowed_methods, reason = "a driver module")]
    drop(tokio::spawn(task));
}
