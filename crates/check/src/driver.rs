//! The one place that waits.

use std::time::Duration;

#[expect(clippy::disallowed_methods, reason = "this module is where waiting is done")]
pub(crate) async fn sleep(time: Duration) {
    tokio::time::sleep(time).await;
}
