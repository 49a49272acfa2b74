//! The one module that waits.

use std::time::Duration;

#[expect(clippy::disallowed_methods, reason = "this is the driver that waits")]
pub(crate) async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
}
