//! The sections `[exports]` and `[mail]`: what exports are made with.

use std::path::Path;
use std::time::Duration;

use bucketline_connector::FolderPath;
use bucketline_notify::{Mailbox, SmtpSecurity};
use toml::Spanned;

use super::super::raw::{self, Text};
use super::destinations::Where;
use super::{Checker, Declared, valid};
use crate::model::{Destination, Exports, Grant, MailServer, ModelPath};

/// How long a download link is good, unless said otherwise; and at most, as signatures go.
const LINK_LIFETIME: Duration = Duration::from_secs(4 * 3_600);
const LONGEST_LINK: Duration = Duration::from_secs(7 * 24 * 3_600);
/// How many exports of a workspace may run at a time, unless said otherwise.
const CONCURRENT: u64 = 100;

impl Checker<'_> {
    pub(super) fn exports(
        &mut self,
        section: Option<Spanned<raw::Exports>>,
        grants: &Declared<Grant>,
        spool: &Path,
    ) -> Option<(std::ops::Range<usize>, Exports)> {
        let (span, raw) = match section {
            Some(section) => {
                self.places
                    .note(ModelPath::exports(), self.source.place(&section.span()));
                (section.span(), section.into_inner())
            }
            None => (0..0, raw::Exports::default()),
        };
        let dir = match &raw.dir {
            Some(dir) => self.path(Some(dir), ""),
            // Not in it: a spool takes no folder that holds anything else for its own.
            None => {
                let mut beside = spool.as_os_str().to_owned();
                beside.push("-exports");
                beside.into()
            }
        };
        let folder = raw
            .folder
            .as_ref()
            .map(|folder| self.parse::<FolderPath>(folder, "folder", ""));
        let region = raw.region.as_ref().map(|region| region.get_ref().as_str());
        let encryption = self.encryption(raw.encryption.as_ref(), region);
        let own = match (&raw.bucket, &raw.grant, &raw.directory) {
            (None, None, None) => Some(Destination::Directory(dir.join("files"))),
            _ => self.destination(
                Where {
                    section: "store of exports",
                    span: span.clone(),
                    grant: raw.grant,
                    bucket: raw.bucket,
                    bucket_behind: raw.bucket_behind,
                    directory: raw.directory,
                    bucket_owner: raw.bucket_owner,
                    region: raw.region,
                    endpoint: raw.endpoint,
                    addressing: raw.addressing,
                    checksum: raw.checksum,
                    storage_class: raw.storage_class,
                    tags: raw.tags,
                },
                grants,
            ),
        };
        let link_lifetime = self.link_lifetime(raw.link_lifetime.as_ref());
        let concurrent = raw
            .concurrent
            .map_or(CONCURRENT, |number| self.at_least_one(&number));
        let secrets = [raw.callback_secret, raw.previous_callback_secret];
        let callback_secrets = secrets
            .into_iter()
            .flatten()
            .filter_map(|secret| self.keeper(secret))
            .collect();
        let exports = Exports {
            dir,
            own: own?,
            folder: valid(folder)?,
            encryption: encryption?,
            link_lifetime,
            concurrent: usize::try_from(concurrent).unwrap_or(usize::MAX),
            callback_secrets,
        };
        Some((span, exports))
    }

    fn link_lifetime(&mut self, text: Option<&Text>) -> Duration {
        let lifetime = self.duration(text, "link_lifetime").unwrap_or(LINK_LIFETIME);
        if let Some(text) = text
            && !(Duration::from_secs(1)..=LONGEST_LINK).contains(&lifetime)
        {
            self.problem(
                &text.span(),
                "`link_lifetime` cannot be used: a link is good for between a second and seven days",
                "write something like `4h`",
            );
        }
        lifetime
    }

    fn at_least_one(&mut self, number: &Spanned<u64>) -> u64 {
        if *number.get_ref() == 0 {
            self.problem(
                &number.span(),
                "`concurrent` is 0: no export could ever run",
                "write 1 or more",
            );
        }
        *number.get_ref()
    }

    pub(super) fn mail(&mut self, section: Spanned<raw::Mail>) -> Option<MailServer> {
        let span = section.span();
        self.places.note(ModelPath::mail(), self.source.place(&span));
        let raw = section.into_inner();
        if raw.host.get_ref().trim().is_empty() {
            self.problem(
                &raw.host.span(),
                "`host` is empty",
                "write the mail server's name",
            );
        }
        let security = raw.security.as_ref().map(|text| self.security(text));
        let from = self.parse::<Mailbox>(&raw.from, "from", "");
        let login = match (raw.user, raw.password) {
            (Some(user), Some(password)) => {
                Some(self.keeper(password).map(|keeper| (user.into_inner(), keeper)))
            }
            (None, None) => None,
            _ => {
                self.problem(
                    &span,
                    "a mail server takes `user` and `password`, or neither",
                    "add the other one",
                );
                Some(None)
            }
        };
        Some(MailServer {
            host: raw.host.into_inner(),
            port: raw.port,
            security: valid(security)?.unwrap_or_default(),
            login: valid(login)?,
            from: from?,
            ca: raw.ca.map(|ca| self.path(Some(&ca), "")),
        })
    }

    fn security(&mut self, text: &Text) -> Option<SmtpSecurity> {
        match text.get_ref().as_str() {
            "starttls" => Some(SmtpSecurity::StartTls),
            "tls" => Some(SmtpSecurity::Tls),
            "none" => Some(SmtpSecurity::None),
            other => {
                let what = format!("`{}` is no way to encrypt mail on its way", other.escape_debug());
                self.problem(
                    &text.span(),
                    what,
                    "write `starttls`, `tls` or, on this machine, `none`",
                );
                None
            }
        }
    }
}
