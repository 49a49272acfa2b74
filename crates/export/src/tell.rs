//! Tells people of a job's end: what is written to whom. It does not decide when.

use bucketline_notify::{Error, ErrorKind, Event, EventData, EventKind, Mail, Subject, Turn};
use serde::Serialize;

use crate::exporter::Tools;
use crate::{ExportKeys, JobRecord, JobState, Link, Place, Way};

/// What a callback carries.
#[derive(Serialize)]
struct Callback {
    success: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

impl Tools {
    /// Sends what is due of a job that has ended, and writes down what came of it.
    pub(crate) async fn tell(&self, record: &mut JobRecord) -> Result<(), crate::Error> {
        let ended = record.ended.unwrap_or_default();
        for place in 0..record.tellings.len() {
            let now = self.now();
            let Some(telling) = record.tellings.get(place).filter(|telling| telling.is_due(now)) else {
                continue;
            };
            let outcome = match telling.way {
                Way::Notice => self.notice(record).await,
                Way::Mail => self.mail(record).await,
                Way::Callback => self.callback(record).await,
            };
            if let Some(telling) = record.tellings.get_mut(place) {
                telling.settle(now, ended, outcome, self.clock.draw());
            }
            self.jobs.update(record).await?;
        }
        Ok(())
    }

    async fn notice(&self, record: &JobRecord) -> Result<(), Error> {
        let Some(teller) = &self.teller else {
            return Ok(());
        };
        let kind = match record.state {
            JobState::Failed => EventKind::ExportFailed,
            _ => EventKind::ExportCompleted,
        };
        let mut data = EventData::default().name(record.taken.job.kind().to_string());
        if let Some(totals) = record.totals() {
            data = data.rows(totals.rows).objects(totals.files).bytes(totals.bytes);
        }
        if let Some(prefix) = record
            .object_prefix()
            .filter(|_| record.state == JobState::Completed)
        {
            data = data.object_prefix(prefix);
        }
        if let Some(failure) = &record.failure {
            data = data.cause("export").turn(Turn::Us).what(failure);
        }
        let event = Event::new(
            kind,
            Subject::export(record.id().to_string()),
            record.ended.unwrap_or_default(),
        )
        .workspace(record.taken.job.workspace().as_str())
        .data(data);
        teller.tell(event).await
    }

    async fn mail(&self, record: &JobRecord) -> Result<(), Error> {
        let mailer = self
            .mailer
            .as_ref()
            .ok_or_else(|| later("there is no mail server"))?;
        let mut people = Vec::new();
        for person in record.taken.job.people() {
            people.push(person.parse()?);
        }
        let link = self.link(record).await?;
        let expires = self.now().after(self.link_lifetime);
        let kind = record.taken.job.kind();
        let totals = record.totals().unwrap_or_default();
        let mut text = format!(
            "The {kind} that was asked for at {} is ready.\n\nDownload: {link}\n\nSize: {} bytes, {} rows\n",
            record.taken.started, totals.bytes, totals.rows
        );
        if link.contains("://") {
            text.push_str(&format!("The link ends at {expires} at the latest.\n"));
        }
        if let Some(backup) = record.copy(Place::Customers) {
            text.push_str(match backup.totals {
                Some(_) => "A copy lies in your own storage.\n",
                None => "The copy for your own storage could not be written yet; it is tried again.\n",
            });
        }
        let subject = format!("Your {kind} is ready");
        mailer
            .mail(&Mail::new(
                people,
                subject,
                text,
                format!("export-{}", record.id()),
            ))
            .await
    }

    async fn callback(&self, record: &JobRecord) -> Result<(), Error> {
        let poster = self
            .poster
            .as_ref()
            .ok_or_else(|| later("there is no secret to sign callbacks with"))?;
        let Some(url) = record.taken.job.callback_url() else {
            return Ok(());
        };
        let success = record.state == JobState::Completed;
        let callback = Callback {
            success,
            url: match success && record.delivery.link == Link::InAnswer {
                true => Some(self.link(record).await?),
                false => None,
            },
        };
        let payload = serde_json::to_string(&callback).map_err(|error| {
            Error::new(ErrorKind::Refused, "the callback cannot be written").with_source(error)
        })?;
        poster
            .post(url, &format!("msg_{}", record.id()), self.now(), payload)
            .await
    }

    /// A link to the file, in the product's own store, made anew whenever it is told.
    pub(crate) async fn link(&self, record: &JobRecord) -> Result<String, Error> {
        let unknown = |error: crate::Error| later("no download link can be made").with_source(error);
        let workspace = record.taken.job.workspace();
        let traces = record
            .copy(Place::Own)
            .and_then(|copy| copy.traces.as_ref())
            .ok_or_else(|| Error::new(ErrorKind::Refused, "there is no file in the product's own store"))?;
        let store = self.places.open(workspace, Place::Own).await.map_err(unknown)?;
        let key = ExportKeys::new(store.folder.as_deref(), &record.taken, traces.attempt)
            .and_then(|keys| keys.file(0))
            .map_err(unknown)?;
        self.places
            .link(workspace, &key, self.link_lifetime)
            .await
            .map_err(unknown)
    }
}

/// Somebody may put it right: it is tried again.
fn later(what: &str) -> Error {
    Error::new(ErrorKind::NotTaken, what)
}
