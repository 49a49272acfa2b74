//! Trouble that passes by itself: answers that are lost, of calls that were carried out. Nothing is doubled, and nothing is left.

use bucketline_export::{ExportJob, ExportKind, JobRecord, JobState, Storage};
use bucketline_sink::{Operation, SinkExt};

use crate::world::World;

async fn run(world: &World) -> JobRecord {
    let job = ExportJob::new(
        "acme".parse().unwrap(),
        ExportKind::SegmentExport("s1".parse().unwrap()),
    );
    let exporter = world.exporter();
    let claimed = exporter.take(job).await.unwrap();
    exporter.run(claimed).await.unwrap()
}

fn lose(world: &World, operations: impl IntoIterator<Item = Operation>) {
    world.lost.lock().unwrap().extend(operations);
}

/// Every answer was lost that was to be, and the export is there once.
async fn expect_whole(world: &World, record: &JobRecord) {
    assert!(world.lost.lock().unwrap().is_empty(), "{:?}", world.lost);
    assert_eq!(record.state, JobState::Completed, "{:?}", record.failure);
    assert_eq!(world.whole(&world.customers).await, world.text());
    assert_eq!(world.customers.list_all("").await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_file_whose_answer_was_lost_is_written_again_and_found_to_be_the_same() {
    let world = World::new(Storage::Customers);
    // Of the file twice, then of the manifest.
    lose(&world, [Operation::Put, Operation::Put, Operation::Put]);
    let record = run(&world).await;
    expect_whole(&world, &record).await;
    assert_eq!(record.attempts, 1, "it was not begun again");
}

#[tokio::test]
async fn an_export_that_cannot_see_what_it_wrote_begins_again_and_removes_the_first_attempt() {
    let world = World::new(Storage::Customers);
    lose(&world, [Operation::Head]);
    let record = run(&world).await;
    expect_whole(&world, &record).await;
    assert_eq!(record.attempts, 2);
    assert!(record.copies.iter().all(|copy| copy.leftovers.is_empty()));
}

#[tokio::test]
async fn a_large_file_whose_end_was_not_heard_of_is_not_there_twice() {
    let mut world = World::new(Storage::Customers);
    (world.rows, world.wide) = (8, 128 << 10);
    lose(&world, [Operation::CompleteUpload]);
    let record = run(&world).await;
    expect_whole(&world, &record).await;
    assert_eq!(world.customers.pending_uploads(), 0);
}
