//! What every store of jobs promises, asked of each.

use bucketline_notify::Timestamp;

use super::*;
use crate::{Delivery, ExportJob, ExportKind, Origin, Storage, TakenJob};

fn record(number: u8, workspace: &str, kind: ExportKind) -> JobRecord {
    let job = ExportJob::new(workspace.parse().unwrap(), kind);
    let id = JobId::from_random([number; 16]);
    let taken = TakenJob::new(id, job, Timestamp::from_millis(1_000 * u64::from(number)));
    JobRecord::new(taken, Delivery::decide(Origin::Api, Storage::None))
}

fn segment(id: &str) -> ExportKind {
    ExportKind::SegmentExport(id.parse().unwrap())
}

async fn one_export_of_a_segment_runs_at_a_time(store: &dyn JobStore) {
    let first = record(1, "acme", segment("s1"));
    let claim = store.take(&first, 10).await.unwrap();
    let same = ExportKind::CsvExport("s1".parse().unwrap());
    let busy = store
        .take(&record(2, "acme", same.clone()), 10)
        .await
        .unwrap_err();
    assert_eq!(busy.kind(), ErrorKind::Busy);
    assert!(busy.to_string().contains(&first.id().to_string()), "{busy}");
    // Another segment, another workspace, and reports may run beside it.
    store.take(&record(3, "acme", segment("s2")), 10).await.unwrap();
    store.take(&record(4, "globex", segment("s1")), 10).await.unwrap();
    store
        .take(&record(5, "acme", ExportKind::EngagementReport), 10)
        .await
        .unwrap();
    store
        .take(&record(6, "acme", ExportKind::EngagementReport), 10)
        .await
        .unwrap();
    // A dead holder's job still runs, until it was ended.
    drop(claim);
    assert!(store.take(&record(2, "acme", same.clone()), 10).await.is_err());
    let (_claim, mut first) = store.claim(first.id()).await.unwrap().unwrap();
    first.state = JobState::Failed;
    store.update(&first).await.unwrap();
    store.take(&record(2, "acme", same), 10).await.unwrap();
}

async fn a_workspace_has_a_cap(store: &dyn JobStore) {
    for number in 1..=3 {
        store
            .take(&record(number, "acme", ExportKind::EngagementReport), 3)
            .await
            .unwrap();
    }
    let busy = store
        .take(&record(4, "acme", ExportKind::EngagementReport), 3)
        .await
        .unwrap_err();
    assert_eq!(busy.kind(), ErrorKind::Busy);
    store
        .take(&record(5, "globex", ExportKind::EngagementReport), 3)
        .await
        .unwrap();
}

async fn one_holder_at_a_time_works_on_a_job(store: &dyn JobStore) {
    let job = record(1, "acme", segment("s1"));
    let claim = store.take(&job, 10).await.unwrap();
    assert!(store.claim(job.id()).await.unwrap().is_none());
    drop(claim);
    let (claim, found) = store.claim(job.id()).await.unwrap().unwrap();
    assert_eq!(found, job);
    assert!(store.claim(job.id()).await.unwrap().is_none());
    drop(claim);
    let unknown = JobId::from_random([9; 16]);
    assert_eq!(
        store.claim(unknown).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
    assert_eq!(store.get(unknown).await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(
        store.ask_to_cancel(unknown).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
}

async fn the_newest_is_listed_first_and_a_wish_to_cancel_is_kept(store: &dyn JobStore) {
    for number in [2, 3, 1] {
        store
            .take(&record(number, "acme", ExportKind::EngagementReport), 10)
            .await
            .unwrap();
    }
    let started: Vec<_> = store
        .list()
        .await
        .unwrap()
        .iter()
        .map(|job| job.taken.started.as_seconds())
        .collect();
    assert_eq!(started, [3, 2, 1]);
    let id = JobId::from_random([2; 16]);
    assert!(!store.is_cancel_asked(id).await.unwrap());
    store.ask_to_cancel(id).await.unwrap();
    assert!(store.is_cancel_asked(id).await.unwrap());
    assert!(!store.is_cancel_asked(JobId::from_random([3; 16])).await.unwrap());
}

macro_rules! promises {
    ($($promise:ident,)*) => {
        mod memory {
            $(#[tokio::test] async fn $promise() { super::$promise(&crate::MemoryJobStore::new()).await; })*
        }
        mod folder {
            $(#[tokio::test] async fn $promise() {
                let folder = tempfile::tempdir().unwrap();
                super::$promise(&crate::FolderJobStore::open(folder.path().join("jobs")).unwrap()).await;
            })*
        }
    };
}

promises![
    one_export_of_a_segment_runs_at_a_time,
    a_workspace_has_a_cap,
    one_holder_at_a_time_works_on_a_job,
    the_newest_is_listed_first_and_a_wish_to_cancel_is_kept,
];

#[tokio::test]
async fn a_folder_is_the_same_to_who_opens_it_again() {
    let folder = tempfile::tempdir().unwrap();
    let job = record(1, "acme", segment("s1"));
    let first = FolderJobStore::open(folder.path()).unwrap();
    let claim = first.take(&job, 10).await.unwrap();
    let second = FolderJobStore::open(folder.path()).unwrap();
    assert_eq!(second.get(job.id()).await.unwrap(), job);
    assert!(second.claim(job.id()).await.unwrap().is_none());
    drop(claim);
    assert!(second.claim(job.id()).await.unwrap().is_some());
}

#[tokio::test]
async fn a_record_that_cannot_be_read_is_named_and_not_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let store = FolderJobStore::open(folder.path()).unwrap();
    let job = record(1, "acme", segment("s1"));
    store.take(&job, 10).await.unwrap();
    let path = folder.path().join(format!("{}.json", job.id()));
    std::fs::write(&path, "{\"taken\"").unwrap();
    let error = store.list().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Store);
    assert!(error.to_string().contains(&path.display().to_string()), "{error}");
}
