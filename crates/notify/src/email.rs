//! E-mail: a text to some people, through an SMTP server. Knows nothing of what is told, nor of retries.

mod channel;
mod mail;
mod settings;
#[cfg(feature = "email")]
mod smtp;

pub use channel::EmailChannel;
pub use mail::{Mail, Mailbox, Mailer};
pub use settings::{SmtpPassword, SmtpSecurity, SmtpSettings};
#[cfg(feature = "email")]
pub use smtp::SmtpMailer;
