//! Licences, sources and bans of everything that the workspace pulls in, from `cargo metadata`, by the lists of `deny.toml`:
//! the same as cargo-deny's, on machines without it.

use serde_json::Value;

use super::Findings;
use super::edges::{array, text};
use crate::deny::Deny;
use crate::error::Error;

pub(super) fn check(metadata: &Value, findings: &mut Findings) -> Result<(), Error> {
    let deny = Deny::read()?;
    for package in array(metadata, "packages") {
        let name = text(package, "name").unwrap_or_default();
        let version = text(package, "version").unwrap_or_default();
        match text(package, "license") {
            Some(expression) if allowed(expression, &deny.licences_of(name)) => {}
            Some(expression) => findings.add(format!(
                "{name} {version}: licence `{expression}` is not on the list"
            )),
            None => findings.add(format!("{name} {version}: declares no licence")),
        }
        if let Some((_, why)) = deny.bans.iter().find(|(banned, _)| banned == name) {
            findings.add(format!("{name} {version}: banned: {why}"));
        }
        let known = |source: &str| {
            let registry = source.strip_prefix("registry+");
            registry.is_some_and(|registry| deny.registries.iter().any(|allowed| allowed == registry))
        };
        if let Some(source) = text(package, "source").filter(|source| !known(source)) {
            findings.add(format!(
                "{name} {version}: comes from `{source}`, not from the crate registry"
            ));
        }
    }
    Ok(())
}

/// Evaluates an SPDX expression of names, `AND`, `OR`, `WITH`, parentheses, and the old `A/B` for `A OR B`.
fn allowed(expression: &str, licences: &[String]) -> bool {
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    any(&mut words, licences)
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn any(words: &mut Words<'_>, licences: &[String]) -> bool {
    let mut result = all(words, licences);
    while words.next_if_eq(&"OR").is_some() {
        result |= all(words, licences);
    }
    result
}

fn all(words: &mut Words<'_>, licences: &[String]) -> bool {
    let mut result = one(words, licences);
    while words.next_if_eq(&"AND").is_some() {
        result &= one(words, licences);
    }
    result
}

fn one(words: &mut Words<'_>, licences: &[String]) -> bool {
    match words.next() {
        Some("(") => {
            let result = any(words, licences);
            words.next_if_eq(&")").is_some() && result
        }
        Some(name) => {
            if words.next_if_eq(&"WITH").is_some() {
                // An exception only ever permits more than the licence that it belongs to.
                words.next();
            }
            licences.iter().any(|allowed| allowed == name)
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::allowed;

    #[test]
    fn expressions() {
        let licences = ["Apache-2.0", "MIT", "Unicode-3.0"].map(str::to_owned);
        for good in [
            "MIT",
            "MIT OR GPL-3.0",
            "MIT/Apache-2.0",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception",
        ] {
            assert!(allowed(good, &licences), "{good}");
        }
        for bad in [
            "LGPL-3.0-only",
            "MIT AND GPL-3.0",
            "",
            "(MIT OR Apache-2.0) AND AGPL-3.0-or-later",
            "(MIT",
        ] {
            assert!(!allowed(bad, &licences), "{bad}");
        }
    }
}
