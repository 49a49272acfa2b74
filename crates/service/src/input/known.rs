//! Which input a file is. Its content says that; where an input was last seen only says where to look:
//!
//! - A path whose bytes still prove is the same input, whatever its inode or device.
//! - A path that is not known, whose content proves as that of a known input whose own path no longer does, is that input,
//!   moved or rotated.
//! - A copy beside its original is a new input. A second name of one file (a link) is no copy.

use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use bucketline_connector::KnownSource;
use bucketline_spool::SourceId;

use super::content::Content;
use super::lines::Mark;
use super::places::Places;
use super::proof::{Proofs, Prover, Thoroughness, Verdict};

/// What is known of inputs: from the log, and from where they were seen.
#[derive(Debug)]
pub(crate) struct KnownInputs<'a> {
    sources: Vec<KnownSource>,
    places: &'a Places,
    thoroughness: Thoroughness,
}

/// An input that was found again.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) source: SourceId,
    pub(crate) from: Mark,
    pub(crate) proofs: Proofs,
    pub(crate) prover: Prover,
    /// Where it was before, if that was elsewhere.
    pub(crate) moved_from: Option<PathBuf>,
}

/// That a path holds something else than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Replaced {
    Shorter,
    Other,
}

impl std::fmt::Display for Replaced {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Shorter => "it is shorter than what was read of it",
            Self::Other => "it holds other bytes than were read of it",
        })
    }
}

/// What a file is.
#[derive(Debug)]
pub(crate) enum Which {
    Known(Box<Found>),
    New {
        /// What was read at this path before, if anything: where it stood, and how it shows that it is no longer there.
        replaced: Option<(SourceId, Mark, Replaced)>,
    },
}

impl<'a> KnownInputs<'a> {
    pub(crate) fn new(sources: Vec<KnownSource>, places: &'a Places, thoroughness: Thoroughness) -> Self {
        Self {
            sources,
            places,
            thoroughness,
        }
    }

    /// Tells what a file at a path is.
    ///
    /// # Errors
    /// What reading it gave.
    pub(crate) fn which(&self, content: &Content, path: &Path, file: &Metadata) -> io::Result<Which> {
        let mut replaced = None;
        let mut best: Option<Found> = None;
        for source in self.places.at(path) {
            let Some(known) = self.sources.iter().find(|known| known.source == source) else {
                continue;
            };
            match self.prove(known, content)? {
                Ok(found)
                    if best
                        .as_ref()
                        .is_none_or(|best| best.from.offset < found.from.offset) =>
                {
                    best = Some(found);
                }
                Ok(_) => {}
                Err(how) => replaced = replaced.or(Some((source, mark(known), how))),
            }
        }
        if let Some(found) = best {
            return Ok(Which::Known(Box::new(found)));
        }
        for known in self.with_its_beginning(content)? {
            if self
                .places
                .of(&known.source)
                .is_some_and(|seen| seen.path == path)
            {
                continue; // It was asked above.
            }
            let Ok(mut found) = self.prove(known, content)? else {
                continue;
            };
            match self.own_path(known, file) {
                Own::Elsewhere => continue,
                Own::SameFile => {}
                Own::Gone(path) => found.moved_from = path,
            }
            return Ok(Which::Known(Box::new(found)));
        }
        Ok(Which::New { replaced })
    }

    /// Whether something was read at a path that the log does not know any more.
    pub(crate) fn lost_at(&self, path: &Path) -> bool {
        let lost = |source: &SourceId| self.sources.iter().all(|known| known.source != *source);
        let last = self.places.at(path).into_iter().next();
        last.is_some_and(|source| {
            lost(&source) && self.places.of(&source).is_some_and(|seen| seen.furthest > 0)
        })
    }

