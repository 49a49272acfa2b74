//! Requests against documents: AWS's evaluation logic, compiled once and answered without allocating.
//! Never imports the linter; knows nothing of JSON.

mod authorize;
mod condition;
mod context;
mod element;
mod explain;
mod gate;
mod layers;
mod principal;
mod request;
mod resource;
mod rule;
mod set;
#[cfg(test)]
mod tests;
mod warning;

pub use authorize::{Decider, Decision, Verdict, authorize};
pub(crate) use condition::{Condition, parse_bool};
pub use context::Context;
pub(crate) use element::{ActionMatcher, PrincipalMatcher, Reach, ResourceMatcher};
pub(crate) use explain::Place;
pub use explain::{Explanation, Mismatch, Remark, StatementReport};
pub use layers::{Layer, Layers, ResourceKind};
pub use principal::{Principal, PrincipalKind};
pub use request::Request;
pub use resource::Resource;
pub use rule::Rule;
pub use set::{DocumentKind, PolicySet, StatementRef};
pub use warning::Warning;
