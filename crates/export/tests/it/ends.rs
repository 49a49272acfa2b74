//! What becomes of an export, and who is told: the table of behaviour, carried out.

use std::sync::atomic::Ordering;
use std::time::Duration;

use bucketline_export::{
    Cancelled, CopyState, ErrorKind, ExportJob, ExportKind, JobRecord, JobState, JobStore, Origin, Packing,
    Place, Storage, TellingState, Way,
};
use bucketline_notify::ErrorKind as NotTaken;
use bucketline_sink::SinkExt;

use crate::world::World;

fn job(origin: Origin) -> ExportJob {
    let (segment, acme) = ("s1".parse().unwrap(), "acme".parse().unwrap());
    let job = match origin {
        Origin::Api => ExportJob::new(acme, ExportKind::SegmentExport(segment)),
        Origin::Dashboard => {
            ExportJob::new(acme, ExportKind::CsvExport(segment)).mail_to(["ada@example.com".parse().unwrap()])
        }
    };
    job.callback("https://example.com/done")
}

async fn run(world: &World, job: ExportJob) -> JobRecord {
    let exporter = world.exporter();
    let claimed = exporter.take(job).await.unwrap();
    exporter.run(claimed).await.unwrap()
}

fn posted(world: &World) -> Vec<String> {
    world
        .posts
        .lock()
        .unwrap()
        .iter()
        .map(|(.., payload)| payload.clone())
        .collect()
}

async fn count(sink: &bucketline_sink::MemorySink) -> usize {
    sink.list_all("").await.unwrap().len()
}

#[tokio::test]
async fn an_export_by_the_api_with_a_storage_lies_there_and_has_no_link() {
    let world = World::new(Storage::Customers);
    let record = run(&world, job(Origin::Api)).await;
    assert_eq!(record.state, JobState::Completed);
    assert_eq!(posted(&world), ["{\"success\":true}"]);
    assert!(world.people.mails().is_empty());
    assert_eq!((count(&world.own).await, count(&world.customers).await), (0, 2));
    assert_eq!(world.whole(&world.customers).await, world.text());
}

#[tokio::test]
async fn an_export_by_the_api_without_a_storage_has_a_link_into_our_own_store() {
    let world = World::new(Storage::None);
    let record = run(&world, job(Origin::Api).with_rows_per_file(5)).await;
    assert_eq!(record.totals().unwrap().files, 1); // there is one link
    let posted = posted(&world);
    assert!(
        posted[0]
            .starts_with("{\"success\":true,\"url\":\"https://own.example.com/acme/segment-export/s1/2026-"),
        "{posted:?}"
    );
    assert!(posted[0].ends_with(".zip?seconds=14400\"}"), "{posted:?}");
    assert_eq!((count(&world.own).await, count(&world.customers).await), (2, 0));
}

#[tokio::test]
async fn a_report_is_mailed_and_backed_up() {
    let world = World::new(Storage::Customers);
    run(&world, job(Origin::Dashboard)).await;
    let mails = world.people.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].subject, "Your CSV export of s1 is ready");
    for part in [
        "https://own.example.com/acme/segment-export/s1/",
        "12 rows",
        "The link ends at 2026-",
        "your own storage",
    ] {
        assert!(mails[0].text.contains(part), "{part}: {}", mails[0].text);
    }
    assert_eq!(world.whole(&world.own).await, world.whole(&world.customers).await);
    assert_eq!(posted(&world), ["{\"success\":true}"]);
}

#[tokio::test]
async fn where_the_backup_fails_the_mail_still_goes_and_the_backup_is_tried_again() {
    let world = World::new(Storage::Customers);
    world.broken.store(usize::MAX, Ordering::SeqCst);
    let record = run(&world, job(Origin::Dashboard)).await;
    assert_eq!(record.state, JobState::Completed);
    assert!(world.people.mails()[0].text.contains("could not be written yet"));
    let backup = record.copy(Place::Customers).unwrap();
    assert_eq!((backup.state, backup.failures), (CopyState::Retrying, 1));
    assert!(
        backup.failure.as_ref().unwrap().contains("cannot be written"),
        "{backup:?}"
    );

    // Not before its time; then again, and again, until it is there.
    assert!(world.exporter().resume().await.unwrap().is_empty());
    world.clock.turn(Duration::from_secs(60));
    let record = world.exporter().resume().await.unwrap().remove(0).record;
    assert_eq!(record.copy(Place::Customers).unwrap().failures, 2);
    world.broken.store(0, Ordering::SeqCst);
    world.clock.turn(Duration::from_secs(3_600));
    let record = world.exporter().resume().await.unwrap().remove(0).record;
    assert_eq!(record.copy(Place::Customers).unwrap().state, CopyState::Whole);
    assert_eq!(world.whole(&world.own).await, world.whole(&world.customers).await);
    assert_eq!(world.people.mails().len(), 1);
    assert!(world.exporter().resume().await.unwrap().is_empty());
}

