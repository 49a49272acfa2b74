//! Which events a channel gets. Pure.

use crate::{Error, ErrorKind, Event, EventKind};

/// Which events a channel gets: those of a workspace or of all, of some kinds or of all.
///
/// ```
/// use bucketline_notify::{Event, EventKind, Filter, Subject, Timestamp};
///
/// let filter = Filter::all().workspace("acme").kinds(["connector.*", "check.failed"])?;
/// let blocked = Event::new(EventKind::ConnectorBlocked, Subject::connector("5f1e"), Timestamp::default());
/// assert!(filter.takes(&blocked.clone().workspace("acme")));
/// assert!(!filter.takes(&blocked.workspace("globex")));
/// # Ok::<(), bucketline_notify::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    workspace: Option<String>,
    kinds: Option<Vec<EventKind>>,
}

impl Filter {
    /// Every event.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// Only events of this workspace: what has none is not for it.
    #[must_use]
    pub fn workspace(mut self, workspace: impl Into<String>) -> Self {
        self.workspace = Some(workspace.into());
        self
    }

    /// Only events of these kinds: names, or a family as `connector.*`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`] where a pattern names no event.
    pub fn kinds<P: AsRef<str>>(mut self, patterns: impl IntoIterator<Item = P>) -> Result<Self, Error> {
        let mut kinds = Vec::new();
        for pattern in patterns {
            let pattern = pattern.as_ref();
            match pattern.strip_suffix('*') {
                None => kinds.push(pattern.parse()?),
                Some(family) => {
                    let before = kinds.len();
                    let of_family = EventKind::ALL
                        .iter()
                        .filter(|kind| kind.name().starts_with(family));
                    kinds.extend(of_family);
                    if kinds.len() == before {
                        let message = format!("`{}` names no event", pattern.escape_debug());
                        return Err(Error::new(ErrorKind::InvalidConfig, message));
                    }
                }
            }
        }
        self.kinds = Some(kinds);
        Ok(self)
    }

    /// Whether `event` is for it.
    #[must_use]
    pub fn takes(&self, event: &Event) -> bool {
        let workspace = self.workspace.as_deref();
        let kinds = self.kinds.as_ref();
        workspace.is_none_or(|own| event.in_workspace() == Some(own))
            && kinds.is_none_or(|kinds| kinds.contains(&event.kind()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_that_names_nothing_is_refused() {
        for pattern in ["connectors.*", "connector", "", "x*"] {
            let error = Filter::all().kinds([pattern]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidConfig, "{pattern}");
        }
        assert!(Filter::all().kinds(["*"]).is_ok());
    }
}
