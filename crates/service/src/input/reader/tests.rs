//! A file that somebody changes while it is read.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use super::super::{Input, Knowledge, Thoroughness};
use super::*;

/// Lines of one length that begin alike, so that nothing but their content tells one file from another.
fn lines(what: char, count: usize) -> String {
    let rest = what.to_string().repeat(1_000);
    let numbered = (0..count).map(|n| format!("{{\"n\": {n:06}, \"x\": \"{rest}\"}}\n"));
    std::iter::once("# events\n".to_owned()).chain(numbered).collect()
}

fn open(path: &Path) -> Opened {
    let knowledge = Knowledge {
        spool: path.parent().unwrap(),
        sources: Vec::new(),
        thoroughness: Thoroughness::Ends,
        stream: None,
    };
    Opened::open(&Input::File(path.to_owned()), knowledge).unwrap()
}

/// Reads it; after the first batch, `change` happens. All that was given, and how it ended.
fn read(path: &Path, change: impl FnOnce()) -> (Vec<u8>, End) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let mut feed = Feed::start(open(path)).unwrap();
        let mut change = Some(change);
        let mut given = Vec::new();
        while let Some(batch) = feed.next().await.unwrap() {
            for line in batch.lines {
                given.extend_from_slice(&line.text.unwrap());
                given.push(b'\n');
            }
            if let Some(change) = change.take() {
                change();
            }
        }
        (given, feed.end())
    })
}

#[test]
fn a_file_that_is_emptied_and_filled_again_gives_nothing_of_the_new() {
    for longer in [0, 20_000] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("e");
        let (old, new) = (lines('a', 20_000), lines('b', 20_000 + longer));
        fs::write(&path, &old).unwrap();
        let (given, end) = read(&path, || fs::write(&path, &new).unwrap());
        assert!(old.as_bytes().starts_with(&given), "only what was there before");
        assert!(!given.is_empty() && given.len() < old.len());
        // Shorter, if it is looked at between the two.
        assert!(matches!(end, End::Changed(_)), "{end:?}");
    }
}

#[test]
fn a_file_that_is_cut_off_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("e");
    let old = lines('a', 20_000);
    fs::write(&path, &old).unwrap();
    let (given, end) = read(&path, || {
        fs::OpenOptions::new()
            .write(true)
            .open(&path)
            .unwrap()
            .set_len(100)
            .unwrap();
    });
    assert!(old.as_bytes().starts_with(&given));
    assert_eq!(end, End::Changed(Replaced::Shorter));
}

#[test]
fn a_file_of_another_size_of_lines_that_takes_its_place_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("e");
    let old = lines('a', 20_000);
    fs::write(&path, &old).unwrap();
    // The beginning stays as it is; what follows it does not.
    let beginning: String = old.split_inclusive('\n').take(200).collect();
    let new = format!("{beginning}{}", lines('b', 40_000));
    let (given, end) = read(&path, || fs::write(&path, &new).unwrap());
    assert!(old.as_bytes().starts_with(&given));
    assert!(matches!(end, End::Changed(_)), "{end:?}");
}

#[test]
fn a_file_that_grows_is_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("e");
    let (old, more) = (lines('a', 20_000), lines('b', 20_000));
    fs::write(&path, &old).unwrap();
    let (given, end) = read(&path, || {
        let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(more.as_bytes()).unwrap();
    });
    assert!(given == format!("{old}{more}").as_bytes());
    assert_eq!(end, End::All);
}

#[test]
fn a_file_that_is_moved_away_is_read_to_its_end() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("e");
    let old = lines('a', 20_000);
    fs::write(&path, &old).unwrap();
    let (given, end) = read(&path, || {
        fs::rename(&path, dir.path().join("e.1")).unwrap();
        fs::write(&path, lines('b', 10)).unwrap();
    });
    assert!(given == old.as_bytes());
    assert_eq!(end, End::All);
}
