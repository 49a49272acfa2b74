//! Licences, sources and bans of everything that the workspace pulls in, from `cargo metadata`.

use serde_json::Value;

use super::Findings;
use super::edges::{array, text};

/// What may be linked. An exception would be added here with its reason, package by package.
const ALLOWED: [&str; 10] = [
    "MIT",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "0BSD",
    "ISC",
    "MPL-2.0",
    "Unicode-3.0",
    "Zlib",
    "CDLA-Permissive-2.0",
];

/// Packages that must not come in, and why.
const BANNED: [(&str, &str); 6] = [
    ("openssl-sys", "TLS is rustls with ring"),
    ("native-tls", "TLS is rustls with ring"),
    (
        "aws-lc-sys",
        "half a minute of C to compile; TLS is rustls with ring",
    ),
    ("serde_serializer_quick_unsupported", "LGPL-3.0-only"),
    ("fakecloud", "AGPL-3.0"),
    ("serde_yaml", "no longer maintained"),
];

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

pub(super) fn check(metadata: &Value, findings: &mut Findings) {
    for package in array(metadata, "packages") {
        let name = text(package, "name").unwrap_or_default();
        let version = text(package, "version").unwrap_or_default();
        match text(package, "license") {
            Some(expression) if allowed(expression) => {}
            Some(expression) => findings.add(format!(
                "{name} {version}: licence `{expression}` is not on the list"
            )),
            None => findings.add(format!("{name} {version}: declares no licence")),
        }
        if let Some((_, why)) = BANNED.iter().find(|(banned, _)| *banned == name) {
            findings.add(format!("{name} {version}: banned: {why}"));
        }
        if let Some(source) = text(package, "source").filter(|source| *source != REGISTRY) {
            findings.add(format!(
                "{name} {version}: comes from `{source}`, not from the crate registry"
            ));
        }
    }
}

/// Evaluates an SPDX expression of names, `AND`, `OR`, `WITH`, parentheses, and the old `A/B` for `A OR B`.
fn allowed(expression: &str) -> bool {
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    any(&mut words)
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn any(words: &mut Words<'_>) -> bool {
    let mut result = all(words);
    while words.next_if_eq(&"OR").is_some() {
        result |= all(words);
    }
    result
}

fn all(words: &mut Words<'_>) -> bool {
    let mut result = one(words);
    while words.next_if_eq(&"AND").is_some() {
        result &= one(words);
    }
    result
}

fn one(words: &mut Words<'_>) -> bool {
    match words.next() {
        Some("(") => {
            let result = any(words);
            words.next_if_eq(&")").is_some() && result
        }
        Some(name) => {
            if words.next_if_eq(&"WITH").is_some() {
                // An exception only ever permits more than the licence that it belongs to.
                words.next();
            }
            ALLOWED.contains(&name)
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::allowed;

    #[test]
    fn expressions() {
        for good in [
            "MIT",
            "MIT OR GPL-3.0",
            "MIT/Apache-2.0",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception",
        ] {
            assert!(allowed(good), "{good}");
        }
        for bad in [
            "LGPL-3.0-only",
            "MIT AND GPL-3.0",
            "",
            "(MIT OR Apache-2.0) AND AGPL-3.0-or-later",
            "(MIT",
        ] {
            assert!(!allowed(bad), "{bad}");
        }
    }
}
