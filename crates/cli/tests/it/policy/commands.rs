//! Every subcommand but the batch forms: text, JSON, exit codes, `-`, and files that are no policies.

mod accounts;
mod checks;
mod comparisons;
mod decisions;
mod documents;
mod harm;
mod rewrites;
mod templates;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{policy, policy_with_input};

const CALLER: &str = "arn:aws:iam::123456789012:user/ada";

/// A folder with a policy for `acme-events/currents`, one that is wider, and a bucket policy that denies.
fn folder() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, args: &[&str]| {
        let text = policy(dir.path(), args).expect_code(0).stdout;
        fs::write(dir.path().join(name), text).unwrap();
    };
    write(
        "own.json",
        &[
            "template",
            "currents",
            "--bucket",
            "acme-events",
            "--folder",
            "currents",
        ],
    );
    write(
        "wide.json",
        &[
            "template",
            "data-export",
            "--documented",
            "--holder",
            "user",
            "--bucket",
            "acme-events",
        ],
    );
    write(
        "guard.json",
        &["template", "bucket", "--bucket", "acme-events", "--tls-only"],
    );
    dir
}

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn put(dir: &Path, command: &str, more: &[&str]) -> crate::program::Ran {
    let mut args = vec![
        command,
        "own.json",
        "--principal",
        CALLER,
        "--action",
        "s3:PutObject",
    ];
    args.extend(more);
    policy(dir, &args)
}