#[tokio::test]
async fn where_the_customers_storage_cannot_be_opened_the_mail_still_goes() {
    let world = World::new(Storage::Customers);
    world.shut.store(true, Ordering::SeqCst);
    let record = run(&world, job(Origin::Dashboard)).await;
    assert_eq!(
        (record.state, world.people.mails().len()),
        (JobState::Completed, 1)
    );
    let backup = record.copy(Place::Customers).unwrap();
    assert_eq!(backup.failure.as_deref(), Some("it is shut"));
    world.clock.turn(Duration::from_secs(60));
    let record = world.exporter().resume().await.unwrap().remove(0).record;
    let backup = record.copy(Place::Customers).unwrap();
    assert_eq!((backup.state, backup.failures), (CopyState::Retrying, 2));
    assert_eq!(backup.failure.as_deref(), Some("it is shut"), "the reason stays");
    world.shut.store(false, Ordering::SeqCst);
    world.clock.turn(Duration::from_secs(600));
    let record = world.exporter().resume().await.unwrap().remove(0).record;
    assert_eq!(record.copy(Place::Customers).unwrap().state, CopyState::Whole);

    // By the API there is nothing else: it fails, and says why.
    world.shut.store(true, Ordering::SeqCst);
    let record = run(&world, job(Origin::Api)).await;
    assert_eq!(
        (record.state, record.failure.as_deref()),
        (JobState::Failed, Some("it is shut"))
    );
}

#[tokio::test]
async fn a_backup_is_given_up_after_three_days() {
    let world = World::new(Storage::Customers);
    world.broken.store(usize::MAX, Ordering::SeqCst);
    run(&world, job(Origin::Dashboard)).await;
    let mut record = None;
    for _ in 0..40 {
        world.clock.turn(Duration::from_secs(11 * 3_600));
        record = world.exporter().resume().await.unwrap().pop().or(record);
    }
    let record = record.unwrap().record;
    assert_eq!(record.copy(Place::Customers).unwrap().state, CopyState::Failed);
    assert_eq!(record.state, JobState::Completed);
}

#[tokio::test]
async fn where_the_mail_fails_the_backup_stands_and_the_mail_is_tried_again() {
    let world = World::new(Storage::Customers);
    world.people.fail([NotTaken::NotTaken]);
    let record = run(&world, job(Origin::Dashboard)).await;
    assert_eq!(record.copy(Place::Customers).unwrap().state, CopyState::Whole);
    let mail = |record: &JobRecord| {
        record
            .tellings
            .iter()
            .find(|telling| telling.way == Way::Mail)
            .unwrap()
            .state
    };
    assert_eq!(mail(&record), TellingState::Waiting);
    assert!(world.exporter().resume().await.unwrap().is_empty());
    world.clock.turn(Duration::from_secs(10));
    let record = world.exporter().resume().await.unwrap().remove(0).record;
    assert_eq!(mail(&record), TellingState::Sent);
    assert_eq!(world.people.mails().len(), 1);
}

#[tokio::test]
async fn rows_that_cannot_be_read_fail_the_export_and_leave_nothing() {
    let world = World::new(Storage::Customers);
    let record = run(&world, job(Origin::Api).rows("broken")).await;
    assert_eq!(record.state, JobState::Failed);
    assert_eq!(record.failure.as_deref(), Some("these rows are broken"));
    assert_eq!(posted(&world), ["{\"success\":false}"]);
    assert_eq!((count(&world.own).await, count(&world.customers).await), (0, 0));
}

#[tokio::test]
async fn a_store_that_fails_halfway_leaves_nothing() {
    let world = World::new(Storage::Customers);
    let exporter = world.exporter();
    let claimed = exporter
        .take(job(Origin::Api).with_rows_per_file(1))
        .await
        .unwrap();
    world.gate.hold_after(8);
    let breaks = async {
        world.gate.reached().await;
        assert!(count(&world.customers).await >= 3);
        world.broken.store(1, Ordering::SeqCst);
        world.gate.open();
    };
    let (record, ()) = tokio::join!(exporter.run(claimed), breaks);
    assert_eq!(record.unwrap().state, JobState::Failed);
    assert_eq!(count(&world.customers).await, 0);
}

#[tokio::test]
async fn a_second_export_of_a_segment_is_busy_and_a_cancelled_one_leaves_nothing() {
    let world = World::new(Storage::Customers);
    let exporter = world.exporter();
    let first = exporter.take(job(Origin::Api)).await.unwrap();
    let id = first.record().id();
    assert_eq!(
        exporter.take(job(Origin::Dashboard)).await.unwrap_err().kind(),
        ErrorKind::Busy
    );
    assert_eq!(exporter.cancel(id).await.unwrap(), Cancelled::Asked);
    let record = exporter.run(first).await.unwrap();
    assert_eq!(record.state, JobState::Cancelled);
    assert_eq!(
        exporter.cancel(id).await.unwrap(),
        Cancelled::EndedBefore(JobState::Cancelled)
    );
    assert_eq!(count(&world.customers).await, 0);
    assert!(posted(&world).is_empty());

    // Nobody works on this one any more.
    let id = exporter.take(job(Origin::Api)).await.unwrap().record().id();
    assert_eq!(exporter.cancel(id).await.unwrap(), Cancelled::Done);
    assert_eq!(world.jobs.get(id).await.unwrap().state, JobState::Cancelled);
}

