//! A policy document as AWS defines it: version, id, statements. Knows neither how it is written nor what it decides.

mod builder;
mod condition;
mod list;
mod operator;
mod principal;
mod statement;
mod version;

pub use builder::{DocumentBuilder, StatementBuilder};
pub use condition::{ConditionBlock, ConditionTest, ConditionValue};
pub use list::List;
pub use operator::{Operator, Quantifier, Test};
pub use principal::{PrincipalElement, PrincipalGroup, PrincipalType, Principals};
pub use statement::{ActionElement, Effect, ResourceElement, Statement};
pub use version::Version;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::json::Node;
use crate::{Error, parse, print};

/// An IAM policy document: identity, resource, trust, session or organization policy.
///
/// Reading one from text is strict: an unknown element, a repeated key or a value of the wrong type is an error that
/// names its place. What a document *says* is not judged here: that is the linter's and the evaluator's part.
/// The form in which a list was written, one string or an array, is kept and printed again; it takes no part in `==`.
///
/// ```
/// use bucketline_policy::Document;
/// let text = r#"{"Statement":{"Effect":"Allow","Action":["s3:GetObject"],"Resource":"*"},"Version":"2012-10-17"}"#;
/// let document: Document = text.parse()?;
/// assert_eq!(document.statements().len(), 1);
/// assert_eq!(
///     document.to_json(),
///     r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["s3:GetObject"],"Resource":"*"}}"#
/// );
/// # Ok::<(), bucketline_policy::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    pub(crate) version: Option<Version>,
    pub(crate) id: Option<String>,
    pub(crate) statements: List<Statement>,
}

impl Document {
    /// Reads a document from JSON text.
    ///
    /// Limits: nesting of 64 levels. Time and memory are linear in the text.
    ///
    /// # Errors
    /// [`ErrorKind::Syntax`](crate::ErrorKind::Syntax) when the text is not JSON,
    /// [`ErrorKind::Structure`](crate::ErrorKind::Structure) when it is not a policy; both with line and column.
    pub fn parse(text: &str) -> Result<Self, Error> {
        parse::strict(text)
    }

    /// Starts a document of version 2012-10-17.
    pub fn builder() -> DocumentBuilder {
        DocumentBuilder::default()
    }

    /// A document of version 2012-10-17 with these statements, in order.
    pub fn new(statements: Vec<Statement>) -> Self {
        Self {
            version: Some(Version::V2012),
            id: None,
            statements: List::many(statements),
        }
    }

    /// The version as written; AWS reads an absent one as [`Version::V2008`].
    pub fn version(&self) -> Option<Version> {
        self.version
    }

    /// The version that decides how the document is read.
    pub fn effective_version(&self) -> Version {
        self.version.unwrap_or(Version::V2008)
    }

    /// The document's own `Id`, which resource policies may have.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The statements in order.
    pub fn statements(&self) -> &List<Statement> {
        &self.statements
    }

    /// Compact JSON, with elements in a fixed order and lists in the form and order they had.
    pub fn to_json(&self) -> String {
        print::compact(self)
    }

    /// JSON for people: two blanks of indentation, no newline at the end; otherwise as [`Self::to_json`].
    pub fn to_json_pretty(&self) -> String {
        print::pretty(self)
    }

    /// The same meaning in one normal form: every list sorted and without repeats, one-element lists as plain
    /// strings, statements always an array, empty conditions left out, condition values as strings.
    /// Statements keep their order, since people give it meaning.
    #[must_use]
    pub fn canonical(&self) -> Self {
        print::canonical(self)
    }
}

impl FromStr for Document {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

/// Compact JSON, as [`Document::to_json`]; with `{:#}` as [`Document::to_json_pretty`].
impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&if f.alternate() {
            self.to_json_pretty()
        } else {
            self.to_json()
        })
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        print::serialize(self, serializer)
    }
}

/// As strict as [`Document::parse`]; errors carry a JSON pointer but no line, which the outer parser adds.
impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let node = Node::deserialize(deserializer)?;
        parse::from_node(&node).map_err(serde::de::Error::custom)
    }
}
