//! What the workspace may be built from, as `deny.toml` says: read here for `tidy`, and given to cargo-deny where that is
//! installed. It must not know any package.

use std::process::{Command, Stdio};

use toml::{Table, Value};

use crate::cargo::{self, locked};
use crate::error::Error;
use crate::stages::Outcome;

const FILE: &str = "deny.toml";

/// The lists of `deny.toml`.
#[derive(Debug)]
pub(crate) struct Deny {
    licences: Vec<String>,
    /// Packages that may come in under another licence as well.
    exceptions: Vec<(String, Vec<String>)>,
    /// Packages that must not come in, and why.
    pub(crate) bans: Vec<(String, String)>,
    pub(crate) registries: Vec<String>,
}

impl Deny {
    pub(crate) fn read() -> Result<Self, Error> {
        Self::parse(&std::fs::read_to_string(FILE)?)
    }

    fn parse(text: &str) -> Result<Self, Error> {
        let table: Table = text
            .parse()
            .map_err(|error| Error::failed(format!("{FILE}: {error}")))?;
        let list = |section: &str, field: &str| -> Result<Vec<Value>, Error> {
            let list = table.get(section).and_then(|section| section.get(field));
            let list = list.and_then(Value::as_array).cloned();
            // An empty list here would allow or forbid nothing, and nobody would notice.
            list.filter(|list| !list.is_empty())
                .ok_or_else(|| Error::failed(format!("{FILE}: `{section}.{field}` is no list")))
        };
        let texts = |values: Vec<Value>| -> Result<Vec<String>, Error> {
            let texts = values.iter().map(|value| value.as_str().map(str::to_owned));
            texts
                .collect::<Option<_>>()
                .ok_or_else(|| Error::failed(format!("{FILE}: a list of texts holds something else")))
        };
        let exceptions = table
            .get("licenses")
            .and_then(|section| section.get("exceptions"))
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(|exception| {
                let name = exception.get("crate").and_then(Value::as_str);
                let allowed = exception.get("allow").and_then(Value::as_array);
                let (Some(name), Some(allowed)) = (name, allowed) else {
                    return Err(Error::failed(format!(
                        "{FILE}: an exception names a `crate` and what to `allow`"
                    )));
                };
                Ok((name.to_owned(), texts(allowed.clone())?))
            })
            .collect::<Result<_, _>>()?;
        let bans = list("bans", "deny")?.into_iter().map(|ban| {
            let text = |field| ban.get(field).and_then(Value::as_str).map(str::to_owned);
            text("crate").zip(text("reason"))
        });
        Ok(Self {
            licences: texts(list("licenses", "allow")?)?,
            exceptions,
            bans: bans
                .collect::<Option<_>>()
                .ok_or_else(|| Error::failed(format!("{FILE}: a ban names a `crate` and a `reason`")))?,
            registries: texts(list("sources", "allow-registry")?)?,
        })
    }

    /// The licences under which a package may come in.
    pub(crate) fn licences_of(&self, package: &str) -> Vec<String> {
        let exceptions = self.exceptions.iter().filter(|(name, _)| name == package);
        let more = exceptions.flat_map(|(_, allowed)| allowed);
        self.licences.iter().chain(more).cloned().collect()
    }
}

/// Asks cargo-deny, where it is installed, and about known vulnerabilities where their database can be had.
pub(crate) fn ask_cargo_deny() -> Result<Outcome, Error> {
    let mut installed = Command::new("cargo-deny");
    installed
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if !installed.status().is_ok_and(|status| status.success()) {
        let why =
            "cargo-deny is not installed (`cargo install cargo-deny`); tidy holds licences, bans and sources";
        return Ok(Outcome::Skipped(why.to_owned()));
    }
    let deny = |what: &[&str]| {
        let mut command = locked("deny");
        command.args(["--log-level", "warn", "check"]).args(what);
        command
    };
    cargo::run(deny(&["licenses", "bans", "sources"]))?;
    let mut fetched = locked("deny");
    fetched
        .args(["fetch", "db"])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if !fetched.status().is_ok_and(|status| status.success()) {
        let why = "licences, bans and sources hold; the database of advisories cannot be reached";
        return Ok(Outcome::Skipped(why.to_owned()));
    }
    cargo::run(deny(&["advisories"]))?;
    Ok(Outcome::Done)
}

#[cfg(test)]
mod tests {
    use super::Deny;

    #[test]
    fn the_lists_are_read_and_none_may_be_missing() {
        let text = "[licenses]\nallow = [\"MIT\"]\n[bans]\ndeny = [{ crate = \"x\", reason = \"y\" }]\n\
                    [sources]\nallow-registry = [\"https://example.org\"]\n";
        let deny = Deny::parse(text).unwrap();
        assert_eq!(deny.licences_of("x"), ["MIT"]);
        let except = "allow = [\"MIT\"]\nexceptions = [{ crate = \"x\", allow = [\"CC0-1.0\"] }]";
        let excepting = Deny::parse(&text.replace("allow = [\"MIT\"]", except)).unwrap();
        assert_eq!(excepting.licences_of("x"), ["MIT", "CC0-1.0"]);
        assert_eq!(excepting.licences_of("y"), ["MIT"]);
        assert!(
            Deny::parse(&text.replace("allow = [\"MIT\"]", &except.replace("crate", "package"))).is_err()
        );
        assert_eq!(deny.bans, [("x".to_owned(), "y".to_owned())]);
        assert_eq!(deny.registries, ["https://example.org"]);
        for missing in [
            "allow = [\"MIT\"]",
            "reason = \"y\"",
            "allow-registry = [\"https://example.org\"]",
        ] {
            assert!(
                Deny::parse(&text.replace(missing, "")).is_err(),
                "without `{missing}`"
            );
        }
    }
}
