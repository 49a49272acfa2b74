//! One feature set: whatever is built, it must find the dependencies that were built before.
//!
//! Cargo gives a dependency the union of the features that the *selected* packages ask for. Where a shape of the build asks
//! for others than the rest, these dependencies and all above them (the AWS SDK) are compiled again. The manifest of
//! `feature-set` names what is missing.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Findings, edges};
use crate::cargo::{self, FEATURE_SET, PROGRAMS, TESTS};
use crate::error::Error;
use crate::workspace;

type Features = BTreeMap<String, BTreeSet<String>>;

const WITHOUT_TESTS: [&str; 2] = ["--edges", "normal,build"];
const WITH_TESTS: [&str; 2] = ["--edges", "normal,build,dev"];

pub(super) fn check(metadata: &Value, findings: &mut Findings) -> Result<(), Error> {
    let all = features(&[TESTS.as_slice(), &WITH_TESTS].concat())?;
    let programs = features(&[PROGRAMS.as_slice(), &WITHOUT_TESTS].concat())?;
    compare("the programs", &programs, &all, findings);
    let crate_features = features(&[cargo::BESIDE.as_slice(), &WITHOUT_TESTS].concat())?;
    compare("one of its crates", &crate_features, &all, findings);
    let members = edges::members(metadata);
    let names = members.iter().filter_map(|package| edges::text(package, "name"));
    for name in names.filter(|name| *name != FEATURE_SET) {
        let alone = features(&[cargo::alone(name).as_slice(), &WITH_TESTS].concat())?;
        compare(&format!("{name} alone"), &alone, &all, findings);
    }
    Ok(())
}

fn compare(what: &str, some: &Features, all: &Features, findings: &mut Findings) {
    for (package, has) in some {
        let Some(wanted) = all.get(package).filter(|wanted| *wanted != has) else {
            continue;
        };
        let missing: Vec<&str> = wanted.difference(has).map(String::as_str).collect();
        findings.add(format!(
            "{package}: the workspace's tests turn on {missing:?}, a build of {what} does not, so it is compiled twice; \
             let {FEATURE_SET}/Cargo.toml depend on what asks for them, or do without"
        ));
    }
}

fn features(selection: &[&str]) -> Result<Features, Error> {
    let mut command = cargo::locked("tree");
    command
        .args(["--prefix", "none", "-f", "{p}|{f}"])
        .args(selection);
    let output = command.output()?;
    if !output.status.success() {
        return Err(Error::failed(format!(
            "cargo tree: {}",
            String::from_utf8_lossy(&output.stderr)
        )));
    }
    let own = format!("({}", workspace::root().display());
    let mut features = Features::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let Some((package, list)) = line.trim_end_matches(" (*)").split_once('|') else {
            continue;
        };
        // Our own crates are cheap, and have features on purpose that the programs do not use.
        if package.contains(&own) {
            continue;
        }
        let names = list.split(',').filter(|name| !name.is_empty()).map(str::to_owned);
        features.entry(package.to_owned()).or_default().extend(names);
    }
    Ok(features)
}
