//! Where credentials come from. Each file is one answer to `ProvideCredentials`; none knows another but
//! [`Chain`] and [`Cached`], which wrap any.
//!
//! | provider | credentials |
//! |---|---|
//! | [`Fixed`] | an access key that is at hand |
//! | [`FromEnvironment`] | `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN` |
//! | [`WebIdentity`] | a session, for the token in `AWS_WEB_IDENTITY_TOKEN_FILE` |
//! | [`AssumeRole`] | a session in a customer's role |
//! | [`Chain`] | the first of several that is configured |
//! | [`Cached`] | those of another, kept and renewed ahead of expiry |

mod assume_role;
mod cached;
mod chain;
mod env;
mod fixed;
mod web_identity;

pub use assume_role::{AssumeRole, VendorAccount};
pub use cached::{CacheStatus, Cached, CachedBuilder};
pub use chain::Chain;
pub use env::FromEnvironment;
pub use fixed::Fixed;
pub use web_identity::WebIdentity;
