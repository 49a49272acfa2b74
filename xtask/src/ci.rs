//! `cargo xtask ci`: the tests, and what a release needs on top of them.

mod readme_demo;

use serde_json::Value;

use crate::cargo::{self, shaped};
use crate::error::Error;
use crate::stages::Stages;
use crate::test::{self, Counted};
use crate::{api, codegen, deny, release, workspace};

type Stage = (&'static str, fn(&mut Stages));

/// The stages, in their order.
const STAGES: [Stage; 8] = [
    ("test", |stages| {
        test::run_stages(stages, &mut Counted::default());
    }),
    ("demo", |stages| {
        stages.run("demo, as the README shows it", readme_demo::check);
    }),
    ("codegen", |stages| {
        stages.run("codegen --check", || codegen::run(&["--check".to_owned()]));
    }),
    ("deny", |stages| {
        stages.run_or_skip("cargo-deny", deny::ask_cargo_deny);
    }),
    ("features", |stages| {
        stages.run("features, each alone", every_feature_alone);
    }),
    ("docs", |stages| stages.run("docs", docs)),
    ("api", |stages| {
        stages.run("api --check", || api::run(&["--check".to_owned()]));
    }),
    ("package", |stages| {
        stages.run("release --dry-run", || release::run(&["--dry-run".to_owned()]));
    }),
];

pub(crate) fn run(arguments: &[String]) -> Result<(), Error> {
    let names = STAGES.map(|(name, _)| name);
    let wanted: Vec<&str> = match arguments {
        [] => names.to_vec(),
        [flag, stages] if flag == "--only" => stages.split(',').collect(),
        _ => {
            return Err(Error::usage(format!(
                "usage: cargo xtask ci [--only STAGE,...]: {}",
                names.join(", ")
            )));
        }
    };
    if let Some(stage) = wanted.iter().find(|stage| !names.contains(stage)) {
        return Err(Error::usage(format!(
            "there is no stage `{stage}`: {}",
            names.join(", ")
        )));
    }
    let mut stages = Stages::default();
    for (_, stage) in STAGES.iter().filter(|(name, _)| wanted.contains(name)) {
        stage(&mut stages);
    }
    stages.finish("ci")
}

fn docs() -> Result<(), Error> {
    let mut command = shaped("doc");
    command
        .args(["--no-deps", "--quiet"])
        .env("RUSTDOCFLAGS", "-D warnings");
    cargo::run(command)
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
