//! Who is told of what: the channels of notices.

use std::path::PathBuf;

use bucketline_notify::{Filter, Mailbox, WebhookUrl};

use super::Keeper;

/// Who is told of what changes.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Notify {
    /// The folder in which it is remembered what was told, and what waits: beside the spool, `<spool>-notify`, unless set.
    pub dir: PathBuf,
    /// Whether the program's own log tells too.
    pub log: bool,
    /// Webhooks.
    pub webhooks: Vec<NotifyWebhook>,
    /// Mails.
    pub mails: Vec<NotifyMail>,
}

/// A webhook that is told.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct NotifyWebhook {
    /// Its id, unique among all channels: what waits for it is kept under this name.
    pub id: String,
    /// Where it is.
    pub url: NotifyUrl,
    /// What it is signed with: one secret, or two while one replaces the other.
    pub secrets: Vec<Keeper>,
    /// Of what it is told.
    pub filter: Filter,
}

/// The address of a webhook, which is often a secret itself.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum NotifyUrl {
    /// As it is.
    Plain(WebhookUrl),
    /// Where it is kept.
    Kept(Keeper),
}

/// People who are mailed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct NotifyMail {
    /// Its id, unique among all channels: what waits for it is kept under this name.
    pub id: String,
    /// Whom.
    pub to: Vec<Mailbox>,
    /// Of what they are told.
    pub filter: Filter,
}
