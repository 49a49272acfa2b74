//! `cargo xtask codegen`: the files that are made from data kept in the repository.
//!
//! The crate that owns a generated file owns its generator too: a test that compares, and writes when it is told to.

use crate::cargo;
use crate::error::Error;

/// Package and test of each generated file.
const GENERATED: [(&str, &str); 1] = [(
    "bucketline-policy",
    "catalog::tests::the_embedded_text_is_the_data_file",
)];

pub(crate) fn run(arguments: &[String]) -> Result<(), Error> {
    let check = match arguments {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => return Err(Error::usage("usage: cargo xtask codegen [--check]")),
    };
    for (package, test) in GENERATED {
        let mut command = cargo::locked("test");
        command.args(cargo::alone(package));
        command.args(["--quiet", "--lib", "--", "--exact", test]);
        if !check {
            command.env("UPDATE_EXPECT", "1");
        }
        cargo::run_one_test(command)?;
    }
    Ok(())
}
