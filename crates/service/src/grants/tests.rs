//! Both stores keep alike; the file survives, and refuses what it does not understand.

use bucketline_auth::ExternalId;
use bucketline_check::ReportKind;

use super::{FileGrantStore, GrantRecords, GrantStore, LastCheck, MemoryGrantStore};
use crate::ErrorKind;
use crate::model::Integration;

const ROLE: &str = "arn:aws:iam::111122223333:role/export";

fn id(text: &str) -> ExternalId {
    text.parse().unwrap()
}

fn keeps(store: &dyn GrantStore) {
    assert_eq!(store.read().unwrap(), GrantRecords::default());
    let made = |workspace: &str, integration, fresh: &str| {
        let mut made = None;
        store
            .update(&mut |records| {
                made = Some(records.draft_or_make(workspace, integration, || Ok(id(fresh)))?);
                Ok(())
            })
            .unwrap();
        made.unwrap()
    };
    assert_eq!(made("acme", Integration::Currents, "acme-1"), id("acme-1"));
    assert_eq!(made("acme", Integration::Currents, "acme-2"), id("acme-1"));
    assert_eq!(made("acme", Integration::DataExport, "acme-3"), id("acme-3"));
    assert_eq!(made("globex", Integration::Currents, "globex-1"), id("globex-1"));
    // A change that fails changes nothing.
    let refused = store.update(&mut |records| {
        records.forget_draft("acme", Integration::Currents);
        Err(crate::Error::configuration("no"))
    });
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Configuration);
    assert_eq!(made("acme", Integration::Currents, "acme-4"), id("acme-1"));

    let records = store
        .update(&mut |records| {
            records.note_probed("acme", ROLE.parse().unwrap(), id("acme-1"));
            records.pin_owner("acme-events", None, "111122223333".parse().unwrap());
            records.pin_owner("acme-events", None, "444455556666".parse().unwrap());
            records.pin_owner(
                "acme-events",
                Some("http://store"),
                "444455556666".parse().unwrap(),
            );
            records.note_check(ReportKind::Connector, "5f1e", LastCheck::new(1_793_491_200, true));
            Ok(())
        })
        .unwrap();
    assert_eq!(store.read().unwrap(), records);
    assert!(records.was_probed("acme", &ROLE.parse().unwrap(), &id("acme-1")));
    for (grant, role, external_id) in [
        ("globex", ROLE, "acme-1"),
        ("acme", "arn:aws:iam::111122223333:role/other", "acme-1"),
        ("acme", ROLE, "acme-2"),
    ] {
        assert!(!records.was_probed(grant, &role.parse().unwrap(), &id(external_id)));
    }
    let owner = |endpoint| records.owner("acme-events", endpoint).unwrap();
    // The first that was seen holds: a name that others took since does not become the customer's bucket.
    assert_eq!(owner(None).as_str(), "111122223333");
    assert_eq!(owner(Some("http://store")).as_str(), "444455556666");
    assert!(records.owner("globex-events", None).is_none());
    assert!(records.last_check(ReportKind::Connector, "5f1e").unwrap().ok);
}

#[test]
fn both_stores_keep_what_they_are_told() {
    keeps(&MemoryGrantStore::default());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data/spool-grants.json");
    keeps(&FileGrantStore::new(&path));
    // Another process finds the same.
    let again = FileGrantStore::new(&path).read().unwrap();
    assert_eq!(again.draft("acme", Integration::Currents), Some(&id("acme-1")));
    let mut names: Vec<_> = std::fs::read_dir(folder.path().join("data"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["spool-grants.json", "spool-grants.lock"]);
}

/// Written by version 1: it is read for ever.
const VERSION_1: &str = r#"{
  "version": 1,
  "drafts": [{"workspace": "acme", "integration": "data_export", "external_id": "acme-1"}],
  "probed": {"globex": {"role": "arn:aws:iam::111122223333:role/export", "external_id": "globex-1"}},
  "owners": [{"bucket": "acme-events", "account": "111122223333"}],
  "checks": {"connector/5f1e0c2ab7d94e00a1b2c3d4": {"at": 1793491200, "ok": false}}
}"#;

#[test]
fn the_file_of_version_1_is_understood_and_what_is_not_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileGrantStore::new(folder.path().join("grants.json"));
    std::fs::write(store.path(), VERSION_1).unwrap();
    let records = store.read().unwrap();
    assert_eq!(
        records.draft("acme", Integration::DataExport),
        Some(&id("acme-1"))
    );
    assert!(records.was_probed("globex", &ROLE.parse().unwrap(), &id("globex-1")));
    assert_eq!(
        records.owner("acme-events", None).unwrap().as_str(),
        "111122223333"
    );
    let check = records
        .last_check(ReportKind::Connector, "5f1e0c2ab7d94e00a1b2c3d4")
        .unwrap();
    assert_eq!(check, LastCheck::new(1_793_491_200, false));

    for (text, says) in [
        (
            VERSION_1.replace("\"version\": 1", "\"version\": 2"),
            "of version 2",
        ),
        ("not JSON".to_owned(), "cannot be used"),
    ] {
        std::fs::write(store.path(), &text).unwrap();
        let error = store.read().unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
        assert_eq!(error.kind(), ErrorKind::DataDirectory);
        let changed = store.update(&mut |records| {
            records.forget_probed("globex");
            Ok(())
        });
        assert!(changed.is_err());
        assert_eq!(std::fs::read_to_string(store.path()).unwrap(), text);
    }
}

#[test]
fn two_writers_at_once_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let store = FileGrantStore::new(folder.path().join("grants.json"));
            scope.spawn(move || {
                for at in 0..10 {
                    let name = format!("{writer}-{at}");
                    store
                        .update(&mut |records| {
                            records.note_check(ReportKind::Grant, &name, LastCheck::new(at, true));
                            Ok(())
                        })
                        .unwrap();
                }
            });
        }
    });
    let records = FileGrantStore::new(folder.path().join("grants.json"))
        .read()
        .unwrap();
    for writer in 0..4 {
        for at in 0..10 {
            assert!(
                records
                    .last_check(ReportKind::Grant, &format!("{writer}-{at}"))
                    .is_some()
            );
        }
    }
}
