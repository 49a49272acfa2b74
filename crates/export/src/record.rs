//! What is remembered of a job: everything that another process needs to end it, one way or the other. Decides nothing.

use bucketline_notify::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Delivery, ExportKeys, JobId, TakenJob, Telling};

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    clippy::exhaustive_enums,
    reason = "a closed list that people and scripts match on"
)]
pub enum JobState {
    /// Its files are being written, or will be when somebody goes on with it.
    Running,
    /// Its files, and the manifest, are in place.
    Completed,
    /// It ended without its files; what had been written of them is removed.
    Failed,
    /// Somebody cancelled it; what had been written of it is removed.
    Cancelled,
    /// Its files were deleted when their time was over.
    Expired,
}

impl JobState {
    /// The word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }
}

/// One of the stores that a job's files go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "the product's own, and the customer's")]
pub enum Place {
    /// The product's own store, where download links lead.
    Own,
    /// The customer's bucket.
    Customers,
}

impl Place {
    /// As a person reads it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Own => "the product's own store",
            Self::Customers => "the customer's storage",
        }
    }
}

/// A job's files in one store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CopyRecord {
    /// Which store.
    pub place: Place,
    /// How far they are.
    pub state: CopyState,
    /// What the attempt that is under way, or the one that made it, may have left: written down before its first byte
    /// leaves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traces: Option<Traces>,
    /// Those of attempts before it, until they are known to be gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leftovers: Vec<Traces>,
    /// What lies there, once it is whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totals: Option<Totals>,
    /// Why it failed last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// How often it failed.
    #[serde(default)]
    pub failures: u32,
    /// When it is tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
}

/// How far a copy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "a closed list")]
pub enum CopyState {
    /// Not begun, or being written.
    Writing,
    /// Whole, with its manifest, and verified.
    Whole,
    /// Failed, and to be tried again: a backup.
    Retrying,
    /// Given up: nothing of it is there.
    Failed,
    /// Deleted when its time was over.
    Deleted,
}

impl CopyState {
    /// The word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Writing => "writing",
            Self::Whole => "whole",
            Self::Retrying => "retrying",
            Self::Failed => "failed",
            Self::Deleted => "deleted",
        }
    }
}

/// What an attempt may have left in a store: all names can be told from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Traces {
    /// Which attempt, from 0.
    pub attempt: u32,
    /// No file has this number or a higher one.
    pub files: u64,
    /// The upload in parts that is under way, whose parts nobody sees and somebody pays for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upload: Option<UploadRecord>,
}

/// An upload in parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UploadRecord {
    /// The key that it is for.
    pub key: String,
    /// The store's id of it.
    pub id: String,
}

/// How much there is of an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Totals {
    /// Files, without the manifest.
    pub files: u64,
    /// Rows.
    pub rows: u64,
    /// Bytes.
    pub bytes: u64,
}

/// What is remembered of a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JobRecord {
    /// The job as it was taken.
    pub taken: TakenJob,
    /// What becomes of it, as decided when it was taken.
    pub delivery: Delivery,
    /// Where it stands.
    pub state: JobState,
    /// How many attempts were begun.
    pub attempts: u32,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// Its files, by store.
    pub copies: Vec<CopyRecord>,
    /// Who is told of its end.
    #[serde(default)]
    pub tellings: Vec<Telling>,
}

impl JobRecord {
    /// A job that was just taken.
    #[must_use]
    pub fn new(taken: TakenJob, delivery: Delivery) -> Self {
        let mut places = Vec::new();
        if delivery.in_own_store {
            places.push(Place::Own);
        }
        if delivery.in_customers_bucket {
            places.push(Place::Customers);
        }
        let copy = |place| CopyRecord {
            place,
            state: CopyState::Writing,
            traces: None,
            leftovers: Vec::new(),
            totals: None,
            failure: None,
            failures: 0,
            due: None,
        };
        Self {
            taken,
            delivery,
            state: JobState::Running,
            attempts: 0,
            ended: None,
            failure: None,
            copies: places.into_iter().map(copy).collect(),
            tellings: Vec::new(),
        }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> JobId {
        self.taken.id
    }

    /// The copy in one store.
    #[must_use]
    pub fn copy(&self, place: Place) -> Option<&CopyRecord> {
        self.copies.iter().find(|copy| copy.place == place)
    }

    pub(crate) fn copy_mut(&mut self, place: Place) -> Option<&mut CopyRecord> {
        self.copies.iter_mut().find(|copy| copy.place == place)
    }

    /// The store without which the job has failed: that of the links, else the customer's. The other one is a backup.
    #[must_use]
    pub fn first_place(&self) -> Place {
        if self.delivery.in_own_store {
            Place::Own
        } else {
            Place::Customers
        }
    }

    /// How much there is of it, once it is whole.
    #[must_use]
    pub fn totals(&self) -> Option<Totals> {
        self.copy(self.first_place()).and_then(|copy| copy.totals)
    }

    /// What the answer to a request calls `object_prefix`.
    #[must_use]
    pub fn object_prefix(&self) -> Option<String> {
        let traces = self
            .copy(self.first_place())
            .and_then(|copy| copy.traces.as_ref());
        let attempt = traces.map_or(self.attempts, |traces| traces.attempt);
        let keys = ExportKeys::new(None, &self.taken, attempt).ok()?;
        Some(keys.object_prefix())
    }

    /// When its files are to be deleted.
    #[must_use]
    pub fn delete_at(&self) -> Option<Timestamp> {
        let ended = self.ended.filter(|_| self.state == JobState::Completed)?;
        self.taken.job.kept_for().map(|time| ended.after(time))
    }
}
