//! `cargo xtask codegen`: the files that are made from data.
//!
//! The crate that owns a generated file owns the code that reads and writes its form: a test that compares, and an
//! example that packs.

mod service_data;

use crate::cargo;
use crate::error::Error;

/// Package and test of each generated file.
const GENERATED: [(&str, &str); 1] = [(
    "bucketline-iam-catalog",
    "built_in::tests::the_embedded_text_is_whole",
)];

pub(crate) fn run(arguments: &[String]) -> Result<(), Error> {
    match arguments {
        [] => {}
        [flag] if flag == "--check" => {}
        [flag] if flag == "--service-data" => service_data::write()?,
        _ => {
            return Err(Error::usage(
                "usage: cargo xtask codegen [--check | --service-data]",
            ));
        }
    }
    for (package, test) in GENERATED {
        let mut command = cargo::locked("test");
        command.args(cargo::alone(package));
        command.args(["--quiet", "--lib", "--", "--exact", test]);
        cargo::run_one_test(command)?;
    }
    Ok(())
}
