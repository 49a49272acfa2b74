//! `bucketline check`: tests the customers' credentials and says what is to be done. The steps are `bucketline-check`'s.

use bucketline_check::Settings;
use bucketline_service::wire::{self, Occasion, Selection};

use crate::command_line::{Check, Format};
use crate::configuration;
use crate::environment;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::notices;
use crate::report::{note, result, warning};

pub(crate) async fn run(options: Check) -> Outcome<Exit> {
    let config = configuration::load(options.config.path())?;
    let selection = match (options.connector, options.grant) {
        (Some(connector), _) => Selection::Connector(connector),
        (None, Some(grant)) => Selection::Grant(grant),
        (None, None) => Selection::All,
    };
    let settings = Settings::default().propagation(options.wait);
    let checked = wire::check(
        &config.installation,
        &environment::variables(),
        &selection,
        &settings,
        Occasion::OnDemand,
    )
    .await
    .map_err(|error| error.located(&config.places))?;
    let reports = checked.reports;
    notices::checked(&config, &reports).await;
    if reports.0.is_empty() {
        note("nothing here has a bucket: there is nothing to check");
    }
    match options.format {
        Format::Text => result(reports.to_string().trim_end()),
        Format::Json => result(
            serde_json::to_string(&reports)
                .map_err(|error| Failure::usage(format!("the report cannot be written as JSON: {error}")))?,
        ),
    }
    if let Some(error) = checked.unkept {
        warning(format_args!("what was found out is not kept: {error}"));
    }
    Ok(if reports.is_ok() {
        Exit::Done
    } else {
        Exit::Findings
    })
}
