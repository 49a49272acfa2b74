//! Where an export's files lie: pure functions of the job as it was taken.

use bucketline_sink::ObjectKey;
use time::OffsetDateTime;

use crate::{Error, ErrorKind, ExportKind, TakenJob};

/// The first segments of all keys: both belong to exports, and no connector may have its folder in them.
pub const ROOTS: [&str; 2] = ["segment-export", "reports"];

/// Where the files of one attempt at a job lie.
///
/// ```
/// use bucketline_export::{ExportJob, ExportKeys, ExportKind, TakenJob};
/// use bucketline_notify::Timestamp;
///
/// let job = ExportJob::new("acme".parse()?, ExportKind::SegmentExport("abc56c0c".parse()?));
/// let started = Timestamp::from_millis(1_556_044_807_000);
/// let taken = TakenJob::new("d9696570-dfb7-45ae-baa2-25e302a2da27".parse()?, job, started);
/// let keys = ExportKeys::new(None, &taken, 0)?;
/// assert_eq!(keys.object_prefix(), "d9696570-dfb7-45ae-baa2-25e302a2da27-1556044807");
/// assert_eq!(
///     keys.file(0)?.as_str(),
///     "segment-export/abc56c0c/2019-04-23/d9696570-dfb7-45ae-baa2-25e302a2da27-1556044807/9132d5ec1909256c701a6bec5029cbf2.zip"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ExportKeys {
    /// `segment-export/<segment>/<date>`, with the folder in front, and what is the same in all names.
    stem: String,
    job: TakenJob,
    attempt: u32,
}

impl ExportKeys {
    /// The keys of an attempt (from 0), below `folder` where there is one. The day is that on which the job began.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] where the time of the job is beyond the calendar.
    pub fn new(folder: Option<&str>, job: &TakenJob, attempt: u32) -> Result<Self, Error> {
        let seconds = i64::try_from(job.started.as_seconds()).unwrap_or(i64::MAX);
        let date = OffsetDateTime::from_unix_timestamp(seconds)
            .map_err(|error| {
                Error::new(ErrorKind::Invalid, "the job's time is beyond the calendar").with_source(error)
            })?
            .date();
        let folder = folder
            .map(|folder| folder.trim_end_matches('/'))
            .filter(|folder| !folder.is_empty())
            .map(|folder| format!("{folder}/"))
            .unwrap_or_default();
        let stem = match job.job.kind() {
            ExportKind::SegmentExport(segment) => {
                let prefix = format!("{}-{}", job.id, job.started.as_seconds());
                format!("{folder}segment-export/{segment}/{date}/{prefix}/")
            }
            ExportKind::CsvExport(segment) => format!("{folder}segment-export/{segment}/{date}/users-"),
            ExportKind::EngagementReport => format!("{folder}reports/engagement/{date}/engagement-"),
        };
        Ok(Self {
            stem,
            job: job.clone(),
            attempt,
        })
    }

    /// What the answer to a request calls `object_prefix`: the folder of a segment export's files, and the name of the
    /// first file of others, without its ending.
    #[must_use]
    pub fn object_prefix(&self) -> String {
        let place = self.stem.trim_end_matches('/');
        let last = place.rsplit_once('/').map_or(place, |(_, last)| last);
        match self.job.job.kind() {
            ExportKind::SegmentExport(_) => last.to_owned(),
            _ => format!("{last}{}", self.random(0)),
        }
    }

    /// The key of a file, counted from 0.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] where it would be longer than the 1,024 bytes of a key.
    pub fn file(&self, number: u64) -> Result<ObjectKey, Error> {
        let packed = self.job.job.packing().extension();
        key(format!("{}{}.{packed}", self.stem, self.random(number)))
    }

    /// The key of the manifest, which is written last: `manifest.json` in the folder of a segment export, and beside the
    /// first file of others.
    ///
    /// # Errors
    ///
    /// As [`file`](Self::file).
    pub fn manifest(&self) -> Result<ObjectKey, Error> {
        match self.job.job.kind() {
            ExportKind::SegmentExport(_) => key(format!("{}manifest.json", self.stem)),
            _ => key(format!("{}{}.manifest.json", self.stem, self.random(0))),
        }
    }

    /// The name of what is in a packed file.
    pub(crate) fn entry(&self, number: u64) -> String {
        let format = self.job.job.format().extension();
        match self.job.job.kind() {
            ExportKind::SegmentExport(_) => format!("{}.{format}", self.random(number)),
            ExportKind::CsvExport(_) => format!("users-{}.{format}", self.random(number)),
            ExportKind::EngagementReport => format!("engagement-{}.{format}", self.random(number)),
        }
    }

    fn random(&self, number: u64) -> String {
        self.job.id.random_part(self.attempt, number).as_str().to_owned()
    }
}

fn key(text: String) -> Result<ObjectKey, Error> {
    text.parse().map_err(|error: bucketline_sink::Error| {
        Error::new(ErrorKind::Invalid, format!("no key can be `{text}`")).with_source(error)
    })
}

#[cfg(test)]
mod tests;
