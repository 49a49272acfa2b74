//! Documents to JSON: fixed element order, lists as they were written. Reads nothing and judges nothing.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::Document;
use crate::document::{
    ActionElement, ConditionBlock, ConditionTest, ConditionValue, List, PrincipalElement, PrincipalGroup,
    Principals, ResourceElement, Statement,
};

pub(crate) fn compact(document: &Document) -> String {
    // INVARIANT: keys are strings and numbers finite, so serialization has nothing to fail on.
    serde_json::to_string(document).unwrap_or_default()
}

pub(crate) fn pretty(document: &Document) -> String {
    serde_json::to_string_pretty(document).unwrap_or_default()
}

pub(crate) fn serialize<S: Serializer>(document: &Document, serializer: S) -> Result<S::Ok, S::Error> {
    let mut out = serializer.serialize_map(None)?;
    if let Some(version) = document.version {
        out.serialize_entry("Version", version.as_str())?;
    }
    if let Some(id) = &document.id {
        out.serialize_entry("Id", id)?;
    }
    out.serialize_entry("Statement", &document.statements)?;
    out.end()
}

impl<T: Serialize> Serialize for List<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.as_slice() {
            [only] if self.is_single() => only.serialize(serializer),
            items => serializer.collect_seq(items),
        }
    }
}

impl Serialize for Statement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_map(None)?;
        if let Some(sid) = &self.sid {
            out.serialize_entry("Sid", sid)?;
        }
        out.serialize_entry("Effect", self.effect.as_str())?;
        if let Some(principal) = &self.principal {
            out.serialize_entry(principal.name(), principal.principals())?;
        }
        out.serialize_entry(self.action.name(), self.action.patterns())?;
        if let Some(resource) = &self.resource {
            out.serialize_entry(resource.name(), resource.patterns())?;
        }
        if let Some(blocks) = &self.condition {
            out.serialize_entry("Condition", &Blocks(blocks))?;
        }
        out.end()
    }
}

impl Serialize for Principals {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Everyone => serializer.serialize_str("*"),
            Self::Named(groups) => {
                serializer.collect_map(groups.iter().map(|group| (group.kind.as_str(), &group.values)))
            }
        }
    }
}

struct Blocks<'a>(&'a [ConditionBlock]);

impl Serialize for Blocks<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(
            self.0
                .iter()
                .map(|block| (block.operator.to_string(), Tests(&block.tests))),
        )
    }
}

struct Tests<'a>(&'a [ConditionTest]);

impl Serialize for Tests<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|test| (&test.key, &test.values)))
    }
}

impl Serialize for ConditionValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::String(text) => serializer.serialize_str(text),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(text) => number(text, serializer),
        }
    }
}

/// The number exactly as it was written: a detour over a machine's number would change digits, and with them what
/// string operators compare.
fn number<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    match RawValue::from_string(text.to_owned()) {
        Ok(raw) => raw.serialize(serializer),
        Err(_) => serializer.serialize_str(text),
    }
}

pub(crate) fn canonical(document: &Document) -> Document {
    let statements = document.statements.iter().map(canonical_statement);
    Document {
        version: document.version,
        id: document.id.clone(),
        statements: List::many(statements),
    }
}

fn canonical_statement(statement: &Statement) -> Statement {
    let principals = |principals: &Principals| match principals {
        Principals::Everyone => Principals::Everyone,
        Principals::Named(groups) => {
            let canonical = |group: &PrincipalGroup| PrincipalGroup {
                kind: group.kind,
                values: group.values.clone().canonical(),
            };
            let mut groups: Vec<_> = groups.iter().map(canonical).collect();
            groups.sort_by_key(|group| group.kind);
            Principals::Named(groups)
        }
    };
    let mut blocks: Vec<_> = statement.conditions().iter().map(canonical_block).collect();
    blocks.retain(|block| !block.tests.is_empty());
    blocks.sort_by_key(|block| block.operator);
    Statement {
        sid: statement.sid.clone(),
        effect: statement.effect,
        principal: statement.principal.as_ref().map(|element| match element {
            PrincipalElement::Principal(list) => PrincipalElement::Principal(principals(list)),
            PrincipalElement::NotPrincipal(list) => PrincipalElement::NotPrincipal(principals(list)),
        }),
        action: match &statement.action {
            ActionElement::Action(list) => ActionElement::Action(list.clone().canonical()),
            ActionElement::NotAction(list) => ActionElement::NotAction(list.clone().canonical()),
        },
        resource: statement.resource.as_ref().map(|element| match element {
            ResourceElement::Resource(list) => ResourceElement::Resource(list.clone().canonical()),
            ResourceElement::NotResource(list) => ResourceElement::NotResource(list.clone().canonical()),
        }),
        condition: (!blocks.is_empty()).then_some(blocks),
    }
}

fn canonical_block(block: &ConditionBlock) -> ConditionBlock {
    let canonical = |test: &ConditionTest| {
        let values = test
            .values
            .iter()
            .map(|value| ConditionValue::String(value.as_str().to_owned()));
        ConditionTest {
            key: test.key.clone(),
            values: List::many(values).canonical(),
        }
    };
    let mut tests: Vec<_> = block.tests.iter().map(canonical).collect();
    tests.sort_by(|a, b| a.key.cmp(&b.key));
    ConditionBlock {
        operator: block.operator,
        tests,
    }
}
