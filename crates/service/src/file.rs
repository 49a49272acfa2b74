//! The configuration file: TOML to the model, with the place of everything, so that messages name `file:line:column`.
//!
//! `raw` is the file as written, `check` turns it into the model and finds every problem at once, each with its place.

mod byte_size;
mod check;
mod duration;
mod place;
mod raw;

pub use duration::{NotADuration, parse as parse_duration};
pub use place::{Place, Places};

use std::path::Path;

use crate::model::Installation;
use crate::{Error, ErrorKind, Problem};
use place::Source;

/// What a file says, and where in it.
#[derive(Debug)]
#[non_exhaustive]
pub struct ConfigFile {
    /// What it says.
    pub installation: Installation,
    /// Where it says it.
    pub places: Places,
}

impl ConfigFile {
    /// Reads and checks a file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`]: every problem found, each with its place.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            Error::configuration(
                Problem::new(format!("the configuration file cannot be read: {error}"))
                    .at(path.display())
                    .advice("name one with `--config FILE`, or write one as the README shows"),
            )
        })?;
        Self::parse(path, text)
    }

    /// Checks the text of a file. Relative paths in it are relative to the folder of `path`, which is not read.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load).
    pub fn parse(path: &Path, text: String) -> Result<Self, Error> {
        let source = Source::new(path.to_owned(), text);
        let file =
            toml::from_str(source.text()).map_err(|error| Error::configuration(source.refused(&error)))?;
        check::check(&source, file).map_err(|problems| Error::several(ErrorKind::Configuration, problems))
    }
}
