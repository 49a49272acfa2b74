//! Ready documents for an exporter: what it needs and nothing else. Knows the exporter's calls, not its code.

mod folder;
mod kms;
mod session;
mod trust;

pub use session::{SessionScope, session_policy};
pub use trust::{TrustOptions, trust_policy};
