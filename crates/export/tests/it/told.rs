//! `export.completed` and `export.failed`, handed to whoever takes events.

use std::sync::Arc;
use std::time::Duration;

use bucketline_export::{ExportJob, ExportKind, Storage, TellingState, Way};
use bucketline_notify::doubles::Recorder;
use bucketline_notify::{EventKind, Filter, Notifier, Subject};

use crate::world::{Fuse, World};

#[tokio::test]
async fn how_an_export_ended_is_told_to_its_workspace_once() {
    let world = World::new(Storage::Customers);
    let (acme, globex) = (Recorder::new(), Recorder::new());
    let notifier = Notifier::builder()
        .channel("acme", Filter::all().workspace("acme"), acme.clone())
        .channel("globex", Filter::all().workspace("globex"), globex.clone());
    let notifier = Arc::new(notifier.start().await.unwrap());
    let exporter = world.builder(&Fuse::default()).teller(notifier.clone()).build();
    let mut ids = Vec::new();
    for rows in ["good", "broken"] {
        let kind = ExportKind::SegmentExport("s1".parse().unwrap());
        let job = ExportJob::new("acme".parse().unwrap(), kind).rows(rows);
        let claimed = exporter.take(job).await.unwrap();
        let record = exporter.run(claimed).await.unwrap();
        let telling = record.tellings.iter().find(|telling| telling.way == Way::Notice);
        assert_eq!(telling.unwrap().state, TellingState::Sent);
        ids.push(record.id().to_string());
    }
    exporter.resume().await.unwrap();
    notifier.settle(Duration::from_secs(5)).await;

    let messages = acme.messages();
    let [completed, failed] = &messages[..] else {
        panic!("{messages:#?}")
    };
    assert_eq!(completed.event.kind(), EventKind::ExportCompleted);
    assert_eq!(completed.event.subject(), &Subject::export(&ids[0]));
    let data = completed.event.particulars();
    assert_eq!((data.rows, data.objects), (Some(12), Some(1)));
    assert!(
        data.object_prefix.as_ref().unwrap().starts_with(&ids[0]),
        "{data:?}"
    );
    assert_eq!(failed.event.kind(), EventKind::ExportFailed);
    let data = failed.event.particulars();
    assert!(
        data.what.as_ref().unwrap().contains("these rows are broken"),
        "{data:?}"
    );
    assert!(globex.messages().is_empty());
}
