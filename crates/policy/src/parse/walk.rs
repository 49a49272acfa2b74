//! The walk from a JSON tree to a document. Reports problems and goes on; knows nothing of text or lines.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use super::{Problem, ProblemKind};
use crate::document::{
    ActionElement, ConditionBlock, ConditionTest, ConditionValue, Document, Effect, List, Operator,
    PrincipalElement, PrincipalGroup, PrincipalType, Principals, ResourceElement, Statement, Version,
};
use crate::json::{Member, Node, Span, Value};

pub(super) fn document(root: &Node, problems: &mut Vec<Problem>) -> Document {
    Walk { problems }.document(root)
}

/// Where the walk stands; only spelt out when there is something to report.
#[derive(Clone, Copy)]
struct Path<'a> {
    parent: Option<&'a Self>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Root,
    Key(&'a str),
    Index(usize),
}

impl<'a> Path<'a> {
    const ROOT: Self = Self {
        parent: None,
        step: Step::Root,
    };

    fn key(&'a self, key: &'a str) -> Self {
        Self {
            parent: Some(self),
            step: Step::Key(key),
        }
    }

    fn index(&'a self, index: usize) -> Self {
        Self {
            parent: Some(self),
            step: Step::Index(index),
        }
    }

    fn pointer(&self) -> String {
        let mut out = self.parent.map(Self::pointer).unwrap_or_default();
        match self.step {
            Step::Root => {}
            Step::Key(key) => {
                out.push('/');
                out.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Step::Index(index) => {
                // INVARIANT: writing to a String cannot fail.
                let _ = write!(out, "/{index}");
            }
        }
        out
    }
}

struct Walk<'p> {
    problems: &'p mut Vec<Problem>,
}

