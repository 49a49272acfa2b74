//! `bucketline export behaviour`: the table, one line of it.

use bucketline_export::Delivery;

use super::Behaviour;
use crate::command_line::Format;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::report::result;

pub(super) fn run(options: &Behaviour) -> Outcome<Exit> {
    let delivery = Delivery::decide(options.origin.into(), options.storage.into());
    match options.format {
        Format::Text => result(delivery),
        Format::Json => result(
            serde_json::to_string(&delivery)
                .map_err(|error| Failure::usage(format!("the answer cannot be written as JSON: {error}")))?,
        ),
    }
    Ok(Exit::Done)
}
