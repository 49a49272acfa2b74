//! `cargo xtask fuzz`: what outsiders hand in, mutated from a kept corpus, for as long as it is told.
//!
//! Each target is a test of the crate that reads: it tries a few inputs at every run of the tests, and goes on where the environment
//! says so. What it finds, shrunk, is printed, and kept by proptest beside the test.

use crate::cargo::{alone, locked, run_one_test};
use crate::error::Error;
use crate::stages::now;

const USAGE: &str = "usage: cargo xtask fuzz [--seconds N] [TARGET]";

/// How long each target is tried, unless told.
const SECONDS: u64 = 60;

/// Name, package and test.
const TARGETS: [(&str, &str, &str); 3] = [
    (
        "answers",
        "bucketline-sink",
        "fuzz::whatever_is_answered_a_call_ends_and_only_a_store_completes_a_put",
    ),
    (
        "configurations",
        "bucketline-service",
        "fuzz::whatever_is_written_is_read_or_refused_with_its_place",
    ),
    (
        "parquet",
        "bucketline-format",
        "parquet::any_bytes_are_a_file_or_an_error",
    ),
];

pub(crate) fn run(arguments: &[String]) -> Result<(), Error> {
    let (mut seconds, mut only) = (SECONDS, None);
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        if word == "--seconds" {
            let number = words.next().and_then(|number| number.parse().ok());
            seconds = number.ok_or_else(|| Error::usage(USAGE))?;
        } else if only.is_none() && TARGETS.iter().any(|(name, ..)| name == word) {
            only = Some(word.as_str());
        } else {
            let names = TARGETS.map(|(name, ..)| name);
            return Err(Error::usage(format!(
                "`{word}`? the targets are {names:?}\n{USAGE}"
            )));
        }
    }
    for (name, package, test) in TARGETS {
        if only.is_some_and(|only| only != name) {
            continue;
        }
        let mut command = locked("test");
        command.args(alone(package));
        command.args(["--test", "it", "--", "--exact", "--nocapture", test]);
        command.env("FUZZ_SECONDS", seconds.to_string());
        let started = now();
        run_one_test(command)?;
        println!(
            "{name}: nothing found in {:.0} s",
            started.elapsed().as_secs_f64()
        );
    }
    Ok(())
}
