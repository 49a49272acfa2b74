//! The policy that boxes a session in. Knows its size limit, and nothing of what it should say: `bucketline-policy`
//! makes the documents.

use bucketline_policy::Document;

use crate::Error;

/// The most characters that STS takes for a session policy
/// (<https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>).
const MAX: usize = 2048;

/// A session policy: what the session may do at most, within what the role may.
///
/// Held as the compact text that is sent. Beside the 2,048 characters counted here, AWS has a limit of its own packed
/// form; how near a session came to that is told in
/// [`AssumedRole::packed_policy_percent`](crate::AssumedRole::packed_policy_percent).
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
        let characters = text.chars().count();
        if characters > MAX {
            return Err(Error::invalid(format!(
                "the session policy has {characters} characters, AWS takes {MAX} at most"
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
        self.0.chars().count()
    }
}
