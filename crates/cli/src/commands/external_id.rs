//! `bucketline external-id`: makes external IDs. Keeps none.

use bucketline_auth::ExternalId;

use crate::command_line::ExternalIds;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, Problem};
use crate::report::result;

pub(crate) fn run(command: &ExternalIds) -> Outcome<Exit> {
    let ExternalIds::New { workspace } = command;
    let id = ExternalId::new_for(workspace)
        .map_err(|error| Failure::usage(Problem::new(error.to_string()).at("--workspace")))?;
    result(id);
    Ok(Exit::Done)
}
