//! `FORMAT`: the file that makes a directory a spool and says in which format.
//! It must not know what the format is.

use std::io;
use std::path::Path;

use super::layout::Layout;
use crate::{Disk, DiskFile, Error, ErrorKind, OpenMode};

const WORDS: &str = "bucketline spool ";
const VERSION: u32 = 1;
/// More than the file ever holds.
const LONGEST: usize = 64;
const UNFINISHED: &str = "FORMAT.new";
/// What a directory may hold and still be made a spool: what a crash while making one leaves behind, and what file
/// systems put into their own root.
const NO_CONTENT: [&str; 3] = [Layout::LOCK, UNFINISHED, "lost+found"];

/// What a directory is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// A spool of this version.
    Spool,
    /// Nothing yet: a spool may be made in it.
    Vacant,
}

/// Tells what a directory is.
pub(super) fn inspect(disk: &dyn Disk, layout: &Layout) -> Result<Standing, Error> {
    let dir = &layout.dir;
    let names = match disk.list(dir) {
        Ok(names) => names,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Standing::Vacant),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            return Err(Error::new(
                ErrorKind::NotASpool,
                "a file stands where the spool's directory should be",
            )
            .in_file(dir));
        }
        Err(error) => return Err(Error::io("the spool's directory could not be read", dir, error)),
    };
    if names.iter().any(|name| name == Layout::FORMAT) {
        return read(disk, &dir.join(Layout::FORMAT)).map(|()| Standing::Spool);
    }
    match names.iter().find(|name| !NO_CONTENT.contains(&name.as_str())) {
        None => Ok(Standing::Vacant),
        Some(other) => {
            let what = format!(
                "there is no `{}` but other files, `{other}` for one,",
                Layout::FORMAT
            );
            Err(Error::new(ErrorKind::NotASpool, what).in_file(dir))
        }
    }
}

/// Makes a vacant directory a spool; durable once the directory is synced.
pub(super) fn make(disk: &dyn Disk, layout: &Layout) -> Result<(), Error> {
    let (path, unfinished) = (layout.dir.join(Layout::FORMAT), layout.dir.join(UNFINISHED));
    let write = || {
        match disk.remove(&unfinished) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = disk.open(&unfinished, OpenMode::Create)?;
        file.write_at(0, format!("{WORDS}{VERSION}\n").as_bytes())?;
        file.sync()?;
        disk.rename(&unfinished, &path)
    };
    write().map_err(|error| Error::io("the spool could not be made", &path, error))
}

fn read(disk: &dyn Disk, path: &Path) -> Result<(), Error> {
    let file = disk.open(path, OpenMode::Read);
    let text = file
        .and_then(|file| text(&*file))
        .map_err(|error| Error::io("the spool's format could not be read", path, error))?;
    let version = text
        .strip_prefix(WORDS)
        .and_then(|rest| rest.strip_suffix('\n'))
        .map(str::parse::<u32>);
    match version {
        Some(Ok(VERSION)) => Ok(()),
        Some(Ok(version)) if version > VERSION => {
            let what = format!(
                "a spool of format {version} was written by a newer version (this one knows {VERSION})"
            );
            Err(Error::new(ErrorKind::NewerVersion, what).in_file(path))
        }
        _ => Err(Error::new(ErrorKind::NotASpool, "the format of a spool is not what stands").in_file(path)),
    }
}

fn text(file: &dyn DiskFile) -> io::Result<String> {
    let mut bytes = vec![0; LONGEST];
    let mut length = 0;
    while let Some(rest) = bytes.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match file.read_at(length as u64, rest)? {
            0 => break,
            read => length += read,
        }
    }
    bytes.truncate(length);
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
