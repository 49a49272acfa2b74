//! What was sealed for a destination that its connector does not have any more: it may exist there, so it stays, and is shown. Whatever
//! was not sealed went along when the log was opened.

use bucketline_spool::SpoolTime;

use super::Engine;
use super::shard_run::Phase;
use crate::generation::same_destination;
use crate::shard::LaneRef;
use crate::state::{Blockage, Cause, Party};

impl Engine {
    /// Whether a lane belongs to a destination that its connector does not have any more; then it says so.
    pub(super) fn is_stranded(&mut self, now: SpoolTime, lane: LaneRef) -> bool {
        let Some(cause) = self.why_stranded(lane) else {
            return false;
        };
        self.set_phase(lane, Phase::Stranded);
        if let Some(connector) = self.connector_of(lane) {
            self.dispatcher.change(now, connector, |standing| {
                standing.stranded = Some((Blockage::Bucket, cause));
            });
        }
        true
    }

    fn why_stranded(&self, lane: LaneRef) -> Option<Cause> {
        let run = self.shards.get(&lane.shard)?;
        let state = run.state(lane.lane)?;
        let seal = state.open_seal()?;
        let sealed_for = &run.fold.generations.get(state.generation)?.record;
        let today = run.fold.generation_of(state.connector)?;
        if same_destination(sealed_for, today) {
            return None;
        }
        let (count, bucket, key) = (seal.count, &sealed_for.bucket, &seal.key);
        Some(Cause::plain(
            Party::Us,
            format!(
                "{count} events may have been delivered as `{key}` into `{bucket}`, where this connector delivered before"
            ),
            "configure that destination once more and drain it; everything else goes to the new one",
        ))
    }
}
