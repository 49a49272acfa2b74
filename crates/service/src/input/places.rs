//! Where inputs were last seen: a hint beside the spool, which says where to look and proves nothing. It may be deleted: inputs
//! are then looked for by their content alone.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use bucketline_spool::SourceId;

/// Lines that are kept beyond those that count before the file is written anew.
const SLACK: usize = 1_000;

/// Where an input was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) path: PathBuf,
    pub(crate) device: u64,
    pub(crate) inode: u64,
    /// How far it was read, which is further than what was accepted if the run was stopped in between.
    pub(crate) furthest: u64,
    /// Later ones were seen later.
    order: usize,
}

impl Seen {
    pub(crate) fn is(&self, file: &Metadata) -> bool {
        (self.device, self.inode) == (file.dev(), file.ino())
    }
}

/// All of them.
#[derive(Debug)]
pub(crate) struct Places {
    file: PathBuf,
    seen: HashMap<SourceId, Seen>,
    out: Option<File>,
}

impl Places {
    /// Reads them.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub(crate) fn load(spool: &Path) -> io::Result<Self> {
        let file = spool.join("inputs");
        // An earlier version had a folder there.
        let text = match fs::read(&file) {
            Ok(text) => text,
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::IsADirectory
                ) =>
            {
                Vec::new()
            }
            Err(error) => return Err(error),
        };
        let mut places = Self {
            file,
            seen: HashMap::new(),
            out: None,
        };
        let mut lines = 0;
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            // One that a crash has cut short is only a hint lost.
            if let Some(line) = line
                .strip_suffix(b"\n")
                .and_then(|line| std::str::from_utf8(line).ok())
            {
                lines += 1;
                places.learn(lines, line);
            }
        }
        if lines > 2 * places.seen.len() + SLACK {
            places.rewrite()?;
        }
        Ok(places)
    }

    /// Where this one was seen.
    pub(crate) fn of(&self, source: &SourceId) -> Option<&Seen> {
        self.seen.get(source)
    }

    /// Those that were seen at a path, the last one first.
    pub(crate) fn at(&self, path: &Path) -> Vec<SourceId> {
        let mut at: Vec<_> = self.seen.iter().filter(|(_, seen)| seen.path == path).collect();
        at.sort_by_key(|(_, seen)| std::cmp::Reverse(seen.order));
        at.into_iter().map(|(source, _)| *source).collect()
    }

    /// One is seen. Where that cannot be noted, as on a full disk, it is looked for by its content the next time.
    pub(crate) fn note(&mut self, source: SourceId, path: &Path, file: &Metadata) {
        let known = self.seen.get(&source);
        if known.is_some_and(|seen| seen.path == path && seen.is(file)) {
            return;
        }
        let (furthest, order) = (
            known.map_or(0, |seen| seen.furthest),
            self.seen.len() + usize::MAX / 2,
        );
        let seen = Seen {
            path: path.to_owned(),
            device: file.dev(),
            inode: file.ino(),
            furthest,
            order,
        };
        self.append(&line(&source, &seen));
        self.seen.insert(source, seen);
    }

    /// One was read to a place.
    pub(crate) fn read(&mut self, source: &SourceId, to: u64) {
        if let Some(seen) = self.seen.get_mut(source) {
            seen.furthest = seen.furthest.max(to);
            let text = format!("{} {to}\n", hex(source.as_bytes()));
            self.append(&text);
        }
    }

    fn append(&mut self, text: &str) {
        if self.out.is_none() {
            self.out = OpenOptions::new().append(true).create(true).open(&self.file).ok();
        }
        let written = self.out.as_mut().map(|out| out.write_all(text.as_bytes()));
        if !matches!(written, Some(Ok(()))) {
            self.out = None;
        }
    }

    fn rewrite(&self) -> io::Result<()> {
        let mut all: Vec<_> = self.seen.iter().collect();
        all.sort_by_key(|(_, seen)| seen.order);
        let mut text = String::new();
        for (source, seen) in all {
            text.push_str(&line(source, seen));
            text.push_str(&format!("{} {}\n", hex(source.as_bytes()), seen.furthest));
        }
        let new = self.file.with_extension("new");
        fs::write(&new, text)?;
        fs::rename(&new, &self.file)
    }

    /// `source furthest`, or `source device inode path`; the path in hexadecimal, since it may hold anything.
    fn learn(&mut self, order: usize, line: &str) -> Option<()> {
        let mut words = line.split(' ');
        let source = SourceId::from_bytes(unhex(words.next()?)?.try_into().ok()?);
        let number = words.next()?.parse().ok()?;
        let Some(inode) = words.next() else {
            let seen = self.seen.get_mut(&source)?;
            seen.furthest = seen.furthest.max(number);
            return Some(());
        };
        let seen = Seen {
            device: number,
            inode: inode.parse().ok()?,
            path: PathBuf::from(OsString::from_vec(unhex(words.next()?)?)),
            furthest: self.seen.get(&source).map_or(0, |seen| seen.furthest),
            order,
        };
        self.seen.insert(source, seen);
        Some(())
    }
}

fn line(source: &SourceId, seen: &Seen) -> String {
    let path = hex(seen.path.as_os_str().as_bytes());
    format!(
        "{} {} {} {path}\n",
        hex(source.as_bytes()),
        seen.device,
        seen.inode
    )
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks(2);
    digits
        .map(|pair| {
            u8::from_str_radix(std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?, 16).ok()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_survive_a_restart_a_torn_line_and_being_written_anew() {
        let dir = tempfile::tempdir().unwrap();
        let file = File::open(dir.path()).unwrap().metadata().unwrap();
        let source = |n: u8| SourceId::from_bytes([n; 16]);
        let odd = Path::new(std::ffi::OsStr::from_bytes(b"/a b\n\xff"));
        let mut places = Places::load(dir.path()).unwrap();
        places.note(source(1), odd, &file);
        places.note(source(2), odd, &file);
        for to in 0..5_000 {
            places.read(&source(1), to);
        }
        places.append("0101 torn");
        for _ in 0..2 {
            let again = Places::load(dir.path()).unwrap();
            assert_eq!(again.at(odd), [source(2), source(1)]);
            assert_eq!(again.of(&source(1)).unwrap().furthest, 4_999);
            assert!(again.of(&source(1)).unwrap().is(&file));
            assert_eq!(again.at(Path::new("/")), []);
        }
        assert!(fs::metadata(dir.path().join("inputs")).unwrap().len() < 1_000);
    }
}
