//! What a running installation looks after beside its deliveries: keys that were replaced in their files, grants of connectors
//! that have had nothing to deliver, credentials that are about to end. What is found is told; nothing is decided about
//! delivery.

mod driver;
mod event;
mod revalidation;
mod schedule;
mod stamp;

pub use driver::Upkeep;
pub use event::{UpkeepEvent, UpkeepObserver};
pub use revalidation::{InstallationChecks, Revalidation};
pub use schedule::Schedule;
pub(crate) use stamp::Stamp;

#[cfg(test)]
mod tests;
