//! `bucketline export save`: test the credentials of an integration, then save it.

use bucketline_check::{Reports, Settings};
use bucketline_service::exports::{self, Saved};

use super::Save;
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::report::{note, result};
use crate::{configuration, environment, notices};

pub(super) async fn run(options: Save) -> Outcome<Exit> {
    let file = configuration::load(options.config.path())?;
    let settings = Settings::default().propagation(options.wait);
    let saved = exports::save(
        &file.installation,
        &options.workspace,
        &environment::variables(),
        &settings,
    )
    .await
    .map_err(|error| error.located(&file.places))?;
    if let Saved::Yes(report) | Saved::No(report) = &saved {
        notices::checked(&file, &Reports(vec![(**report).clone()])).await;
    }
    Ok(match saved {
        Saved::Yes(report) => {
            result(report.to_string().trim_end());
            note("the integration is saved: exports use it from now on");
            Exit::Done
        }
        Saved::No(report) => {
            result(report.to_string().trim_end());
            note("the integration is not saved: exports do not use it");
            Exit::Findings
        }
        _ => {
            note("the integration is a folder of this machine: there is nothing to test");
            Exit::Done
        }
    })
}
