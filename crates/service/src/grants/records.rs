//! The records as values, and as the JSON in which they are kept. Decides what follows from them; reads no clock and no file.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bucketline_auth::{AccessKeyId, AccountId, ExternalId, RoleArn};
use bucketline_check::ReportKind;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::model::Integration;

/// What is known of grants. Its fields are kept as they are, so one that is renamed is a new [version](Self::VERSION).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantRecords {
    #[serde(default)]
    drafts: Vec<Draft>,
    /// By the grant's id.
    #[serde(default)]
    probed: BTreeMap<String, Probed>,
    #[serde(default)]
    owners: Vec<Owner>,
    /// By what was checked: `connector/<id>`.
    #[serde(default)]
    checks: BTreeMap<String, LastCheck>,
    /// By the grant's id.
    #[serde(default)]
    keys: BTreeMap<String, SeenKey>,
}

/// An external ID that was made for a grant before the customer has a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Draft {
    workspace: String,
    integration: Integration,
    external_id: ExternalId,
}

/// A role that was seen to refuse whoever does not know this external ID.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Probed {
    role: RoleArn,
    external_id: ExternalId,
}

/// Whose a bucket is, as a check has seen it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Owner {
    bucket: String,
    /// Where it is, if not at AWS: names are unique there alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    endpoint: Option<String>,
    account: AccountId,
}

/// A grant's access key, and since when it is known: how old it is at least, since its user may seldom ask IAM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct SeenKey {
    id: AccessKeyId,
    /// In seconds since 1970.
    since: u64,
}

/// How the last check of something ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LastCheck {
    /// When, in seconds since 1970.
    pub at: u64,
    /// Whether all that delivery needs was seen to work.
    pub ok: bool,
}

impl LastCheck {
    /// A check that ended so at this time.
    #[must_use]
    pub const fn new(at: u64, ok: bool) -> Self {
        Self { at, ok }
    }
}

impl GrantRecords {
    /// The version of the kept form.
    pub const VERSION: u32 = 1;

    /// The external ID that was made for the next grant of a workspace for this integration, if one was.
    #[must_use]
    pub fn draft(&self, workspace: &str, integration: Integration) -> Option<&ExternalId> {
        let mut drafts = self.drafts.iter();
        drafts
            .find(|draft| draft.workspace == workspace && draft.integration == integration)
            .map(|draft| &draft.external_id)
    }

    /// The same ID for as long as it is the draft's; `make` makes the first one.
    ///
    /// # Errors
    ///
    /// That of `make`.
    pub fn draft_or_make(
        &mut self,
        workspace: &str,
        integration: Integration,
        make: impl FnOnce() -> Result<ExternalId, Error>,
    ) -> Result<ExternalId, Error> {
        if let Some(id) = self.draft(workspace, integration) {
            return Ok(id.clone());
        }
        let external_id = make()?;
        self.drafts.push(Draft {
            workspace: workspace.to_owned(),
            integration,
            external_id: external_id.clone(),
        });
        Ok(external_id)
    }

    /// Forgets a draft: the next one gets an ID of its own.
    pub fn forget_draft(&mut self, workspace: &str, integration: Integration) {
        self.drafts
            .retain(|draft| draft.workspace != workspace || draft.integration != integration);
    }

    /// Whether a grant's role was seen to refuse others, and is still the same role with the same external ID.
    #[must_use]
    pub fn was_probed(&self, grant: &str, role: &RoleArn, external_id: &ExternalId) -> bool {
        let known = self.probed.get(grant);
        known.is_some_and(|known| known.role == *role && known.external_id.matches(external_id.as_str()))
    }

    /// Notes that a grant's role was seen to refuse others.
    pub fn note_probed(&mut self, grant: &str, role: RoleArn, external_id: ExternalId) {
        self.probed.insert(grant.to_owned(), Probed { role, external_id });
    }

    /// Notes that it did not, or that this is no longer known: it is asked again at the next occasion.
    pub fn forget_probed(&mut self, grant: &str) {
        self.probed.remove(grant);
    }

    /// The account that a bucket was seen to belong to.
    #[must_use]
    pub fn owner(&self, bucket: &str, endpoint: Option<&str>) -> Option<AccountId> {
        let mut owners = self.owners.iter();
        owners
            .find(|known| known.bucket == bucket && known.endpoint.as_deref() == endpoint)
            .map(|known| known.account)
    }

    /// Notes whose a bucket is. What was noted before stays: a bucket does not change hands, a name may.
    pub fn pin_owner(&mut self, bucket: &str, endpoint: Option<&str>, account: AccountId) {
        if self.owner(bucket, endpoint).is_none() {
            self.owners.push(Owner {
                bucket: bucket.to_owned(),
                endpoint: endpoint.map(str::to_owned),
                account,
            });
        }
    }

    /// Notes that a grant has this key; since when it has it.
    pub fn key_seen(&mut self, grant: &str, id: &AccessKeyId, now: SystemTime) -> SystemTime {
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let seen = self.keys.entry(grant.to_owned()).or_insert_with(|| SeenKey {
            id: id.clone(),
            since: now,
        });
        if seen.id != *id {
            *seen = SeenKey {
                id: id.clone(),
                since: now,
            };
        }
        UNIX_EPOCH
            .checked_add(Duration::from_secs(seen.since))
            .unwrap_or(UNIX_EPOCH)
    }

    /// How the last check of this ended.
    #[must_use]
    pub fn last_check(&self, kind: ReportKind, id: &str) -> Option<LastCheck> {
        self.checks.get(&subject(kind, id)).copied()
    }

    /// Notes how a check of this ended.
    pub fn note_check(&mut self, kind: ReportKind, id: &str, check: LastCheck) {
        self.checks.insert(subject(kind, id), check);
    }
}

fn subject(kind: ReportKind, id: &str) -> String {
    let kind = match kind {
        ReportKind::Connector => "connector",
        ReportKind::Grant => "grant",
        ReportKind::DataExport => "data_export",
    };
    format!("{kind}/{id}")
}
