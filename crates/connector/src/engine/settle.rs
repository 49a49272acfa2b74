//! What was given up while nobody knew whether an object holds it: its key is looked at whenever the store lets us, until that is known.

use bucketline_sink::ObjectInfo;
use bucketline_spool::{Record, Settle, SettledPart, SpoolTime};

use super::{Engine, Purpose};
use crate::shard::{LaneRef, frontier_after};

impl Engine {
    /// There is no object. That is believed once nothing that was sent can arrive any more: before that, it is looked for again.
    pub(super) fn not_there(&mut self, now: SpoolTime, lane: LaneRef) {
        let Some(run) = self.shards.get(&lane.shard) else {
            return;
        };
        let doubt = run.state(lane.lane).and_then(|state| state.in_doubt.as_ref());
        let Some(doubt) = doubt else { return };
        let tried = doubt.tried.unwrap_or_else(|| run.joined_at());
        let quiet = tried.plus(self.settings.quiet);
        // What counts is when it was asked: something may have arrived since, also while the answer was under way.
        let asked = run.running(lane.lane).map_or(now, |running| running.begun);
        if quiet <= asked || bent!(AbsenceBelievedAtOnce) {
            return self.settle(now, lane, None);
        }
        self.the_store_answered(now, lane);
        self.wait_until(lane, quiet);
    }

    /// It is known what became of it: the object is there, or never will be.
    pub(super) fn settle(&mut self, now: SpoolTime, lane: LaneRef, found: Option<&ObjectInfo>) {
        self.the_store_answered(now, lane);
        let run = self.shards.get(&lane.shard);
        let Some(state) = run.and_then(|run| run.state(lane.lane)) else {
            return;
        };
        let Some(drop) = state.in_doubt.as_ref().map(|doubt| &doubt.drop) else {
            return;
        };
        let delivered = found.is_some();
        let settle = Settle {
            lane: state.key.clone(),
            first: drop.first,
            last: drop.last,
            parts: vec![SettledPart {
                first: drop.first,
                last: drop.last,
                count: drop.count,
                delivered,
            }],
            frontier: frontier_after(state.frontier, drop, delivered),
            etag: found
                .and_then(|info| info.etag.as_ref())
                .map(|tag| tag.as_str().to_owned()),
            version_id: found.and_then(|info| info.version_id.clone()),
        };
        self.append(lane.shard, Purpose::Settle(lane), vec![Record::from(settle)]);
    }

    fn the_store_answered(&mut self, now: SpoolTime, lane: LaneRef) {
        if let Some(run) = self.shards.get_mut(&lane.shard) {
            run.run_mut(lane.lane).failures = 0;
        }
        self.release(now, lane);
        if let Some(connector) = self.connector_of(lane) {
            self.dispatcher
                .change(now, connector, |standing| standing.health.worked());
        }
    }
}
