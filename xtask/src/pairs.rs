//! `cargo xtask pairs`: more random pairs of policies than the tests look at, in optimised code.
//!
//! The policy crate owns the pairs: tests, told by their environment how many to try.

use crate::cargo::{self, locked};
use crate::error::Error;
use crate::stages::now;

const USAGE: &str = "usage: cargo xtask pairs N [--seed S]";

/// The tests, and what stands on the line by which each tells what it did.
const TESTS: [(&str, &str); 2] = [
    ("what_is_claimed_of_random_pairs_is_true", " pairs, "),
    ("random_policies_in_other_words_decide_as_before", " documents, "),
];

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
    let seed = seed.map(|seed| number(seed)).transpose()?;
    let started = now();
    for (test, summary) in TESTS {
        let mut command = locked("test");
        command.args(["--release", "-p", "bucketline-policy", "--all-features"]);
        command.args(["--test", "it", test, "--", "--nocapture"]);
        command.env("BUCKETLINE_FUZZ_PAIRS", pairs.to_string());
        command.env_remove("BUCKETLINE_FUZZ_SEED");
        if let Some(seed) = seed {
            command.env("BUCKETLINE_FUZZ_SEED", seed.to_string());
        }
        let printed = cargo::run_one_test(command)?;
        let line = printed.lines().find(|line| line.contains(summary));
        println!(
            "{}",
            line.ok_or_else(|| Error::failed(format!("`{test}` does not say what it tried")))?
        );
    }
    println!("in {:.1} s with what was built", started.elapsed().as_secs_f64());
    Ok(())
}