impl Walk<'_> {
    fn report(&mut self, kind: ProblemKind, span: Span, path: &Path<'_>, message: impl Into<String>) {
        self.problems.push(Problem {
            kind,
            span,
            pointer: path.pointer(),
            message: message.into(),
        });
    }

    fn wrong_type(&mut self, node: &Node, path: &Path<'_>, expected: &str) {
        self.report(
            ProblemKind::WrongType,
            node.span,
            path,
            format!("expected {expected}, found {}", node.kind()),
        );
    }

    fn duplicates(&mut self, members: &[Member], path: &Path<'_>) {
        let mut seen = HashSet::with_capacity(members.len());
        for member in members {
            if !seen.insert(member.key.as_str()) {
                let message = format!("the key `{}` occurs twice in one object", shown(&member.key));
                self.report(
                    ProblemKind::DuplicateKey,
                    member.key_span,
                    &path.key(&member.key),
                    message,
                );
            }
        }
    }

    /// Operators and condition keys compare without regard to case, so their repeats do too.
    fn duplicates_in_any_case(&mut self, members: &[Member], path: &Path<'_>) {
        if members.len() < 2 {
            return;
        }
        let mut seen = HashMap::with_capacity(members.len());
        for member in members {
            let Some(twin) = seen.insert(member.key.to_ascii_lowercase(), &member.key) else {
                continue;
            };
            let (kind, message) = if *twin == member.key {
                let message = format!("the key `{}` occurs twice in one object", shown(&member.key));
                (ProblemKind::DuplicateKey, message)
            } else {
                let message = format!(
                    "the keys `{}` and `{}` differ in case alone and are the same to AWS",
                    shown(twin),
                    shown(&member.key)
                );
                (ProblemKind::DuplicateKeyInOtherCase, message)
            };
            self.report(kind, member.key_span, &path.key(&member.key), message);
        }
    }

    fn document(&mut self, root: &Node) -> Document {
        let mut document = Document {
            version: None,
            id: None,
            statements: List::default(),
        };
        let path = Path::ROOT;
        let Some(members) = root.as_object() else {
            self.wrong_type(root, &path, "a policy document, which is an object");
            return document;
        };
        self.duplicates(members, &path);
        let mut has_statement = false;
        for member in members {
            let path = path.key(&member.key);
            match member.key.as_str() {
                "Version" => document.version = self.version(&member.value, &path),
                "Id" => document.id = self.text(&member.value, &path),
                "Statement" => {
                    has_statement = true;
                    document.statements = self.statements(&member.value, &path);
                }
                _ => {
                    let message = format!(
                        "`{}` is not an element of a policy: `Version`, `Id` and `Statement` are",
                        shown(&member.key)
                    );
                    self.report(ProblemKind::UnknownElement, member.key_span, &path, message);
                }
            }
        }
        if !has_statement {
            self.report(
                ProblemKind::MissingStatement,
                root.span,
                &path,
                "the policy has no `Statement`",
            );
        }
        document
    }

    fn version(&mut self, node: &Node, path: &Path<'_>) -> Option<Version> {
        let text = self.text(node, path)?;
        let found = Version::find(&text);
        if found.is_none() {
            let message = format!(
                "the version `{}` does not exist: `2012-10-17` is the current one",
                shown(&text)
            );
            self.report(ProblemKind::InvalidVersion, node.span, path, message);
        }
        found
    }

    fn text(&mut self, node: &Node, path: &Path<'_>) -> Option<String> {
        let text = node.as_str();
        if text.is_none() {
            self.wrong_type(node, path, "a string");
        }
        text.map(str::to_owned)
    }

    fn statements(&mut self, node: &Node, path: &Path<'_>) -> List<Statement> {
        match &node.value {
            Value::Object(_) => List::one(self.statement(node, path)),
            Value::Array(items) => List::many(
                items
                    .iter()
                    .enumerate()
                    .map(|(at, item)| self.statement(item, &path.index(at))),
            ),
            _ => {
                self.wrong_type(node, path, "a statement or an array of statements");
                List::default()
            }
        }
    }

    fn statement(&mut self, node: &Node, path: &Path<'_>) -> Statement {
        // What is missing is filled so that the statement grants nothing.
        let mut statement = Statement {
            sid: None,
            effect: Effect::Deny,
            principal: None,
            action: ActionElement::Action(List::default()),
            resource: None,
            condition: None,
        };
        let Some(members) = node.as_object() else {
            self.wrong_type(node, path, "a statement, which is an object");
            return statement;
        };
        self.duplicates(members, path);
        for member in members {
            self.element(member, &mut statement, &path.key(&member.key));
        }
        let has = |name: &str| members.iter().any(|member| member.key == name);
        for (plain, negated) in [
            ("Principal", "NotPrincipal"),
            ("Action", "NotAction"),
            ("Resource", "NotResource"),
        ] {
            if has(plain) && has(negated) {
                let message = format!("`{plain}` and `{negated}` cannot stand in one statement");
                self.report(ProblemKind::BothForms, node.span, path, message);
            }
        }
        if !has("Effect") {
            self.report(
                ProblemKind::MissingEffect,
                node.span,
                path,
                "the statement has no `Effect`",
            );
        }
        if !has("Action") && !has("NotAction") {
            let message = "the statement has neither `Action` nor `NotAction`";
            self.report(ProblemKind::MissingAction, node.span, path, message);
        }
        statement
    }

    fn element(&mut self, member: &Member, statement: &mut Statement, path: &Path<'_>) {
        let node = &member.value;
        match member.key.as_str() {
            "Sid" => statement.sid = self.text(node, path),
            "Effect" => {
                if let Some(effect) = self.effect(node, path) {
                    statement.effect = effect;
                }
            }
            "Principal" => {
                statement.principal = self.principals(node, path).map(PrincipalElement::Principal);
            }
            "NotPrincipal" => {
                statement.principal = self.principals(node, path).map(PrincipalElement::NotPrincipal);
            }
            "Action" => statement.action = ActionElement::Action(self.texts(node, path)),
            "NotAction" => statement.action = ActionElement::NotAction(self.texts(node, path)),
            "Resource" => statement.resource = Some(ResourceElement::Resource(self.texts(node, path))),
            "NotResource" => {
                statement.resource = Some(ResourceElement::NotResource(self.texts(node, path)));
            }
            "Condition" => statement.condition = self.condition(node, path),
            _ => {
                let message = format!("`{}` is not an element of a statement", shown(&member.key));
                self.report(ProblemKind::UnknownElement, member.key_span, path, message);
            }
        }
    }

    fn effect(&mut self, node: &Node, path: &Path<'_>) -> Option<Effect> {
        let text = self.text(node, path)?;
        match text.as_str() {
            "Allow" => Some(Effect::Allow),
            "Deny" => Some(Effect::Deny),
            _ => {
                let message = format!(
                    "the effect `{}` does not exist: `Allow` and `Deny` do, in this spelling",
                    shown(&text)
                );
                self.report(ProblemKind::InvalidEffect, node.span, path, message);
                None
            }
        }
    }

    fn texts(&mut self, node: &Node, path: &Path<'_>) -> List<String> {
        match &node.value {
            Value::String(text) => List::one(text.clone()),
            Value::Array(items) => List::many(
                items
                    .iter()
                    .enumerate()
                    .filter_map(|(at, item)| self.text(item, &path.index(at))),
            ),
            _ => {
                self.wrong_type(node, path, "a string or an array of strings");
                List::default()
            }
        }
    }

    fn principals(&mut self, node: &Node, path: &Path<'_>) -> Option<Principals> {
        match &node.value {
            Value::String(text) if text == "*" => Some(Principals::Everyone),
            Value::String(text) => {
                let message = format!(
                    "a principal is `*` or an object such as {{\"AWS\": ...}}, not the string `{}`",
                    shown(text)
                );
                self.report(ProblemKind::InvalidPrincipal, node.span, path, message);
                None
            }
            Value::Object(members) => {
                self.duplicates(members, path);
                let mut groups = Vec::with_capacity(members.len());
                for member in members {
                    let path = path.key(&member.key);
                    if let Some(kind) = PrincipalType::find(&member.key) {
                        groups.push(PrincipalGroup {
                            kind,
                            values: self.texts(&member.value, &path),
                        });
                    } else {
                        let message = format!(
                            "the principal type `{}` does not exist: `AWS`, `Service`, `Federated` and \
                             `CanonicalUser` do",
                            shown(&member.key)
                        );
                        self.report(ProblemKind::InvalidPrincipalType, member.key_span, &path, message);
                    }
                }
                Some(Principals::Named(groups))
            }
            _ => {
                self.wrong_type(node, path, "`*` or an object of principals");
                None
            }
        }
    }

    fn condition(&mut self, node: &Node, path: &Path<'_>) -> Option<Vec<ConditionBlock>> {
        let Some(members) = node.as_object() else {
            self.wrong_type(node, path, "an object of condition operators");
            return None;
        };
        self.duplicates_in_any_case(members, path);
        let blocks = members.iter().filter_map(|member| {
            let path = path.key(&member.key);
            let operator = self.operator(member, &path);
            let tests = self.tests(&member.value, &path);
            operator.map(|operator| ConditionBlock { operator, tests })
        });
        Some(blocks.collect())
    }

    fn operator(&mut self, member: &Member, path: &Path<'_>) -> Option<Operator> {
        match member.key.parse() {
            Ok(operator) => Some(operator),
            Err(error) => {
                let lower = member.key.to_ascii_lowercase();
                let kind = if lower.ends_with("nullifexists") {
                    ProblemKind::NullIfExists
                } else {
                    ProblemKind::InvalidOperator
                };
                self.report(kind, member.key_span, path, error.message());
                None
            }
        }
    }

    fn tests(&mut self, node: &Node, path: &Path<'_>) -> Vec<ConditionTest> {
        let Some(members) = node.as_object() else {
            self.wrong_type(node, path, "an object of condition keys");
            return Vec::new();
        };
        self.duplicates_in_any_case(members, path);
        let tests = members.iter().map(|member| {
            let values = self.values(&member.value, &path.key(&member.key));
            ConditionTest {
                key: member.key.clone(),
                values,
            }
        });
        tests.collect()
    }

    fn values(&mut self, node: &Node, path: &Path<'_>) -> List<ConditionValue> {
        if let Value::Array(items) = &node.value {
            return List::many(
                items
                    .iter()
                    .enumerate()
                    .filter_map(|(at, item)| self.value(item, &path.index(at))),
            );
        }
        self.value(node, path).map(List::one).unwrap_or_default()
    }

    fn value(&mut self, node: &Node, path: &Path<'_>) -> Option<ConditionValue> {
        match &node.value {
            Value::String(text) => Some(ConditionValue::String(text.clone())),
            Value::Bool(value) => Some(ConditionValue::Bool(*value)),
            Value::Number(text) => Some(ConditionValue::Number(text.clone())),
            Value::Null | Value::Array(_) | Value::Object(_) => {
                self.wrong_type(node, path, "a string, a boolean or a number");
                None
            }
        }
    }
}

/// Text from the document, kept short enough for a message.
fn shown(text: &str) -> String {
    if text.chars().count() <= 60 {
        text.to_owned()
    } else {
        text.chars().take(57).chain("...".chars()).collect()
    }
}
