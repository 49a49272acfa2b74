//! How an attempt ends: with a commit, with another try later, with the connector blocked, or in a conflict.

use bucketline_sink::{Checksum, Error as SinkError, ObjectInfo, Receipt};
use bucketline_spool::{Commit, Learnt, Record, SpoolTime};

use super::delivery::Stage;
use super::{Engine, Purpose};
use crate::metadata::Contents;
use crate::shard::LaneId;
use crate::state::{Blockage, Cause};

/// An object that exists: what a commit says of it.
pub(super) struct Existing {
    pub(super) contents: Contents,
    pub(super) bytes: u64,
    pub(super) receipt: Receipt,
    pub(super) learnt: Learnt,
}

impl Engine {
    /// The object exists and is ours.
    pub(super) fn commit(&mut self, now: SpoolTime, lane: LaneId, existing: Existing) {
        let asked = self.encryption_of(lane);
        let Some(state) = self.fold.lanes.get(&lane) else {
            return;
        };
        let (connector, key, front_is_unknown) =
            (state.connector, state.key.clone(), state.front_is_unknown());
        let Some(delivery) = self.delivery(lane) else {
            return;
        };
        delivery.stage = Stage::Committing;
        delivery.built = None;
        delivery.failures = 0;
        let Existing {
            contents,
            bytes,
            receipt,
            learnt,
        } = existing;
        let encrypted_as_asked = receipt.encryption.satisfies(&asked);
        let commit = Commit {
            lane: key,
            first: contents.first,
            last: contents.last,
            count: contents.count,
            bytes,
            etag: receipt.etag.as_ref().map(|tag| tag.as_str().to_owned()),
            version_id: receipt.version_id.clone(),
            checksum: receipt.checksums.iter().next().map(Checksum::tagged),
            learnt,
            encryption: encryption_text(&receipt.encryption),
            encrypted_as_asked,
            after_unknown: delivery.unknown || front_is_unknown,
            digest: (learnt == Learnt::Adopted).then_some(contents.digest),
        };
        self.append(Purpose::Commit(lane), vec![Record::from(commit)]);
        self.release(now, lane);
        if encrypted_as_asked {
            self.store_works(now, connector);
        } else {
            let cause = Cause::plain(
                format!(
                    "the object was stored, but not encrypted as asked: {}",
                    encryption_text(&receipt.encryption)
                ),
                "look at the bucket's default encryption and at what its policy allows",
            );
            self.store_refused(now, connector, Blockage::Encryption, cause);
        }
    }

    pub(super) fn commit_durable(&mut self, lane: LaneId) {
        if let Some(run) = self.lanes.get_mut(&lane) {
            run.delivery = None;
        }
    }

    /// Tries the same later; the connector's store is not at fault.
    pub(super) fn retry_later(&mut self, now: SpoolTime, lane: LaneId) {
        let retry = self.settings.retry;
        self.release(now, lane);
        let seed = self.fold.lanes.get(&lane).map_or(0, |state| state.seed);
        let Some(run) = self.lanes.get_mut(&lane) else {
            return;
        };
        let Some(delivery) = &mut run.delivery else { return };
        delivery.failures += 1;
        delivery.stage = Stage::Waiting;
        delivery.built = None;
        let until = now.plus(retry.delay(delivery.failures, seed));
        if delivery.key.is_none() {
            // Never sealed: what has come since may go with it.
            run.delivery = None;
        }
        self.set_timer(lane, until);
    }

    pub(super) fn failed_for_now(&mut self, now: SpoolTime, lane: LaneId, error: Option<&SinkError>) {
        self.retry_later(now, lane);
        let Some(connector) = self.fold.lanes.get(&lane).map(|state| state.connector) else {
            return;
        };
        let cause = error.map_or_else(
            || {
                Cause::plain(
                    "an object was in the way of a put, and was gone when looked at",
                    "see who deletes objects",
                )
            },
            Cause::of,
        );
        self.store_failed(now, connector, cause);
    }

    pub(super) fn blocked(
        &mut self,
        now: SpoolTime,
        lane: LaneId,
        blockage: Blockage,
        error: Option<&SinkError>,
    ) {
        self.release(now, lane);
        if let Some(delivery) = self.delivery(lane) {
            delivery.stage = Stage::Waiting;
            delivery.built = None;
        }
        let Some(connector) = self.fold.lanes.get(&lane).map(|state| state.connector) else {
            return;
        };
        let cause = error.map_or_else(|| Cause::plain("refused", ""), Cause::of);
        self.store_refused(now, connector, blockage, cause);
        self.enqueue(now, lane);
    }

    pub(super) fn conflict_found(&mut self, now: SpoolTime, lane: LaneId, what: String) {
        self.release(now, lane);
        if let Some(connector) = self.fold.lanes.get(&lane).map(|state| state.connector) {
            self.store_works(now, connector);
        }
        self.conflict(lane, what);
    }

    pub(super) fn conflict(&mut self, lane: LaneId, what: String) {
        let connector = self.fold.lanes.get(&lane).map(|state| state.connector);
        let Some(delivery) = self.delivery(lane) else {
            return;
        };
        delivery.stage = Stage::Conflict(what);
        delivery.built = None;
        if let Some(run) = connector.and_then(|connector| self.connectors.get_mut(connector)) {
            run.conflicts += 1;
        }
    }
}

impl Existing {
    pub(super) fn found(info: ObjectInfo, contents: Contents, learnt: Learnt) -> Self {
        let mut receipt = Receipt::default();
        receipt.etag = info.etag;
        receipt.version_id = info.version_id;
        receipt.checksums = info.checksums;
        receipt.encryption = info.encryption;
        Self {
            contents,
            bytes: info.size,
            receipt,
            learnt,
        }
    }
}

fn encryption_text(seen: &bucketline_sink::EncryptionSeen) -> String {
    use bucketline_sink::EncryptionSeen as Seen;
    match seen {
        Seen::None => "none".to_owned(),
        Seen::Aes256 => "aes256".to_owned(),
        Seen::Kms(kms) => {
            let layers = if kms.dsse { "kms-dsse" } else { "kms" };
            format!("{layers}:{}", kms.key_id.as_deref().unwrap_or(""))
        }
        Seen::Other(other) => other.clone(),
        _ => "unknown".to_owned(),
    }
}
