//! The crate as its users see it, over real sockets on this machine.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests may panic, and run servers of their own"
)]

mod desk;
mod email;
mod notifier;
mod receiver;
mod secrets_never_print;
mod smtp_server;
mod webhook;
