//! `cargo xtask release --dry-run`: every crate packed as it would be published, the order to publish them in, and a build of all
//! from what was packed. It publishes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::cargo::{self, FEATURE_SET};
use crate::error::Error;
use crate::stages::Stages;
use crate::workspace;

const USAGE: &str = "usage: cargo xtask release --dry-run (publishing itself is `cargo publish -p CRATE`, in the order that this shows)";

/// A crate that is published.
#[derive(Debug)]
struct Package {
    name: String,
    version: String,
    /// Crates of the workspace that it needs.
    needs: BTreeSet<String>,
}

pub(crate) fn run(arguments: &[String]) -> Result<(), Error> {
    if arguments != ["--dry-run"] {
        return Err(Error::usage(USAGE));
    }
    let packages = in_order(packages()?)?;
    let folder = workspace::target_directory()?.join("release-dry-run");
    let mut stages = Stages::default();
    stages.run("pack", || pack(&packages));
    stages.run("unpack", || unpack(&packages, &folder));
    stages.run("build from the packages", || build(&folder));
    let outcome = stages.finish("release");
    println!("\nto be published in this order:");
    for package in &packages {
        println!("  {} {}", package.name, package.version);
    }
    outcome
}

fn packages() -> Result<Vec<Package>, Error> {
    let all = workspace::packages()?;
    let text = |value: &Value, field: &str| {
        let text = value.get(field).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    // `publish = false` is an empty list of registries.
    let published = |package: &&Value| package.get("publish").is_none_or(Value::is_null);
    let names: BTreeSet<String> = all.iter().filter(published).map(|p| text(p, "name")).collect();
    let mut packages = Vec::new();
    for package in all.iter().filter(published) {
        let name = text(package, "name");
        let mut needs = BTreeSet::new();
        let dependencies = package.get("dependencies").and_then(Value::as_array);
        for dependency in dependencies.into_iter().flatten() {
            let of = text(dependency, "name");
            let is_local = dependency.get("path").is_some_and(|path| !path.is_null());
            // What only tests need is not published with a crate.
            if !is_local || dependency.get("kind").and_then(Value::as_str) == Some("dev") {
                continue;
            }
            if !names.contains(&of) {
                return Err(Error::failed(format!(
                    "{name} needs {of}, which is not published"
                )));
            }
            needs.insert(of);
        }
        packages.push(Package {
            version: text(package, "version"),
            name,
            needs,
        });
    }
    Ok(packages)
}

/// Each behind all that it needs; of those that could be next, the first by name.
fn in_order(packages: Vec<Package>) -> Result<Vec<Package>, Error> {
    let mut open: BTreeMap<String, Package> = packages
        .into_iter()
        .map(|package| (package.name.clone(), package))
        .collect();
    let mut order = Vec::new();
    while !open.is_empty() {
        let ready = open
            .values()
            .find(|package| package.needs.iter().all(|need| !open.contains_key(need)));
        let Some(name) = ready.map(|package| package.name.clone()) else {
            let circle: Vec<&String> = open.keys().collect();
            return Err(Error::failed(format!("these need each other: {circle:?}")));
        };
        order.extend(open.remove(&name));
    }
    Ok(order)
}

fn pack(packages: &[Package]) -> Result<(), Error> {
    let mut command = cargo::locked("package");
    // Built below, all at once: cargo's own check would build each crate by itself, and the AWS SDK with each.
    command.args(["--no-verify", "--allow-dirty", "--quiet"]);
    for package in packages {
        command.args(["--package", &package.name]);
    }
    cargo::run(command)
}

fn archive(package: &Package) -> Result<PathBuf, Error> {
    let file = format!("{}-{}.crate", package.name, package.version);
    Ok(workspace::target_directory()?.join("package").join(file))
}

/// A workspace of what was packed, and of nothing else but the package that gives shared dependencies their features.
fn unpack(packages: &[Package], folder: &Path) -> Result<(), Error> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    let unpacked = folder.join("packages");
    std::fs::create_dir_all(&unpacked)?;
    let (mut patches, mut features) = (
        String::from("\n[patch.crates-io]\n"),
        std::fs::read_to_string(workspace::root().join(FEATURE_SET).join("Cargo.toml"))?,
    );
    let mut manifest = std::fs::read_to_string(workspace::root().join("Cargo.toml"))?;
    for package in packages {
        let archive = archive(package)?;
        let mut tar = Command::new("tar");
        tar.arg("-xzf").arg(&archive).arg("-C").arg(&unpacked);
        cargo::run(tar)?;
        let place = format!("packages/{}-{}", package.name, package.version);
        let size = std::fs::metadata(&archive)?.len() / 1000;
        println!("  {} {}: {size} kB", package.name, package.version);
        for needed in [
            "Cargo.toml",
            "README.md",
            "CHANGELOG.md",
            "LICENSE-MIT",
            "LICENSE-APACHE",
        ] {
            if !folder.join(&place).join(needed).is_file() {
                return Err(Error::failed(format!("{}: has no {needed}", archive.display())));
            }
        }
        patches.push_str(&format!("{} = {{ path = \"{place}\" }}\n", package.name));
        let short = package.name.trim_start_matches("bucketline-");
        for text in [&mut manifest, &mut features] {
            *text = text
                .replace(&format!("\"crates/{short}\""), &format!("\"{place}\""))
                .replace(&format!("\"../crates/{short}\""), &format!("\"../{place}\""));
        }
    }
    let members = format!("members = [\"packages/*\", \"{FEATURE_SET}\"]");
    let manifest: Vec<&str> = manifest
        .lines()
        .map(|line| {
            if line.starts_with("members = ") {
                &members
            } else {
                line
            }
        })
        .collect();
    std::fs::write(folder.join("Cargo.toml"), manifest.join("\n") + &patches)?;
    std::fs::copy("Cargo.lock", folder.join("Cargo.lock"))?;
    let copy = folder.join(FEATURE_SET);
    std::fs::create_dir_all(copy.join("src"))?;
    std::fs::write(copy.join("Cargo.toml"), features)?;
    std::fs::write(copy.join("src/main.rs"), "//! Nothing.\nfn main() {}\n")?;
    Ok(())
}

/// Builds them against each other, as a user of the registry would, and from the dependencies that the tests have built.
fn build(folder: &Path) -> Result<(), Error> {
    let mut command = workspace::cargo();
    // Not `--locked`: the lock file still names the packages that are not published.
    command.args([
        "build",
        "--offline",
        "--workspace",
        "--all-features",
        "--lib",
        "--bins",
    ]);
    command.current_dir(folder);
    command.env("CARGO_TARGET_DIR", workspace::target_directory()?);
    cargo::run(command)
}

#[cfg(test)]
mod tests {
    use super::{Package, in_order};

    fn package(name: &str, needs: &[&str]) -> Package {
        Package {
            name: name.to_owned(),
            version: "0.1.0".to_owned(),
            needs: needs.iter().map(|need| (*need).to_owned()).collect(),
        }
    }

    #[test]
    fn each_comes_behind_what_it_needs() {
        let packages = vec![package("a", &["c"]), package("b", &[]), package("c", &["b"])];
        let order = in_order(packages).unwrap();
        let names: Vec<&str> = order.iter().map(|package| package.name.as_str()).collect();
        assert_eq!(names, ["b", "c", "a"]);
        let circle = vec![package("a", &["b"]), package("b", &["a"])];
        assert!(
            in_order(circle)
                .unwrap_err()
                .to_string()
                .contains("need each other")
        );
    }
}
