//! Whoever administers the customer's account: the ports that changes are made through. Decides nothing.

use std::sync::Arc;

use crate::bucket::Buckets;
use crate::iam::Iam;
use crate::key_file::KeyFile;

/// The hands that changes are made with: the customer's own, never the vendor's.
#[derive(Clone, Debug)]
pub struct Administrator {
    pub(crate) iam: Arc<dyn Iam>,
    pub(crate) buckets: Arc<dyn Buckets>,
    pub(crate) key_file: Option<KeyFile>,
}

impl Administrator {
    /// With these ports.
    #[must_use]
    pub fn new(iam: Arc<dyn Iam>, buckets: Arc<dyn Buckets>) -> Self {
        Self {
            iam,
            buckets,
            key_file: None,
        }
    }

    /// Where a user's key is handed over. Without it, no key is made.
    #[must_use]
    pub fn key_file(self, file: KeyFile) -> Self {
        Self {
            key_file: Some(file),
            ..self
        }
    }
}