    /// Where the rest of an input is that was moved away from its path: beside it, under a name that begins like its own, as
    /// those who rotate logs do it.
    pub(crate) fn moved_to(&self, source: &SourceId) -> Option<PathBuf> {
        let known = self.sources.iter().find(|known| known.source == *source)?;
        let seen = self.places.of(source)?;
        let (folder, name) = (seen.path.parent()?, seen.path.file_name()?);
        let mut beside: Vec<PathBuf> = std::fs::read_dir(folder)
            .ok()?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| *path != seen.path)
            .filter(|path| {
                let begins = path
                    .file_name()
                    .is_some_and(|other| other.as_encoded_bytes().starts_with(name.as_encoded_bytes()));
                begins || path.metadata().is_ok_and(|file| seen.is(&file))
            })
            .collect();
        beside.sort_by_key(|path| (!path.metadata().is_ok_and(|file| seen.is(&file)), path.clone()));
        beside.into_iter().find(|path| {
            let content = File::open(path).and_then(|file| match file.metadata()?.is_file() {
                true => Content::of(file),
                false => Err(io::ErrorKind::InvalidInput.into()),
            });
            content.is_ok_and(|content| matches!(self.prove(known, &content), Ok(Ok(_))))
        })
    }

    fn prove(&self, known: &KnownSource, content: &Content) -> io::Result<Result<Found, Replaced>> {
        let proofs = Proofs::new(known.proofs.clone());
        Ok(match proofs.verify(content, self.thoroughness)? {
            Verdict::Shorter => Err(Replaced::Shorter),
            Verdict::Other => Err(Replaced::Other),
            Verdict::Same(prover) => Ok(Found {
                source: known.source,
                from: mark(known),
                proofs,
                prover: *prover,
                moved_from: None,
            }),
        })
    }

    /// Those known inputs whose first stretch stands here, those that were read furthest in front. One pass over the file.
    fn with_its_beginning(&self, content: &Content) -> io::Result<Vec<&KnownSource>> {
        let mut candidates: Vec<_> = self
            .sources
            .iter()
            .filter(|known| known.point.end > 0)
            .filter_map(|known| Some((Proofs::new(known.proofs.clone()).first()?, known)))
            .collect();
        candidates.sort_by_key(|(first, _)| first.to);
        let mut found = Vec::new();
        let mut at = None;
        let mut text = content.read_from(0)?;
        let mut prover = Prover::from(0);
        for (first, known) in candidates {
            let mut missing = first.to.saturating_sub(at.unwrap_or(0));
            let mut chunk = vec![0; 65_536];
            while missing > 0 {
                let wanted = chunk.len().min(usize::try_from(missing).unwrap_or(usize::MAX));
                let read = match io::Read::read(&mut text, chunk.get_mut(..wanted).unwrap_or_default()) {
                    Ok(0) => return Ok(found),
                    Ok(read) => read,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(found),
                    Err(error) => return Err(error),
                };
                prover.consume(chunk.get(..read).unwrap_or_default());
                missing -= read as u64;
            }
            at = Some(first.to);
            if prover.clone().proof() == first {
                found.insert(0, known);
            }
        }
        found.sort_by_key(|known| std::cmp::Reverse(known.point.end));
        Ok(found)
    }

    fn own_path(&self, known: &KnownSource, file: &Metadata) -> Own {
        use std::os::unix::fs::MetadataExt as _;
        let Some(seen) = self.places.of(&known.source) else {
            return Own::Gone(None);
        };
        let gone = Own::Gone(Some(seen.path.clone()));
        let Ok(own) = File::open(&seen.path) else {
            return gone;
        };
        match own.metadata() {
            Ok(own) if (own.dev(), own.ino()) == (file.dev(), file.ino()) => return Own::SameFile,
            Ok(own) if own.is_file() => {}
            _ => return gone,
        }
        let content = Content::of(own);
        match content.map(|content| self.prove(known, &content)) {
            Ok(Ok(Ok(_))) => Own::Elsewhere,
            _ => gone,
        }
    }
}

/// What is at the path where a known input was seen.
enum Own {
    /// That input.
    Elsewhere,
    /// The very file that is asked about.
    SameFile,
    Gone(Option<PathBuf>),
}

fn mark(known: &KnownSource) -> Mark {
    Mark {
        offset: known.point.end,
        lines: known.point.line,
    }
}
