//! What exports are made with, for all workspaces: the product's own store, links, callbacks, mail.

use std::path::PathBuf;
use std::time::Duration;

use bucketline_connector::FolderPath;
use bucketline_notify::{Mailbox, SmtpSecurity};
use bucketline_sink::Encryption;

use super::{Destination, Keeper};

/// What exports are made with.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Exports {
    /// The folder in which jobs are remembered: beside the spool, `<spool>-exports`, unless set.
    pub dir: PathBuf,
    /// The product's own store, where download links lead: `files` in that folder unless set.
    pub own: Destination,
    /// In which folder of it; each workspace has one of its own below.
    pub folder: Option<FolderPath>,
    /// The encryption to ask for there.
    pub encryption: Encryption,
    /// How long a download link is good.
    pub link_lifetime: Duration,
    /// How many exports of a workspace may run at a time.
    pub concurrent: usize,
    /// What callbacks are signed with: one secret, or two while one replaces the other.
    pub callback_secrets: Vec<Keeper>,
}

impl Exports {
    /// The folder of a workspace in the product's own store.
    #[must_use]
    pub(crate) fn folder_of(&self, workspace: &str) -> String {
        match &self.folder {
            Some(folder) => format!("{folder}/{workspace}"),
            None => workspace.to_owned(),
        }
    }
}

/// The server that takes mail.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MailServer {
    /// Its name.
    pub host: String,
    /// Its port; the usual one of the way in which it is encrypted if not said.
    pub port: Option<u16>,
    /// How the connection is encrypted.
    pub security: SmtpSecurity,
    /// User, and where the password is kept.
    pub login: Option<(String, Keeper)>,
    /// The sender.
    pub from: Mailbox,
    /// A file with a certificate authority to trust beside the machine's.
    pub ca: Option<PathBuf>,
}
