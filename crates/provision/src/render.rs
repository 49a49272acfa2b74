//! The same set-up in the words of other tools, for whoever would rather run those: each is a function of the set-up.
//! Asks nobody.

mod abilities;
mod bundle;
mod cloudformation;
mod console;
mod module;
mod script;
mod terraform;
mod tree;

pub use abilities::abilities;
pub use bundle::{BundleFile, bundle};
pub use cloudformation::{QuickCreate, cloudformation};
pub use console::console;
pub use module::module;
pub use script::script;
pub use terraform::terraform;

use crate::setup::Setup;
use tree::Node;

/// Whether a rendering makes the bucket, or takes one that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "there is no third way")]
pub enum BucketSource {
    /// It makes the bucket.
    New,
    /// The bucket is there, and is used as it is.
    Existing,
}

/// The set-up's documents as one JSON object, for programs.
#[must_use]
pub fn json(setup: &Setup) -> String {
    let documents = Node::map([
        ("name", Node::text(setup.name().as_str())),
        ("path", Node::text(setup.path().as_str())),
        ("bucket", Node::text(setup.bucket().as_str())),
        ("region", Node::text(setup.region().as_str())),
        ("policy", Node::document(setup.policy())),
    ]);
    match setup.trust() {
        Some(trust) => documents.with("trust", Node::document(trust)),
        None => documents,
    }
    .to_json()
}

#[cfg(test)]
mod tests;
