//! Directories and calls that are refused, and what the refusal says.

use std::path::Path;
use std::sync::Arc;

use bucketline_spool::*;

use crate::records::{batch, partition};

fn open(dir: &Path, options: OpenOptions) -> Result<(Spool, Recovered), Error> {
    Spool::open(Arc::new(OsDisk::new()), dir, options.reserve_bytes(0))
}

#[test]
fn a_second_writer_is_refused_and_told_who_the_first_is() {
    let dir = tempfile::tempdir().unwrap();
    let first = open(dir.path(), OpenOptions::write()).unwrap();
    let error = open(dir.path(), OpenOptions::write()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Locked);
    assert_eq!(error.holder(), Some(std::process::id()));
    assert_eq!(
        error.to_string(),
        format!(
            "another process writes to the spool (process {}) in `{}`; stop that process, or use another directory",
            std::process::id(),
            dir.path().display()
        )
    );
    open(dir.path(), OpenOptions::read_only()).unwrap();
    drop(first);
    open(dir.path(), OpenOptions::write()).unwrap();
}

#[test]
fn a_spool_of_a_newer_version_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path(), OpenOptions::write()).unwrap());
    let format = dir.path().join("FORMAT");
    std::fs::write(&format, "bucketline spool 2\n").unwrap();
    for options in [OpenOptions::write(), OpenOptions::read_only()] {
        let error = open(dir.path(), options).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NewerVersion, "{error}");
        assert_eq!(error.path(), Some(format.as_path()));
    }
    assert_eq!(std::fs::read_to_string(&format).unwrap(), "bucketline spool 2\n");
}

#[test]
fn what_is_no_spool_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let names = || {
        let mut names: Vec<_> = std::fs::read_dir(dir.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        names
    };
    let file = dir.path().join("file");
    std::fs::write(&file, "text").unwrap();
    for (path, options) in [
        (dir.path(), OpenOptions::write()),
        (dir.path(), OpenOptions::read_only()),
        (&file, OpenOptions::write()),
        (&file, OpenOptions::read_only()),
        (&dir.path().join("none"), OpenOptions::read_only()),
    ] {
        let error = open(path, options).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotASpool, "{path:?}: {error}");
        assert_eq!(names(), ["file"], "{path:?}");
    }
    for garbage in [
        "",
        "bucketline spool",
        "bucketline spool 0\n",
        "bucketline spool x\n",
        "\0\0\0\0",
    ] {
        std::fs::write(dir.path().join("FORMAT"), garbage).unwrap();
        let error = open(dir.path(), OpenOptions::write()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotASpool, "{garbage:?}: {error}");
        assert_eq!(names(), ["FORMAT", "file"]);
    }
}

#[test]
fn a_reader_sees_what_stands_there_and_writes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (mut writer, _) = open(dir.path(), OpenOptions::write()).unwrap();
    let group = Group::from(Opened {
        partition: partition(7),
    });
    writer
        .append(std::slice::from_ref(&group), SpoolTime::ZERO)
        .unwrap();
    let (mut reader, _) = open(dir.path(), OpenOptions::read_only()).unwrap();
    writer
        .append(std::slice::from_ref(&group), SpoolTime::ZERO)
        .unwrap();
    assert_eq!(
        Record::from(Opened {
            partition: partition(7)
        }),
        reader.read_at(Lsn::ZERO).unwrap().record
    );
    for error in [
        reader.append(&[group], SpoolTime::ZERO).unwrap_err(),
        reader.trim(Lsn::ZERO).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::ReadOnly);
        assert_eq!(error.effect(), Effect::NotApplied);
    }
}

#[test]
fn a_batch_that_could_not_be_read_again_is_not_written() {
    let dir = tempfile::tempdir().unwrap();
    let (mut spool, _) = open(dir.path(), OpenOptions::write()).unwrap();
    let good = batch(0, 2, 4, 1);
    let broken: [fn(&mut Events); 8] = [
        |batch| batch.events[1].event_type = 1,
        |batch| batch.events[0].routing = 1,
        |batch| batch.routings[0][0].generation = 1,
        |batch| batch.routings[0][0].body = 1,
        |batch| batch.offsets = vec![0],
        |batch| batch.offsets = vec![3, 3],
        |batch| batch.first = u64::MAX,
        |batch| batch.events[0].others = vec![batch.events[0].body.clone(); 255],
    ];
    for (index, broken) in broken.iter().enumerate() {
        let mut bad = good.clone();
        broken(&mut bad);
        let error = spool
            .append(&[good.clone().into(), bad.into()], SpoolTime::ZERO)
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRecord, "{index}: {error}");
        assert_eq!(spool.usage().next_lsn, Lsn::ZERO);
    }
    spool.append(&[good.into()], SpoolTime::ZERO).unwrap();
}

#[test]
fn places_without_a_frame_are_not_found() {
    let dir = tempfile::tempdir().unwrap();
    let (mut spool, _) = open(dir.path(), OpenOptions::write()).unwrap();
    spool
        .append(
            &[Opened {
                partition: partition(7),
            }
            .into()],
            SpoolTime::ZERO,
        )
        .unwrap();
    let end = spool.usage().next_lsn;
    for lsn in [Lsn::new(1), end, end.plus(1), Lsn::new(u64::MAX)] {
        assert_eq!(
            spool.read_at(lsn).unwrap_err().kind(),
            ErrorKind::NotFound,
            "{lsn}"
        );
    }
    assert_eq!(
        spool.read_at(end).unwrap_err().to_string(),
        format!(
            "no frame stands in `{}` at byte {end} of the log; read from a place that the log has told",
            dir.path().join("shard-00").display()
        )
    );
}
