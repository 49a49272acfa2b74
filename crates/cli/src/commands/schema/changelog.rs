//! `bucketline schema changelog`: how the schemas came, the newest first.

use clap::Args;

use super::Source;
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::report::result;

/// Write how the schemas came, the newest first, as Markdown
#[derive(Args, Debug)]
pub(crate) struct Changelog {
    #[command(flatten)]
    source: Source,
}

pub(super) fn run(options: &Changelog) -> Outcome<Exit> {
    let (registry, _) = options.source.read()?;
    result(registry.changelog().trim_end());
    Ok(Exit::Done)
}
