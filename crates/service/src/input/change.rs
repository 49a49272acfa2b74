//! Whether a file changes while it is read. Appending is no change; a file that was emptied, rewritten or replaced is. Compares
//! what was read with what stands there; decides nothing about what to do then.

use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::time::{Duration, SystemTime};

use bucketline_spool::ContentProof;

use super::content::Content;
use super::known::Replaced;
use super::proof::{Proofs, Thoroughness, Verdict};

/// How much of the beginning, and how much before the place that was read to, is compared whenever the file's times change.
const ENDS: usize = 65_536;
/// Two changes of a file within this may bear one time.
const GRAIN: Duration = Duration::from_secs(2);
/// What may always be read again to prove the whole.
const CHEAP: u64 = 1_048_576;

/// What was read of late: the beginning of a text, and its last bytes up to a place.
#[derive(Debug, Default)]
pub(crate) struct Remembered {
    head: Vec<u8>,
    tail: Vec<u8>,
    begin: u64,
    at: u64,
    /// The last bytes as of the last check: what is read after a change agrees with itself.
    checked: Vec<u8>,
    checked_at: u64,
}

impl Remembered {
    pub(crate) fn from(begin: u64) -> Self {
        Self {
            begin,
            at: begin,
            ..Self::default()
        }
    }

    pub(crate) fn read(&mut self, bytes: &[u8]) {
        if self.begin == 0 && self.head.len() < ENDS {
            let wanted = (ENDS - self.head.len()).min(bytes.len());
            self.head
                .extend_from_slice(bytes.get(..wanted).unwrap_or_default());
        }
        self.at += bytes.len() as u64;
        let last = bytes.get(bytes.len().saturating_sub(ENDS)..).unwrap_or_default();
        let surplus = (self.tail.len() + last.len()).saturating_sub(ENDS);
        self.tail.drain(..surplus.min(self.tail.len()));
        self.tail.extend_from_slice(last);
    }

    fn check_passed(&mut self) {
        self.checked.clone_from(&self.tail);
        self.checked_at = self.at;
    }
}

/// What the system says of a file, which differs after it was written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    length: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

/// Watches over one file.
#[derive(Debug)]
pub(crate) struct Watch {
    content: Content,
    proofs: Proofs,
    /// As it was when it was last held against what was read; nothing if it may have changed at that very moment.
    stamp: Option<Stamp>,
    /// Bytes consumed when all was proved.
    proved_at: u64,
}

impl Watch {
    /// Of a file, from now on: before its proofs are held against it.
    ///
    /// # Errors
    /// The file cannot be looked at.
    pub(crate) fn new(content: Content) -> io::Result<Self> {
        let mut watch = Self {
            content,
            proofs: Proofs::default(),
            stamp: None,
            proved_at: 0,
        };
        watch.stamp = Some(watch.now()?).filter(|stamp| is_settled(*stamp));
        Ok(watch)
    }

    /// These were held against it.
    pub(crate) fn proved(&mut self, proofs: Proofs, to: u64) {
        (self.proofs, self.proved_at) = (proofs, to);
    }

    /// What is watched.
    pub(crate) fn content(&self) -> &Content {
        &self.content
    }

    /// Whether what was read, up to and with what `proof` is of, still stands there. Nothing is
    /// consumed before it was asked.
    ///
    /// # Errors
    /// What reading gave.
    pub(crate) fn check(
        &mut self,
        remembered: &mut Remembered,
        proof: Option<ContentProof>,
        is_end: bool,
    ) -> io::Result<Option<Replaced>> {
        if let Some(proof) = proof {
            self.proofs.add(proof);
        }
        let stamp = self.now()?;
        if self.stamp == Some(stamp) {
            remembered.check_passed();
            return Ok(None);
        }
        if self.content.is_plain() {
            if stamp.length < remembered.at {
                return Ok(Some(Replaced::Shorter));
            }
            let before = |at: u64, bytes: &[u8]| at - bytes.len() as u64;
            let (tail, checked) = (&remembered.tail, &remembered.checked);
            if !self.stands(0, &remembered.head)?
                || !self.stands(before(remembered.checked_at, checked), checked)?
                || !self.stands(before(remembered.at, tail), tail)?
            {
                return Ok(Some(Replaced::Other));
            }
        }
        let to = proof.map_or(self.proved_at, |proof| proof.to);
        let since = to.saturating_sub(self.proved_at);
        if is_end || self.proofs.cost() <= CHEAP.max(2 * since) {
            match self.proofs.verify(&self.content, Thoroughness::Ends)? {
                Verdict::Same(_) => {}
                Verdict::Shorter => return Ok(Some(Replaced::Shorter)),
                Verdict::Other => return Ok(Some(Replaced::Other)),
            }
            self.proved_at = to;
        }
        remembered.check_passed();
        self.stamp = is_settled(stamp).then_some(stamp);
        Ok(None)
    }

    /// Whether these bytes stand there.
    fn stands(&self, at: u64, bytes: &[u8]) -> io::Result<bool> {
        let mut found = Vec::with_capacity(bytes.len());
        self.content
            .read_from(at)?
            .take(bytes.len() as u64)
            .read_to_end(&mut found)?;
        Ok(found == bytes)
    }

    fn now(&self) -> io::Result<Stamp> {
        let file = self.content.file().metadata()?;
        Ok(Stamp {
            length: file.len(),
            modified: (file.mtime(), file.mtime_nsec()),
            changed: (file.ctime(), file.ctime_nsec()),
        })
    }
}

/// Whether a change from now on would show: the file's last one is some time ago.
#[expect(
    clippy::disallowed_methods,
    reason = "the driver of inputs: a file's times are those of the system's clock"
)]
fn is_settled(stamp: Stamp) -> bool {
    let Ok(seconds) = u64::try_from(stamp.changed.0) else {
        return true;
    };
    let changed = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds + 1);
    SystemTime::now()
        .duration_since(changed)
        .is_ok_and(|age| age > GRAIN)
}
