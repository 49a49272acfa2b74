//! Wrappers, each a sink around a sink. They must not know which store lies within.
//!
//! | layer | what it adds |
//! | --- | --- |
//! | [`PrefixJail`] | keys outside one folder are refused before anything is sent |
//! | [`Timeout`] | a call that takes longer is given up, with its effect unknown |
//! | [`Retry`] | reads and what is known not to be done are tried again, within a budget |
//! | [`Limit`] | at most so many calls at once, fewer while the store asks to slow down; the others wait |
//! | [`CreateProof`] | the first object is sent twice, to see whether the store keeps a second writer away |
//! | [`Observe`] | a function sees every call: operation, key, outcome, duration |
//!
//! Where the program uses them: `Observe` around `PrefixJail` around each connector's store; within it `CreateProof` for custom endpoints
//! and `Timeout` for folders; `Retry` around `Limit` around the stores of exports and what `verify` reads. A data put goes past
//! `Retry`: it would hide an attempt without an answer, which the connector has to know of.
//!
//! Order matters: what stands outside sees what lies inside as one call. `Observe` around `Limit` counts the
//! waiting, within it does not; `Timeout` around `Limit` may give up a call that was never sent, and has to
//! call its effect unknown all the same.

pub use crate::layer::create_proof::{CreateProof, ProtectionSeen};
pub use crate::layer::limit::Limit;
pub use crate::layer::observe::{Observation, Observe, Outcome};
pub use crate::layer::prefix::PrefixJail;
pub use crate::layer::retry::{Retry, RetrySettings};
pub use crate::layer::timeout::Timeout;

mod create_proof;
mod limit;
mod observe;
mod prefix;
mod retry;
mod timeout;
