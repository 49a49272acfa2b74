//! The policy that boxes a session in. Knows its size limit, and nothing of what it should say: `bucketline-policy`
//! makes the documents.

use bucketline_policy::{Document, PolicyKind};

use crate::Error;

/// A session policy: what the session may do at most, within what the role may.
///
/// Held as the compact text that is sent. Beside the 2,048 characters counted here, AWS has a limit of its own packed
/// form; how near a session came to that is told in
/// [`AssumedRole::size_used_percent`](crate::AssumedRole::size_used_percent).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionPolicy(String);

impl SessionPolicy {
    /// The document as a session policy.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](crate::ErrorKind::InvalidConfig) where it has more than 2,048 characters; the error says how
    /// many.
    pub fn new(document: &Document) -> Result<Self, Error> {
        let text = document.to_json();
        let (characters, quota) = (PolicyKind::Session.size_of(&text), PolicyKind::Session.quota());
        if characters > quota {
            return Err(Error::invalid(format!(
                "the session policy has {characters} characters, STS takes {quota} at most"
            ))
            .with_remedy("shorten the folder path or the list of resources"));
        }
        Ok(Self(text))
    }

    /// The text that is sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How many of the 2,048 characters it has.
    #[must_use]
    pub fn characters(&self) -> usize {
        PolicyKind::Session.size_of(&self.0)
    }
}
