//! A process that dies at any moment leaves a job that ends whole: one manifest, and nothing beside what it names.

use bucketline_export::{ExportJob, ExportKind, JobState, Storage};

use crate::world::{Fuse, World};

fn jobs() -> [(ExportJob, Storage); 4] {
    let segment = ExportKind::SegmentExport("s1".parse().unwrap());
    let api = ExportJob::new("acme".parse().unwrap(), segment)
        .with_rows_per_file(5)
        .callback("https://example.com/done");
    let csv = ExportJob::new(
        "acme".parse().unwrap(),
        ExportKind::CsvExport("s1".parse().unwrap()),
    )
    .mail_to(["ada@example.com".parse().unwrap()]);
    [
        (api.clone(), Storage::Customers),
        (api, Storage::None),
        (csv.clone(), Storage::Customers),
        (csv, Storage::None),
    ]
}

/// Runs a job in a process that dies after so many steps; whether it did.
async fn dies(world: &World, job: &ExportJob, steps: usize) -> bool {
    let fuse = Fuse::after(steps);
    let exporter = world.builder(&fuse).build();
    let claimed = exporter.take(job.clone()).await.unwrap();
    let run = exporter.run(claimed);
    tokio::pin!(run);
    loop {
        tokio::select! {
            biased;
            outcome = &mut run => {
                outcome.unwrap();
                return false;
            }
            () = tokio::task::yield_now() => {
                if fuse.is_out() {
                    return true;
                }
            }
        }
    }
}

#[tokio::test]
async fn killed_at_any_step_it_ends_whole_with_one_manifest_and_nothing_beside_it() {
    for (job, storage) in jobs() {
        let mut steps = 1;
        loop {
            let world = World::new(storage);
            let died = dies(&world, &job, steps).await;
            let resumed = world.exporter().resume().await.unwrap();
            let record = &bucketline_export::JobStore::list(&world.jobs).await.unwrap()[0];
            assert_eq!(
                record.state,
                JobState::Completed,
                "{storage:?} after {steps}: {resumed:?}"
            );
            let mut expected = world.text();
            if job.format() == bucketline_export::FileFormat::Csv {
                expected = expected.replace("{\"id\":", "").replace("}\n", "\r\n");
                expected.insert_str(0, "id\r\n");
            }
            for copy in &record.copies {
                let sink = match copy.place {
                    bucketline_export::Place::Own => &world.own,
                    bucketline_export::Place::Customers => &world.customers,
                };
                assert_eq!(world.whole(sink).await, expected, "{storage:?} after {steps}");
            }
            let told = world.posts.lock().unwrap().len() + world.people.mails().len();
            assert!(told >= 1, "{storage:?} after {steps}");
            if !died {
                assert!(steps > 15, "{steps}");
                break;
            }
            steps += 1;
        }
    }
}

#[tokio::test]
async fn killed_at_any_step_of_a_large_file_nobody_has_to_pay_for_its_parts() {
    let segment = ExportKind::SegmentExport("s1".parse().unwrap());
    let job = ExportJob::new("acme".parse().unwrap(), segment).with_rows_per_file(0);
    let mut steps = 1;
    loop {
        let mut world = World::new(Storage::Customers);
        (world.rows, world.wide) = (8, 128 << 10);
        let died = dies(&world, &job, steps).await;
        world.exporter().resume().await.unwrap();
        assert_eq!(world.whole(&world.customers).await, world.text(), "after {steps}");
        // One that was begun and not written down yet is left to the bucket's lifecycle rule.
        let unknown = world.customers.pending_uploads();
        assert!(unknown <= 1, "after {steps}: {unknown}");
        if !died {
            assert!(steps > 10, "{steps}");
            assert_eq!(unknown, 0);
            break;
        }
        steps += 1;
    }
}
