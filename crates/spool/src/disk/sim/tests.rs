//! What a crash leaves of a simulated disk, over many seeds: all that POSIX lets it, and no less.

use super::*;

fn file(disk: &SimDisk) -> Box<dyn DiskFile> {
    disk.create_dir_all(Path::new("d")).unwrap();
    disk.open(Path::new("d/f"), OpenMode::Create).unwrap()
}

/// What a crash can leave of a file with four durable bytes and four written since, over many seeds.
fn left(prepare: impl Fn(&SimDisk, &mut dyn DiskFile)) -> Vec<Option<Vec<u8>>> {
    let mut seen: Vec<_> = (0..400)
        .map(|seed| {
            let disk = SimDisk::new(seed);
            let mut file = file(&disk);
            prepare(&disk, &mut *file);
            disk.crash();
            disk.content(Path::new("d/f"))
        })
        .collect();
    seen.sort();
    seen.dedup();
    seen
}

#[test]
fn what_is_synced_stays_and_the_rest_may_go_in_any_way() {
    let seen = left(|disk, file| {
        file.write_at(0, b"abcd").unwrap();
        file.sync().unwrap();
        disk.sync_dir(Path::new("d")).unwrap();
        file.write_at(4, b"efgh").unwrap();
    });
    assert!(
        seen.iter()
            .all(|bytes| bytes.as_ref().is_some_and(|bytes| bytes.starts_with(b"abcd")))
    );
    for expected in [b"abcd".as_slice(), b"abcdef", b"abcdefgh", b"abcd\0\0\0\0"] {
        assert!(seen.contains(&Some(expected.to_vec())), "{expected:?}");
    }
    let hole = |bytes: &Vec<u8>| bytes.len() == 8 && bytes.contains(&0) && !bytes.ends_with(&[0]);
    assert!(seen.iter().flatten().any(hole), "{seen:?}");
}

#[test]
fn a_name_that_is_not_synced_may_be_lost_with_synced_bytes() {
    let seen = left(|_, file| {
        file.write_at(0, b"abcd").unwrap();
        file.sync().unwrap();
    });
    assert_eq!(seen, [None, Some(b"abcd".to_vec())]);
}

#[test]
fn a_failed_sync_loses_bytes_that_can_still_be_read_for_good() {
    let seen = left(|disk, file| {
        disk.sync_dir(Path::new("d")).unwrap();
        file.write_at(0, b"abcd").unwrap();
        disk.plan(0, Fault::Io);
        file.sync().unwrap_err();
        assert_eq!(disk.content(Path::new("d/f")), Some(b"abcd".to_vec()));
        file.sync().unwrap();
    });
    assert!(seen.contains(&Some(b"\0\0\0\0".to_vec())), "{seen:?}");
    assert!(seen.contains(&Some(b"abcd".to_vec())), "{seen:?}");
}

#[test]
fn a_full_disk_takes_what_fits() {
    let disk = SimDisk::new(0);
    let mut file = file(&disk);
    disk.set_capacity(6);
    file.write_at(0, b"abcd").unwrap();
    assert_eq!(
        file.write_at(4, b"efgh").unwrap_err().kind(),
        io::ErrorKind::StorageFull
    );
    assert_eq!(disk.content(Path::new("d/f")), Some(b"abcdef".to_vec()));
    file.write_at(0, b"ABCDEF").unwrap();
}

#[test]
fn a_planned_crash_strikes_in_its_call_and_everything_fails_until_the_restart() {
    let disk = SimDisk::new(0);
    let mut file = file(&disk);
    disk.plan(1, Fault::Crash);
    file.write_at(0, b"abcd").unwrap();
    file.sync().unwrap_err();
    assert!(disk.is_down());
    disk.list(Path::new("d")).unwrap_err();
    disk.crash();
    disk.list(Path::new("d")).unwrap();
    file.size().unwrap_err();
}

#[test]
fn a_lock_is_held_until_let_go_or_the_process_ends() {
    let disk = SimDisk::new(0);
    disk.create_dir_all(Path::new("d")).unwrap();
    let take = || disk.lock(Path::new("d/LOCK")).unwrap();
    let Locking::Held(first) = take() else {
        panic!("the lock is free")
    };
    assert!(matches!(take(), Locking::Taken(Some(1))));
    drop(first);
    let Locking::Held(second) = take() else {
        panic!("the lock was let go")
    };
    disk.kill();
    let Locking::Held(_third) = take() else {
        panic!("the process was ended")
    };
    drop(second);
    assert!(matches!(take(), Locking::Taken(_)));
}

#[test]
fn one_seed_gives_one_history() {
    let run = |seed| {
        let disk = SimDisk::new(seed);
        let mut file = file(&disk);
        file.write_at(0, &[1; 5000]).unwrap();
        disk.sync_dir(Path::new("d")).unwrap();
        disk.crash();
        disk.content(Path::new("d/f"))
    };
    for seed in 0..20 {
        assert_eq!(run(seed), run(seed));
    }
}
