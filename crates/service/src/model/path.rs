//! Where in the model a value is: by the ids of things, so that it means the same wherever the model came from.

use std::fmt;

use bucketline_connector::ConnectorId;

/// A place in the model, as `connector 5f1e0c2ab7d94e00a1b2c3d4` or `grant acme-key: secret_access_key`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModelPath(Vec<String>);

impl ModelPath {
    /// A connector.
    #[must_use]
    pub fn connector(id: &ConnectorId) -> Self {
        Self(vec!["connector".to_owned(), id.to_string()])
    }

    /// A grant.
    pub fn grant(id: impl Into<String>) -> Self {
        Self(vec!["grant".to_owned(), id.into()])
    }

    /// Who runs the installation.
    #[must_use]
    pub fn vendor() -> Self {
        Self(vec!["vendor".to_owned()])
    }

    /// A data export, by its workspace.
    pub fn data_export(workspace: impl Into<String>) -> Self {
        Self(vec!["data_export".to_owned(), workspace.into()])
    }

    /// What exports are made with.
    #[must_use]
    pub fn exports() -> Self {
        Self(vec!["exports".to_owned()])
    }

    /// The mail server.
    #[must_use]
    pub fn mail() -> Self {
        Self(vec!["mail".to_owned()])
    }

    /// A channel of notices, by its id.
    pub fn notify(id: impl Into<String>) -> Self {
        Self(vec!["notify".to_owned(), id.into()])
    }

    /// A workspace, by its id.
    pub fn workspace(id: impl Into<String>) -> Self {
        Self(vec!["workspace".to_owned(), id.into()])
    }

    /// A value of it.
    #[must_use]
    pub fn value(mut self, name: &str) -> Self {
        self.0.push(name.to_owned());
        self
    }

    /// What it is a value of.
    pub(crate) fn parent(&self) -> Option<Self> {
        let (_, rest) = self.0.split_last()?;
        (!rest.is_empty()).then(|| Self(rest.to_vec()))
    }
}

impl fmt::Display for ModelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [kind, id, values @ ..] if !values.is_empty() => {
                write!(f, "{kind} `{id}`: {}", values.join(": "))
            }
            [kind, id] if matches!(kind.as_str(), "vendor" | "exports" | "mail") => write!(f, "{kind}: {id}"),
            [kind, id] => write!(f, "{kind} `{id}`"),
            other => f.write_str(&other.join(": ")),
        }
    }
}
