//! Which crate may depend on which, and what must never be below some of them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Findings;
use crate::cargo;

/// Normal dependencies between the crates of the workspace: these, and no others.
const EDGES: &[(&str, &[&str])] = &[
    ("bucketline-iam-catalog", &[]),
    ("bucketline-policy", &["bucketline-iam-catalog"]),
    ("bucketline-auth", &["bucketline-policy"]),
    (
        "bucketline-check",
        &["bucketline-policy", "bucketline-auth", "bucketline-sink"],
    ),
    ("bucketline-provision", &["bucketline-policy", "bucketline-auth"]),
    ("bucketline-sink", &[]),
    ("bucketline-format", &[]),
    ("bucketline-spool", &[]),
    (
        "bucketline-connector",
        &["bucketline-sink", "bucketline-format", "bucketline-spool"],
    ),
    ("bucketline-notify", &[]),
    ("bucketline-export", &["bucketline-sink", "bucketline-notify"]),
    ("bucketline-testkit", &["bucketline-policy"]),
    (
        "bucketline-service",
        &[
            "bucketline-policy",
            "bucketline-auth",
            "bucketline-check",
            "bucketline-provision",
            "bucketline-sink",
            "bucketline-format",
            "bucketline-spool",
            "bucketline-connector",
            "bucketline-notify",
            "bucketline-export",
        ],
    ),
    (
        "bucketline",
        &[
            "bucketline-service",
            "bucketline-auth",
            "bucketline-check",
            "bucketline-policy",
            "bucketline-provision",
            "bucketline-sink",
            "bucketline-format",
            "bucketline-spool",
            "bucketline-connector",
            "bucketline-export",
        ],
    ),
    ("xtask", &[]),
];

/// Crates that must stay clean of others, over all that they pull in by normal dependencies with every feature.
const CLEAN: &[(&str, &[&str])] = &[
    ("bucketline-iam-catalog", &["tokio", "aws-", "hyper", "http"]),
    ("bucketline-policy", &["tokio", "aws-", "hyper", "http"]),
    ("bucketline-format", &["tokio", "aws-", "hyper", "http"]),
    ("bucketline-spool", &["tokio", "aws-", "hyper", "http"]),
    // `sink` brings AWS only behind its feature `s3`, which `connector` never turns on: see `unwanted_feature`.
    ("xtask", &["tokio", "aws-", "hyper", "http", "bucketline"]),
];

pub(super) fn members(metadata: &Value) -> Vec<&Value> {
    let ids: BTreeSet<&str> = array(metadata, "workspace_members")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let packages = array(metadata, "packages").iter();
    packages
        .filter(|p| {
            p.get("id")
                .and_then(Value::as_str)
                .is_some_and(|id| ids.contains(id))
        })
        .collect()
}

pub(super) fn check(metadata: &Value, findings: &mut Findings) {
    let members = members(metadata);
    let names: BTreeSet<&str> = members.iter().filter_map(|p| text(p, "name")).collect();
    for package in &members {
        // `feature-set` is never built for its code, so nothing can leak through it.
        let Some(name) = text(package, "name").filter(|name| *name != cargo::FEATURE_SET) else {
            continue;
        };
        let Some((_, allowed)) = EDGES.iter().find(|(from, _)| *from == name) else {
            findings.add(format!(
                "{name}: not in the table of crates; say in xtask/src/tidy/edges.rs what it may depend on"
            ));
            continue;
        };
        for dependency in array(package, "dependencies") {
            let Some(to) = text(dependency, "name").filter(|to| names.contains(to)) else {
                continue;
            };
            let requirement = text(dependency, "req").unwrap_or_default();
            match text(dependency, "kind") {
                None if !allowed.contains(&to) => {
                    findings.add(format!("{name} -> {to}: no such edge in the design"))
                }
                None if requirement == "*" => {
                    findings.add(format!(
                        "{name} -> {to}: a normal dependency has path and version"
                    ));
                }
                // A version would make two crates that test each other impossible to publish.
                Some("dev") if requirement != "*" => {
                    findings.add(format!(
                        "{name} -> {to}: a dev-dependency on our own crate has a path only"
                    ));
                }
                _ => {}
            }
            let features: Vec<&str> = array(dependency, "features")
                .iter()
                .filter_map(Value::as_str)
                .collect();
            if unwanted_feature(name, text(dependency, "kind"), to, &features) {
                findings.add(format!(
                    "{name} -> {to}: AWS never enters `connector`, so not with feature `s3`"
                ));
            }
        }
    }
    let graph = Graph::new(metadata);
    for (name, unwanted) in CLEAN {
        for below in graph.below(name) {
            if unwanted.iter().any(|u| {
                if u.ends_with('-') {
                    below.starts_with(u)
                } else {
                    below == *u
                }
            }) {
                findings.add(format!("{name} pulls in `{below}`, which it must stay clean of"));
            }
        }
    }
}

fn unwanted_feature(from: &str, kind: Option<&str>, to: &str, features: &[&str]) -> bool {
    from == "bucketline-connector" && kind.is_none() && to == "bucketline-sink" && features.contains(&"s3")
}

/// The resolved normal dependencies, by package id.
struct Graph<'a> {
    names: BTreeMap<&'a str, &'a str>,
    edges: BTreeMap<&'a str, Vec<&'a str>>,
}

impl<'a> Graph<'a> {
    fn new(metadata: &'a Value) -> Self {
        let packages = array(metadata, "packages").iter();
        let names = packages
            .filter_map(|p| Some((text(p, "id")?, text(p, "name")?)))
            .collect();
        let nodes = metadata
            .get("resolve")
            .map(|r| array(r, "nodes"))
            .unwrap_or_default();
        let edges = nodes.iter().filter_map(|node| {
            let normal = array(node, "deps").iter().filter(|dep| {
                array(dep, "dep_kinds")
                    .iter()
                    .any(|kind| kind.get("kind").is_none_or(Value::is_null))
            });
            Some((
                text(node, "id")?,
                normal.filter_map(|dep| text(dep, "pkg")).collect(),
            ))
        });
        Self {
            names,
            edges: edges.collect(),
        }
    }

    /// The names of all packages below one, by normal dependencies.
    fn below(&self, name: &str) -> BTreeSet<&'a str> {
        let mut open: Vec<&str> = self
            .names
            .iter()
            .filter(|(_, n)| **n == name)
            .map(|(id, _)| *id)
            .collect();
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        while let Some(id) = open.pop() {
            for next in self.edges.get(id).into_iter().flatten() {
                if seen.insert(next) {
                    open.push(next);
                }
            }
        }
        seen.iter().filter_map(|id| self.names.get(id).copied()).collect()
    }
}

pub(super) fn array<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value
        .get(field)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
}

pub(super) fn text<'a>(value: &'a Value, field: &str) -> Option<&'a str> {
    value.get(field).and_then(Value::as_str)
}
