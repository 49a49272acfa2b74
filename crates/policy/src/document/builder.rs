//! Building documents by code. What comes out always parses again; what would not is refused at `build`.

use super::{
    ActionElement, ConditionBlock, ConditionTest, ConditionValue, Document, Effect, List, Operator,
    PrincipalElement, PrincipalGroup, PrincipalType, Principals, ResourceElement, Statement, Version,
};
use crate::{Error, ErrorKind};

/// Builds a [`Document`] of version 2012-10-17.
#[derive(Clone, Debug, Default)]
pub struct DocumentBuilder {
    id: Option<String>,
    statements: Vec<Statement>,
}

impl DocumentBuilder {
    /// Sets the document's `Id`.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Adds a statement.
    #[must_use]
    pub fn statement(mut self, statement: Statement) -> Self {
        self.statements.push(statement);
        self
    }

    /// The document.
    ///
    /// # Errors
    /// [`ErrorKind::Structure`] when there is no statement, or two have the same `Sid`.
    pub fn build(self) -> Result<Document, Error> {
        if self.statements.is_empty() {
            return Err(Error::new(
                ErrorKind::Structure,
                "a policy needs at least one statement",
            ));
        }
        let mut sids: Vec<&str> = self.statements.iter().filter_map(Statement::sid).collect();
        sids.sort_unstable();
        if let Some((twice, _)) = sids.iter().zip(sids.iter().skip(1)).find(|(a, b)| a == b) {
            return Err(Error::new(
                ErrorKind::Structure,
                format!("two statements have the `Sid` `{twice}`"),
            ));
        }
        Ok(Document {
            version: Some(Version::V2012),
            id: self.id,
            statements: List::many(self.statements),
        })
    }
}

/// Builds a [`Statement`]. Errors are kept until [`build`](Self::build), so that calls can be chained.
#[derive(Clone, Debug)]
pub struct StatementBuilder {
    statement: Statement,
    error: Option<Error>,
}

impl StatementBuilder {
    pub(crate) fn new(effect: Effect) -> Self {
        let statement = Statement {
            sid: None,
            effect,
            principal: None,
            action: ActionElement::Action(List::default()),
            resource: None,
            condition: None,
        };
        Self {
            statement,
            error: None,
        }
    }

    /// Names the statement: letters and digits, as IAM demands.
    #[must_use]
    pub fn sid(mut self, sid: impl Into<String>) -> Self {
        let sid = sid.into();
        if sid.is_empty() || !sid.bytes().all(|b| b.is_ascii_alphanumeric()) {
            self.fail(format!("`{sid}` is not a `Sid`: letters and digits only"));
        }
        self.statement.sid = Some(sid);
        self
    }

    /// The actions it is about, such as `s3:PutObject`, `s3:Get*` or `*`.
    #[must_use]
    pub fn actions<I: IntoIterator<Item: Into<String>>>(mut self, patterns: I) -> Self {
        let list = self.action_patterns(patterns);
        self.statement.action = ActionElement::Action(list);
        self
    }

    /// Every action but these.
    #[must_use]
    pub fn not_actions<I: IntoIterator<Item: Into<String>>>(mut self, patterns: I) -> Self {
        let list = self.action_patterns(patterns);
        self.statement.action = ActionElement::NotAction(list);
        self
    }

    /// The resources it is about: ARNs, possibly with wildcards and variables, or `*`.
    #[must_use]
    pub fn resources<I: IntoIterator<Item: Into<String>>>(mut self, patterns: I) -> Self {
        let list = self.resource_patterns(patterns);
        self.statement.resource = Some(ResourceElement::Resource(list));
        self
    }

    /// Every resource but these.
    #[must_use]
    pub fn not_resources<I: IntoIterator<Item: Into<String>>>(mut self, patterns: I) -> Self {
        let list = self.resource_patterns(patterns);
        self.statement.resource = Some(ResourceElement::NotResource(list));
        self
    }