#[tokio::test]
async fn one_that_is_cancelled_while_it_writes_leaves_nothing() {
    let world = World::new(Storage::Customers);
    let exporter = world.exporter();
    let claimed = exporter
        .take(job(Origin::Api).with_rows_per_file(1))
        .await
        .unwrap();
    let id = claimed.record().id();
    world.gate.hold_after(8);
    let cancels = async {
        world.gate.reached().await;
        assert!(count(&world.customers).await >= 3);
        assert_eq!(exporter.cancel(id).await.unwrap(), Cancelled::Asked);
        world.clock.turn(Duration::from_secs(10));
        world.gate.open();
    };
    let (record, ()) = tokio::join!(exporter.run(claimed), cancels);
    assert_eq!(record.unwrap().state, JobState::Cancelled);
    assert_eq!(count(&world.customers).await, 0);
    assert!(posted(&world).is_empty());
}

#[tokio::test]
async fn files_are_kept_unless_a_time_was_said() {
    let world = World::new(Storage::Customers);
    run(
        &world,
        job(Origin::Dashboard).deleted_after(Duration::from_secs(86_400)),
    )
    .await;
    let kept = ExportJob::new("globex".parse().unwrap(), ExportKind::EngagementReport);
    run(&world, kept).await;
    assert_eq!((count(&world.own).await, count(&world.customers).await), (4, 4));
    world.clock.turn(Duration::from_secs(86_399));
    assert!(world.exporter().resume().await.unwrap().is_empty());
    world.clock.turn(Duration::from_secs(1));
    let resumed = world.exporter().resume().await.unwrap();
    assert_eq!(resumed.len(), 1);
    assert_eq!(resumed[0].record.state, JobState::Expired);
    assert_eq!((count(&world.own).await, count(&world.customers).await), (2, 2));
    assert!(world.exporter().resume().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_could_not_be_deleted_is_tried_again() {
    let world = World::new(Storage::Customers);
    run(&world, job(Origin::Api).deleted_after(Duration::from_secs(60))).await;
    world.clock.turn(Duration::from_secs(60));
    world.broken.store(1, Ordering::SeqCst);
    let record = world.exporter().resume().await.unwrap().remove(0).record;
    assert_eq!(record.state, JobState::Completed);
    assert!(
        record
            .copy(Place::Customers)
            .unwrap()
            .failure
            .as_ref()
            .unwrap()
            .contains("cannot be deleted")
    );
    let record = world.exporter().resume().await.unwrap().remove(0).record;
    assert_eq!(
        (record.state, count(&world.customers).await),
        (JobState::Expired, 0)
    );
}

#[tokio::test]
async fn what_cannot_come_true_is_refused_before_anything_is_written() {
    let world = World::new(Storage::None);
    let gzip = job(Origin::Api).with_packing(Packing::Gzip).unwrap();
    let refused = world.exporter().take(gzip).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Invalid);
    let refused = world
        .exporter()
        .take(job(Origin::Api).callback("http://example.com/"))
        .await
        .unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Invalid);
    assert!(world.jobs.list().await.unwrap().is_empty());
}

#[tokio::test]
async fn two_tenants_with_one_segment_id_have_nothing_in_common() {
    let world = World::new(Storage::None);
    run(&world, job(Origin::Api)).await;
    let other = ExportJob::new("globex".parse().unwrap(), job(Origin::Api).kind().clone());
    run(&world, other).await;
    for workspace in ["acme/", "globex/"] {
        assert_eq!(world.own.list_all(workspace).await.unwrap().len(), 2);
    }
    assert_eq!(count(&world.own).await, 4);
}

#[tokio::test]
async fn a_command_that_was_killed_goes_on_with_its_job_when_it_is_given_again() {
    let world = World::new(Storage::Customers);
    let exporter = world.exporter();
    let id = exporter.take(job(Origin::Api)).await.unwrap().record().id();
    assert!(exporter.left_of(&job(Origin::Dashboard)).await.unwrap().is_none());
    let claimed = exporter.left_of(&job(Origin::Api)).await.unwrap().unwrap();
    assert_eq!(claimed.record().id(), id);
    assert!(exporter.left_of(&job(Origin::Api)).await.unwrap().is_none());
    assert_eq!(exporter.run(claimed).await.unwrap().state, JobState::Completed);
    assert!(exporter.left_of(&job(Origin::Api)).await.unwrap().is_none());
}
