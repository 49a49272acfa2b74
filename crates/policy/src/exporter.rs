//! What concerns exporters to a customer's bucket alone: ready documents, and what an integration needs beside what it was
//! given. The linter's rules about exporters are in `lint/rules/exporter.rs`; nothing else in the crate knows of exporters.

mod audit;
mod needs;
pub mod template;

pub use audit::{Audit, Excess, Lack, LackReason, audit};
pub use needs::Needs;
