//! `[spool]`: where accepted events are kept, how long, and how much of them in memory.

use std::time::Duration;

use super::{Checker, raw};
use crate::file::byte_size;
use crate::file::raw::Text;
use crate::model::Spool;

/// How long events are held that cannot be delivered.
const RETENTION: Duration = Duration::from_secs(48 * 3_600);
/// How many bytes of what is held are kept in memory.
const MEMORY: u64 = 1_000_000_000;

impl Checker<'_> {
    pub(super) fn spool(&mut self, spool: Option<raw::Spool>) -> Spool {
        let (dir, retention, memory) = spool.map_or((None, None, None), |s| (s.dir, s.retention, s.memory));
        Spool {
            dir: self.path(dir.as_ref(), "data/spool"),
            retention: self.retention(retention.as_ref()).unwrap_or(RETENTION),
            memory: self.size(memory.as_ref(), "memory").unwrap_or(MEMORY),
        }
    }

    fn retention(&mut self, text: Option<&Text>) -> Option<Duration> {
        let retention = self.duration(text, "retention")?;
        if retention.is_zero() {
            self.problem(
                &text?.span(),
                "`retention` cannot be used: every event would be given up at once",
                "it is how long events are held that cannot be delivered (48h unless set)",
            );
        }
        Some(retention)
    }

    fn size(&mut self, text: Option<&Text>, key: &str) -> Option<u64> {
        let text = text?;
        byte_size::parse(text.get_ref())
            .map_err(|error| {
                let what = format!("`{key}` cannot be used: `{}` is {error}", text.get_ref());
                self.problem(&text.span(), what, "");
            })
            .ok()
    }
}
