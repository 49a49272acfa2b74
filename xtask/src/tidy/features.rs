//! One feature set: `cargo run -p bucketline` must find the dependencies that the tests have built.
//!
//! Cargo gives a dependency the union of the features that the *selected* packages ask for. Where the program alone
//! asks for fewer than the workspace, it and all above it (the AWS SDK) are compiled a second time. The program's
//! manifest names what is missing.

use std::collections::{BTreeMap, BTreeSet};

use super::Findings;
use crate::cargo::SHAPE;
use crate::error::Error;
use crate::workspace;

type Features = BTreeMap<String, BTreeSet<String>>;

pub(super) fn check(findings: &mut Findings) -> Result<(), Error> {
    let program = features(&["-p", "bucketline", "-e", "normal,build"])?;
    let workspace = features(&[SHAPE.as_slice(), &["-e", "normal,build"]].concat())?;
    let tests = features(&[SHAPE.as_slice(), &["-e", "normal,build,dev"]].concat())?;
    for (what, union) in [("the workspace", workspace), ("its tests", tests)] {
        for (package, wanted) in &union {
            let Some(has) = program.get(package).filter(|has| *has != wanted) else {
                continue;
            };
            let missing: Vec<&str> = wanted.difference(has).map(String::as_str).collect();
            findings.add(format!(
                "{package}: {what} turns on {missing:?} and `-p bucketline` does not, so it is compiled twice; \
                 name them in crates/cli/Cargo.toml, or do without"
            ));
        }
    }
    Ok(())
}

fn features(selection: &[&str]) -> Result<Features, Error> {
    let mut command = workspace::cargo();
    command
        .args(["tree", "--prefix", "none", "-f", "{p}|{f}"])
        .args(selection);
    let output = command.output()?;
    if !output.status.success() {
        return Err(Error::failed(format!(
            "cargo tree: {}",
            String::from_utf8_lossy(&output.stderr)
        )));
    }
    let mut features = Features::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let Some((package, list)) = line.trim_end_matches(" (*)").split_once('|') else {
            continue;
        };
        // Our own crates are cheap, and have features on purpose that the program does not use.
        if package.contains('(') && package.contains("bucketline") {
            continue;
        }
        let names = list.split(',').filter(|name| !name.is_empty()).map(str::to_owned);
        features.entry(package.to_owned()).or_default().extend(names);
    }
    Ok(features)
}
