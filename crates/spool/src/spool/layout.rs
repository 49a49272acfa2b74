//! Where a spool keeps what: the names of its files.
//! It must not touch a disk.

use std::path::{Path, PathBuf};

use crate::Lsn;

const SUFFIX: &str = ".seg";

/// The paths of one spool and its one shard.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) dir: PathBuf,
    pub(super) shard: PathBuf,
}

impl Layout {
    pub(super) const FORMAT: &'static str = "FORMAT";
    pub(super) const LOCK: &'static str = "LOCK";
    pub(super) const SHARD: &'static str = "shard-00";

    pub(super) fn new(dir: &Path) -> Self {
        Self {
            dir: dir.to_owned(),
            shard: dir.join(Self::SHARD),
        }
    }

    pub(super) fn segment(&self, first: Lsn) -> PathBuf {
        self.shard.join(format!("{:020}{SUFFIX}", first.get()))
    }

    pub(super) fn reserve(&self) -> PathBuf {
        self.shard.join("reserve")
    }

    pub(super) fn cold(&self) -> PathBuf {
        self.shard.join("cold")
    }

    pub(super) fn cold_segment(&self, first: Lsn) -> PathBuf {
        self.cold().join(format!("{:020}{SUFFIX}", first.get()))
    }

    pub(super) fn checkpoint(&self) -> PathBuf {
        self.shard.join("checkpoint")
    }

    pub(super) fn quarantine(&self) -> PathBuf {
        self.shard.join("quarantine")
    }

    /// The place that a segment's name says it begins at; `None` for the name of anything else.
    pub(super) fn segment_of(name: &str) -> Option<Lsn> {
        let digits = name.strip_suffix(SUFFIX)?;
        let plain = digits.len() == 20 && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|_| plain).map(Lsn::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_named_by_its_first_byte() {
        let layout = Layout::new(Path::new("d"));
        let path = layout.segment(Lsn::new(4096));
        assert_eq!(path, Path::new("d/shard-00/00000000000000004096.seg"));
        assert_eq!(
            Layout::segment_of("00000000000000004096.seg"),
            Some(Lsn::new(4096))
        );
        for other in [
            "4096.seg",
            "00000000000000004096.tmp",
            "+0000000000000004096.seg",
            "99999999999999999999.seg",
        ] {
            assert_eq!(Layout::segment_of(other), None, "{other}");
        }
    }
}
