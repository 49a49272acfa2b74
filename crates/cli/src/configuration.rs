//! The configuration file of a command; and where there is none, what to begin with.

use std::path::Path;

use bucketline_service::file::ConfigFile;

use crate::failure::{Failure, Outcome, Problem};
use crate::report::note;

/// The smallest file that works, with nothing beside it.
const SMALLEST: &str = r#"[[workspace]]
id = "acme"

[[connector]]
id = "5f1e0c2ab7d94e00a1b2c3d4"   # 24 lower-case hex digits of your choice
workspace = "acme"
directory = "out"                 # or a customer's bucket, and the grant that opens it
"#;

/// Reads a configuration file.
///
/// # Errors
/// It does not exist or cannot be used: exit code 2.
pub(crate) fn load(path: &Path) -> Outcome<ConfigFile> {
    if !path.exists() {
        note(format_args!(
            "a first configuration, which delivers into a folder (write it into `{}`):\n\n{SMALLEST}",
            path.display()
        ));
        return Err(Failure::usage(
            Problem::new("there is no configuration file")
                .at(path.display())
                .advice("begin with the one above, or name yours with `--config FILE`"),
        ));
    }
    Ok(ConfigFile::load(path)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_works() {
        let file = ConfigFile::parse(Path::new("bucketline.toml"), SMALLEST.to_owned()).unwrap();
        assert_eq!(file.installation.connectors.len(), 1);
    }
}
