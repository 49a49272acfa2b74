//! `bucketline policy explain`: the decision on one request, statement by statement.

use bucketline_policy::authorize;
use clap::Args;

use super::evaluate::missing;
use super::layers::{LayerFiles, RequestOptions};
use super::out::json_line;
use crate::command_line::Format;
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::report::result;

/// Say why policies allow or deny a request
///
/// Names the layer and the statement that decided, and for every other statement what did not match: the principal, the
/// action, the resource, or which condition with which values.
#[derive(Args, Debug)]
pub(super) struct Explain {
    #[command(flatten)]
    files: LayerFiles,
    #[command(flatten)]
    request: RequestOptions,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn run(options: &Explain) -> Outcome<Exit> {
    let Some(request) = options.request.request_made_now() else {
        return Err(missing());
    };
    options.files.fit(&request)?;
    let layers = options.files.load()?;
    let explanation = authorize(&layers, &request).explain();
    match options.format {
        Format::Text => result(explanation.to_string().trim_end()),
        Format::Json => result(json_line(&explanation)),
    }
    Ok(Exit::Done)
}
