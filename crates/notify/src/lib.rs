#![doc = include_str!("../README.md")]

mod channel;
mod clock;
mod desk;
#[cfg(feature = "test-util")]
pub mod doubles;
mod driver;
mod email;
mod error;
mod event;
mod filter;
mod message;
mod notifier;
mod outbox;
mod store;
mod teller;
mod timestamp;
mod webhook;

pub use channel::{Channel, LogChannel};
pub use clock::Clock;
pub use desk::Desk;
pub use driver::SystemClock;
#[cfg(feature = "email")]
pub use email::SmtpMailer;
pub use email::{EmailChannel, Mail, Mailbox, Mailer, SmtpPassword, SmtpSecurity, SmtpSettings};
pub use error::{Error, ErrorKind};
pub use event::{AwsAnswer, Dropped, Event, EventData, EventKind, Subject, Turn};
pub use filter::Filter;
pub use message::Message;
pub use notifier::{Notifier, NotifierBuilder, Told};
pub use outbox::{RETRIED_FOR, Record, pause_after};
pub use store::{FileStore, MemoryStore, Store};
pub use teller::Teller;
pub use timestamp::Timestamp;
#[cfg(feature = "webhook")]
pub use webhook::Webhook;
pub use webhook::{Signatures, TOLERANCE, WebhookSecret, WebhookUrl};
