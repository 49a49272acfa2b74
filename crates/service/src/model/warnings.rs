//! What works and should be looked at all the same.

use super::{GrantKind, Installation, ModelPath};
use crate::Problem;

/// An ID that was made for a grant is longer than a name. One of less was made up, and may be somebody else's, too.
const SHORT: usize = 8;

impl Installation {
    /// What works and should be looked at all the same, in the order of the model.
    #[must_use]
    pub fn warnings(&self) -> Vec<Problem> {
        let mut warnings = Vec::new();
        for grant in &self.grants {
            if let GrantKind::AssumeRole { external_id, .. } = &grant.kind
                && external_id.as_str().len() < SHORT
            {
                let length = external_id.as_str().len();
                warnings.push(
                    Problem::new(format!(
                        "the external ID of grant `{}` has {length} characters, and may be guessed",
                        grant.id
                    ))
                    .at_model(ModelPath::grant(&grant.id))
                    .advice(
                        "make another with `bucketline identifiers`, and put it into the role's trust policy",
                    ),
                );
            }
        }
        warnings
    }
}
