//! The two versions of the policy language. What they change is the evaluator's business.

/// The version of the policy language, not of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "AWS has these two and has announced no third since 2012"
)]
pub enum Version {
    /// `2008-10-17`: policy variables are plain text. Also what an absent version means.
    V2008,
    /// `2012-10-17`: the current one, with policy variables.
    V2012,
}

impl Version {
    /// The date as written in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V2008 => "2008-10-17",
            Self::V2012 => "2012-10-17",
        }
    }

    pub(crate) fn find(text: &str) -> Option<Self> {
        [Self::V2008, Self::V2012]
            .into_iter()
            .find(|version| version.as_str() == text)
    }
}
