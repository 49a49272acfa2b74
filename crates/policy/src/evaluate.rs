//! Requests against documents: AWS's evaluation logic, compiled once and answered without allocating.
//! Never imports the linter; knows nothing of JSON.

mod action;
mod authorize;
mod condition;
mod explain;
mod gate;
mod layers;
mod principal;
mod request;
mod resource;
mod set;
#[cfg(test)]
mod tests;

pub use authorize::{Decider, Decision, Verdict, authorize};
pub use explain::{Explanation, Mismatch, Remark, StatementReport};
pub use layers::{Layer, Layers, ResourceKind};
pub use principal::{Principal, PrincipalKind};
pub use request::{Context, Request, Resource};
pub use set::{DocumentKind, PolicySet, StatementRef};
