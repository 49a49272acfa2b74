//! Integration tests of `bucketline`: the real program as a process, over local folders and over the testkit's AWS.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "tests may panic, wait and start threads"
)]

mod api;
mod bad_input;
mod buckets;
mod check;
mod cloud;
mod cloud_exports;
mod command_line;
mod damage;
mod directory;
mod exports;
mod formats;
mod grants;
mod identifiers;
mod identity;
mod inputs;
mod keys;
mod kill;
mod kms;
mod ledger;
mod log;
mod metrics;
mod notices;
mod other_reader;
mod output;
mod policy;
mod program;
mod proof;
mod proxies;
mod readme;
mod receiver;
mod retention;
mod schema;
mod secrets;
mod setup;
mod site;
mod spool;
mod stores;
mod streams;
mod transforms;
mod vendor;
