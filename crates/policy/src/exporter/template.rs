//! Ready documents for an exporter and for the customer it delivers to.
//!
//! Two families: the *documented* form, exactly as the reference system publishes it, and the *least-privilege* form,
//! which grants what deliveries need and nothing else. Beside them: who may assume the role ([`trust_policy`]), what one
//! connector's session may reach ([`session_policy`]), the most that any exporter may ever have ([`boundary()`]), and what
//! the bucket itself refuses ([`bucket_policy`]).
//!
//! ```
//! use bucketline_policy::exporter::template::{ExportScope, least_privilege};
//! let policy = least_privilege(&ExportScope::new("acme-events".parse()?).folder("currents"))?;
//! assert!(policy.to_json().contains("arn:aws:s3:::acme-events/currents/*"));
//! # Ok::<(), bucketline_policy::Error>(())
//! ```

mod boundary;
mod bucket;
mod documented;
mod export;
pub(super) mod folder;
mod kms;
mod reach;
mod session;
mod store_name;
#[cfg(test)]
mod tests;
mod trust;

pub use boundary::boundary;
pub use bucket::{BucketGuard, RequiredEncryption, bucket_policy};
pub use documented::{DocumentedForm, Holder, Integration, PLACEHOLDER, documented};
pub use export::{ExportScope, least_privilege};
pub use reach::DATA_EXPORT_ROOTS;
pub use session::{SessionScope, session_policy};
pub use store_name::StoreName;
pub use trust::{TrustOptions, trust_policy};