    /// Everyone: `"Principal": "*"`.
    #[must_use]
    pub fn everyone(mut self) -> Self {
        self.statement.principal = Some(PrincipalElement::Principal(Principals::Everyone));
        self
    }

    /// Adds principals of one type.
    #[must_use]
    pub fn principals<I: IntoIterator<Item: Into<String>>>(mut self, kind: PrincipalType, values: I) -> Self {
        let list = List::many(values.into_iter().map(Into::into));
        if list.is_empty() {
            self.fail("a principal type needs at least one principal");
        }
        let group = PrincipalGroup { kind, values: list };
        match &mut self.statement.principal {
            Some(PrincipalElement::Principal(Principals::Named(groups))) => {
                if groups.iter().any(|known| known.kind == kind) {
                    self.fail(format!("the principal type `{}` is given twice", kind.as_str()));
                } else {
                    groups.push(group);
                }
            }
            place => *place = Some(PrincipalElement::Principal(Principals::Named(vec![group]))),
        }
        self
    }

    /// Adds a condition. All conditions must hold; of several values under one key, one has to.
    #[must_use]
    pub fn when<I>(mut self, operator: Operator, key: impl Into<String>, values: I) -> Self
    where
        I: IntoIterator<Item: Into<ConditionValue>>,
    {
        let test = ConditionTest {
            key: key.into(),
            values: List::many(values.into_iter().map(Into::into)),
        };
        if test.key.is_empty() || test.values.is_empty() {
            self.fail("a condition needs a key and at least one value");
        }
        let blocks = self.statement.condition.get_or_insert_default();
        match blocks.iter_mut().find(|block| block.operator == operator) {
            Some(block)
                if block
                    .tests
                    .iter()
                    .any(|known| known.key.eq_ignore_ascii_case(&test.key)) =>
            {
                self.fail(format!("`{operator}` is given twice for `{}`", test.key));
            }
            Some(block) => block.tests.push(test),
            None => blocks.push(ConditionBlock {
                operator,
                tests: vec![test],
            }),
        }
        self
    }

    /// The statement.
    ///
    /// # Errors
    /// [`ErrorKind::Structure`] with the first thing that was wrong: no action, a pattern that could never match, an
    /// empty list, something given twice.
    pub fn build(mut self) -> Result<Statement, Error> {
        if self.statement.action.patterns().is_empty() {
            self.fail("a statement needs at least one action");
        }
        self.error.map_or(Ok(self.statement), Err)
    }

    fn fail(&mut self, message: impl Into<String>) {
        self.error
            .get_or_insert_with(|| Error::new(ErrorKind::Structure, message));
    }

    fn action_patterns<I: IntoIterator<Item: Into<String>>>(&mut self, patterns: I) -> List<String> {
        let list = List::many(patterns.into_iter().map(Into::<String>::into));
        if let Some(bad) = list.iter().find(|pattern| !is_action_pattern(pattern)) {
            self.fail(format!(
                "`{bad}` is not an action: `service:Name` is needed, `*` and `?` allowed"
            ));
        }
        list
    }

    fn resource_patterns<I: IntoIterator<Item: Into<String>>>(&mut self, patterns: I) -> List<String> {
        let list = List::many(patterns.into_iter().map(Into::<String>::into));
        if list.is_empty() {
            self.fail("a resource element needs at least one ARN");
        }
        if let Some(bad) = list
            .iter()
            .find(|pattern| *pattern != "*" && !is_resource_pattern(pattern))
        {
            self.fail(format!(
                "`{bad}` is not a resource: an ARN of six fields or `*` is needed"
            ));
        }
        list
    }
}

fn is_action_pattern(pattern: &str) -> bool {
    let word = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'*' | b'?'))
    };
    pattern == "*"
        || pattern
            .split_once(':')
            .is_some_and(|(service, name)| word(service) && word(name))
}

fn is_resource_pattern(pattern: &str) -> bool {
    pattern.starts_with("arn:")
        && pattern.splitn(6, ':').count() == 6
        && pattern
            .chars()
            .all(|c| matches!(c, '\u{20}'..='\u{ff}') && !c.is_control())
}
