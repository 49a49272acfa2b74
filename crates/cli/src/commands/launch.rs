//! `bucketline launch`: checks one connector, then runs. What running is, is in `run`.

use bucketline_check::Settings;
use bucketline_service::wire::Selection;

use super::run;
use crate::command_line::Launch;
use crate::exit::Exit;
use crate::failure::Outcome;

pub(crate) async fn run(options: Launch) -> Outcome<Exit> {
    let settings = Settings::default().propagation(options.wait);
    run::run_checked(
        options.run,
        Some((Selection::Connector(options.connector), settings)),
    )
    .await
}
