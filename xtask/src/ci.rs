//! `cargo xtask ci`: the tests, and what a release needs on top of them.

use crate::cargo::{self, shaped};
use crate::error::Error;
use crate::stages::Stages;
use crate::test::{self, Counted};
use crate::{codegen, workspace};

use serde_json::Value;

pub(crate) fn run(arguments: &[String]) -> Result<(), Error> {
    let only = match arguments {
        [] => None,
        [flag, stage] if flag == "--only" => Some(stage.as_str()),
        _ => {
            return Err(Error::usage(
                "usage: cargo xtask ci [--only test|codegen|features|docs|package]",
            ));
        }
    };
    if let Some(stage) = only.filter(|s| !["test", "codegen", "features", "docs", "package"].contains(s)) {
        return Err(Error::usage(format!(
            "there is no stage `{stage}`: test, codegen, features, docs, package"
        )));
    }
    let wanted = |stage: &str| only.is_none_or(|only| only == stage);
    let mut stages = Stages::default();
    if wanted("test") {
        test::run_stages(&mut stages, &mut Counted::default());
    }
    if wanted("codegen") {
        stages.run("codegen --check", || codegen::run(&["--check".to_owned()]));
    }
    if wanted("features") {
        stages.run("features, each alone", every_feature_alone);
    }
    if wanted("docs") {
        stages.run("docs", || {
            let mut command = shaped("doc");
            command
                .args(["--no-deps", "--quiet"])
                .env("RUSTDOCFLAGS", "-D warnings");
            cargo::run(command)
        });
    }
    if wanted("package") {
        stages.run("package", || {
            let mut command = cargo::locked("package");
            // One call for all: each package is built against the others' packages, not against the registry.
            command.args([
                "--workspace",
                "--exclude",
                "xtask",
                "--exclude",
                cargo::FEATURE_SET,
                "--allow-dirty",
                "--quiet",
            ]);
            cargo::run(command)
        });
    }
    stages.finish("ci")
}

/// Checks each publishable crate without features and with each of its features alone: features are additive, and a
/// crate that only builds in the workspace's union is broken for whoever depends on it alone.
fn every_feature_alone() -> Result<(), Error> {
    for package in &workspace::packages()? {
        let Some(name) = package
            .get("name")
            .and_then(Value::as_str)
            .filter(|n| *n != "xtask" && *n != cargo::FEATURE_SET)
        else {
            continue;
        };
        let features = package.get("features").and_then(Value::as_object);
        let names = features
            .into_iter()
            .flat_map(|map| map.keys())
            .filter(|f| *f != "default");
        for feature in std::iter::once(None).chain(names.map(Some)) {
            let mut command = cargo::locked("check");
            command.args(cargo::BESIDE).args(["--quiet", "--package", name]);
            if let Some(feature) = feature {
                command.arg("--features").arg(format!("{name}/{feature}"));
            }
            println!("{}", cargo::show(&command));
            cargo::run(command)?;
        }
    }
    Ok(())
}
