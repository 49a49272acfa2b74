//! The section `[notify]`: who is told of what.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use bucketline_notify::{Filter, Mailbox, WebhookUrl};
use toml::Spanned;

use super::super::raw::{self, Text};
use super::{Checker, Declared};
use crate::model::{ModelPath, Notify, NotifyMail, NotifyUrl, NotifyWebhook, Workspace};

/// Whether the installation has a server that takes mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MailServerIs {
    /// It has.
    There,
    /// It has not.
    Missing,
}

impl Checker<'_> {
    pub(super) fn notify(
        &mut self,
        raw: raw::Notify,
        workspaces: &Declared<Workspace>,
        spool: &Path,
        server: MailServerIs,
    ) -> Option<Notify> {
        let dir = match &raw.dir {
            Some(dir) => self.path(Some(dir), ""),
            // Not in it: a spool takes no folder that holds anything else for its own.
            None => {
                let mut beside = spool.as_os_str().to_owned();
                beside.push("-notify");
                PathBuf::from(beside)
            }
        };
        let (before, mut ids) = (self.problems.len(), BTreeSet::new());
        let webhooks: Vec<_> = raw
            .webhook
            .into_iter()
            .filter_map(|webhook| self.notify_webhook(webhook, workspaces, &mut ids))
            .collect();
        let mails: Vec<_> = raw
            .mail
            .into_iter()
            .filter_map(|mail| self.notify_mail(mail, workspaces, &mut ids, server))
            .collect();
        (self.problems.len() == before).then_some(Notify {
            dir,
            log: raw.log,
            webhooks,
            mails,
        })
    }

    fn notify_webhook(
        &mut self,
        webhook: Spanned<raw::NotifyWebhook>,
        workspaces: &Declared<Workspace>,
        ids: &mut BTreeSet<String>,
    ) -> Option<NotifyWebhook> {
        let span = webhook.span();
        let raw = webhook.into_inner();
        self.places.note(
            ModelPath::notify(raw.id.get_ref().as_str()),
            self.source.place(&span),
        );
        let id = self.notify_id(&raw.id, ids);
        let url_span = raw.url.span();
        let url = match raw.url.into_inner() {
            raw::NotifyUrl::Plain(text) => match WebhookUrl::parse(&text) {
                Ok(url) => Some(NotifyUrl::Plain(url)),
                Err(error) => {
                    self.problem(&url_span, format!("`url` cannot be used: {error}"), "");
                    None
                }
            },
            raw::NotifyUrl::Kept(secret) => self.keeper(Spanned::new(url_span, secret)).map(NotifyUrl::Kept),
        };
        let secrets: Option<Vec<_>> = [Some(raw.secret), raw.previous_secret]
            .into_iter()
            .flatten()
            .map(|secret| self.keeper(secret))
            .collect();
        let filter = self.notify_filter(raw.workspace.as_ref(), raw.events.as_deref(), workspaces);
        Some(NotifyWebhook {
            id: id?,
            url: url?,
            secrets: secrets?,
            filter: filter?,
        })
    }

    fn notify_mail(
        &mut self,
        mail: Spanned<raw::NotifyMail>,
        workspaces: &Declared<Workspace>,
        ids: &mut BTreeSet<String>,
        server: MailServerIs,
    ) -> Option<NotifyMail> {
        let span = mail.span();
        let raw = mail.into_inner();
        self.places.note(
            ModelPath::notify(raw.id.get_ref().as_str()),
            self.source.place(&span),
        );
        let id = self.notify_id(&raw.id, ids);
        if raw.to.is_empty() {
            self.problem(
                &span,
                "`to` names nobody",
                "write at least one address, as in `to = [\"Ops <ops@example.com>\"]`",
            );
        }
        if server == MailServerIs::Missing {
            self.problem(
                &span,
                "somebody is to be mailed, and there is no mail server",
                "add a `[mail]` section with `host` and `from`",
            );
        }
        let to: Option<Vec<_>> = raw
            .to
            .iter()
            .map(|address| self.parse::<Mailbox>(address, "to", ""))
            .collect();
        let filter = self.notify_filter(raw.workspace.as_ref(), raw.events.as_deref(), workspaces);
        Some(NotifyMail {
            id: id?,
            to: to?,
            filter: filter?,
        })
    }

    /// What waits for a channel is kept under its id.
    fn notify_id(&mut self, id: &Text, ids: &mut BTreeSet<String>) -> Option<String> {
        let text = id.get_ref();
        let is_name = (1..=64).contains(&text.len())
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
        if !is_name {
            self.problem(
                &id.span(),
                format!("`id` cannot be used: `{}`", text.escape_debug()),
                "it has 1 to 64 letters, digits, `-`, `_` and `.`",
            );
            return None;
        }
        if !ids.insert(text.clone()) {
            self.problem(
                &id.span(),
                format!("a second channel of `[notify]` with the id `{text}`"),
                "ids are unique: rename or remove one of them",
            );
            return None;
        }
        Some(text.clone())
    }

    fn notify_filter(
        &mut self,
        workspace: Option<&Text>,
        events: Option<&[Text]>,
        workspaces: &Declared<Workspace>,
    ) -> Option<Filter> {
        let mut filter = Filter::all();
        if let Some(workspace) = workspace {
            self.refers(workspaces, workspace, "workspace");
            filter = filter.workspace(workspace.get_ref());
        }
        let Some(events) = events else {
            return Some(filter);
        };
        let before = self.problems.len();
        for event in events {
            // One by one, so that each has its place.
            if let Err(error) = Filter::all().kinds([event.get_ref()]) {
                self.problem(&event.span(), format!("`events` cannot be used: {error}"), "");
            }
        }
        if self.problems.len() > before {
            return None;
        }
        filter.kinds(events.iter().map(Spanned::get_ref)).ok()
    }
}
