//! What commands that end soon do about who is told: they tell, and give it a moment. Who that is, is `bucketline-service`'s.

use std::time::Duration;

use bucketline_check::Reports;
use bucketline_service::file::ConfigFile;
use bucketline_service::notices::{self, Notices};

use crate::environment;
use crate::report::{note, warning};

/// How long a command waits for messages to go out.
const MOMENT: Duration = Duration::from_secs(10);

/// Tells what came of checks, as far as the configuration names anybody. That nobody can be told is said, and makes the check no worse.
pub(crate) async fn checked(file: &ConfigFile, reports: &Reports) {
    match notices::open(&file.installation, &environment::variables()).await {
        Ok(Some(notices)) => {
            notices.checked(&file.installation, reports).await;
            settled(&notices).await;
        }
        Ok(None) => {}
        Err(error) => warning(format_args!(
            "nobody is told of this: {}",
            error.located(&file.places)
        )),
    }
}

/// Gives what is to be told a moment to go out.
pub(crate) async fn settled(notices: &Notices) {
    match notices.settle(MOMENT).await {
        0 => {}
        1 => note("1 message was not taken: a run, or the next command, sends it"),
        waiting => note(format_args!(
            "{waiting} messages were not taken: a run, or the next command, sends them"
        )),
    }
}
