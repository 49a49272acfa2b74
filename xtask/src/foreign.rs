//! `cargo xtask foreign`: checks against software from outside the workspace.
//!
//! Each check installs or finds what it needs by the ordinary package clients. What cannot run here is skipped, counted
//! and shown with its reason; a check that could run and failed fails the command.

mod bundle;
mod cedar;
mod exports;
mod formats;
mod guide;
mod managed_policies;
mod minio;
mod notices;
mod object_stores;
mod project;
mod python;
mod readers;
mod receivers;
mod sarif;
mod simulate;
mod stores;
mod tables;
mod validate_policy;

use std::path::{Path, PathBuf};

pub(crate) use minio::{
    BUCKET as STORE_BUCKET, Minio, SECRET as STORE_SECRET, USER as STORE_KEY, binaries as minio_binaries,
};

use crate::error::Error;
use crate::workspace;

/// How a check ended, if it did not fail.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It ran and held; one line says what was seen.
    Passed(String),
    /// It could not run here, and why.
    Skipped(String),
}

type Check = fn(&Settings) -> Result<Outcome, Error>;

const CHECKS: &[(&str, &str, Check)] = &[
    (
        "minio",
        "the sample events delivered to an independent S3 server, proved by `bucketline verify`",
        minio::check,
    ),
    (
        "stores",
        "the sink's promises and S3's habits asked of each S3 server, and compared with docs/stores.md",
        stores::check,
    ),
    (
        "object-stores",
        "Google Cloud Storage and Azure Blob Storage as sinks, over object_store's memory and Azurite",
        object_stores::check,
    ),
    (
        "fastavro",
        "the demo's objects fetched by boto3, read by fastavro and compared with the input",
        readers::check,
    ),
    (
        "formats",
        "objects of every format and codec read by fastavro, polars, pyarrow and DuckDB, and compared with the input",
        formats::check,
    ),
    (
        "duckdb",
        "the views of `bucketline schema ddl duckdb`, made by DuckDB over delivered folders, every value compared",
        tables::check,
    ),
    (
        "exports",
        "exports told by mail and callback to aiosmtpd and standardwebhooks, and unzipped by Python",
        exports::check,
    ),
    (
        "notices",
        "a run that is blocked and recovers, told by mail and webhook to aiosmtpd and standardwebhooks",
        notices::check,
    ),
    (
        "bundle",
        "what `bucketline setup bundle` hands over, read by cfn-lint and shellcheck",
        bundle::check,
    ),
    (
        "guide",
        "a customer's bucket, user and role made by hand with boto3, each step answered by the testkit as AWS does",
        guide::check,
    ),
    (
        "moto",
        "the same with PyPI's moto, but for its known gaps",
        guide::check_moto,
    ),
    (
        "managed-policies",
        "AWS's managed policies: parsed, printed and parsed again",
        managed_policies::check,
    ),
    (
        "validate-policy",
        "real answers of AWS's ValidatePolicy beside those of `bucketline policy lint`",
        validate_policy::check,
    ),
    (
        "simulate",
        "generated cases answered by npm's @cloud-copilot/iam-simulate and by `bucketline policy evaluate`",
        simulate::check,
    ),
    (
        "sarif",
        "findings as SARIF, held to its public schema by Python's jsonschema",
        sarif::check,
    ),
    (
        "cedar",
        "the lines of Cedar in the policy crate's README, compiled against cedar-policy and run",
        cedar::check,
    ),
];

/// What the checks are told.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Where installed software and files of a run live, below the target directory.
    folder: PathBuf,
    managed_policies: Option<PathBuf>,
    validate_policy: Option<PathBuf>,
}

impl Settings {
    /// The usual ones.
    pub(crate) fn new() -> Result<Self, Error> {
        Ok(Self {
            folder: workspace::target_directory()?.join("foreign"),
            managed_policies: None,
            validate_policy: None,
        })
    }

    /// A folder of this name, empty.
    pub(crate) fn fresh_folder(&self, name: &str) -> Result<PathBuf, Error> {
        let folder = self.folder.join(name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// A folder that is kept from run to run.
    pub(crate) fn kept_folder(&self, name: &str) -> Result<PathBuf, Error> {
        let folder = self.folder.join(name);
        std::fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    fn managed_policies(&self) -> Option<&Path> {
        self.managed_policies.as_deref()
    }

    fn validate_policy(&self) -> Option<&Path> {
        self.validate_policy.as_deref()
    }
}

pub(crate) fn run(arguments: &[String]) -> Result<(), Error> {
    let mut only = None;
    let mut managed_policies = None;
    let mut validate_policy = None;
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let mut value = || {
            words
                .next()
                .cloned()
                .ok_or_else(|| Error::usage(format!("`{word}` needs a value")))
        };
        match word.as_str() {
            "--only" => only = Some(value()?),
            "--managed-policies" => managed_policies = Some(PathBuf::from(value()?)),
            "--validate-policy" => validate_policy = Some(PathBuf::from(value()?)),
            other => return Err(Error::usage(format!("`cargo xtask foreign` takes no `{other}`"))),
        }
    }
    if let Some(name) = only
        .as_deref()
        .filter(|name| !CHECKS.iter().any(|(check, _, _)| check == name))
    {
        return Err(Error::usage(format!(
            "there is no check `{name}`: {:?}",
            CHECKS.iter().map(|(check, _, _)| check).collect::<Vec<_>>()
        )));
    }
    let settings = Settings {
        managed_policies,
        validate_policy,
        ..Settings::new()?
    };
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    for (name, what, check) in CHECKS
        .iter()
        .filter(|(name, _, _)| only.as_deref().is_none_or(|only| only == *name))
    {
        println!("\n==> {name}: {what}");
        match check(&settings) {
            Ok(Outcome::Passed(seen)) => {
                passed += 1;
                println!("{name}: ok: {seen}");
            }
            Ok(Outcome::Skipped(why)) => {
                skipped += 1;
                println!("{name}: SKIPPED: {why}");
            }
            Err(error) => {
                failed += 1;
                println!("{name}: FAILED: {error}");
            }
        }
    }
    println!("\nforeign: {passed} passed, {failed} failed, {skipped} skipped");
    if failed == 0 {
        Ok(())
    } else {
        Err(Error::failed(format!(
            "{failed} check(s) against foreign software failed"
        )))
    }
}
