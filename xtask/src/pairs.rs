//! `cargo xtask pairs`: more random pairs of policies than the tests look at, in optimised code.
//!
//! The policy crate owns the pairs: tests, told by their environment how many to try. The crate needs no network and builds
//! in a minute.

use crate::cargo::locked;
use crate::error::Error;
use crate::stages::now;

const USAGE: &str = "usage: cargo xtask pairs N [--seed S]";

const TESTS: &str = "compare_fuzz::";

pub(crate) fn run(arguments: &[String]) -> Result<(), Error> {
    let (pairs, seed) = match arguments {
        [pairs] => (pairs, None),
        [pairs, flag, seed] if flag == "--seed" => (pairs, Some(seed)),
        _ => return Err(Error::usage(USAGE)),
    };
    let number = |text: &str| -> Result<u64, Error> {
        let plain = text.replace('_', "");
        plain
            .parse()
            .map_err(|_| Error::usage(format!("`{text}` is no number\n{USAGE}")))
    };
    let pairs = number(pairs)?;
    if pairs == 0 {
        return Err(Error::usage(format!("no pair shows nothing\n{USAGE}")));
    }
    let mut command = locked("test");
    command.args(["--release", "-p", "bucketline-policy", "--all-features"]);
    command.args(["--test", "it", TESTS, "--", "--nocapture"]);
    command.env("BUCKETLINE_FUZZ_PAIRS", pairs.to_string());
    command.env_remove("BUCKETLINE_FUZZ_SEED");
    if let Some(seed) = seed {
        command.env("BUCKETLINE_FUZZ_SEED", number(seed)?.to_string());
    }
    let started = now();
    let status = command
        .status()
        .map_err(|e| Error::failed(format!("cargo test: {e}")))?;
    if !status.success() {
        return Err(Error::failed(
            "what is claimed of some pair is not so: its text is above",
        ));
    }
    println!(
        "{pairs} pairs in {:.1} s with what was built",
        started.elapsed().as_secs_f64()
    );
    Ok(())
}
