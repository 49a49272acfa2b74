//! `bucketline export run`: one export, from its file to its end.

use bucketline_export::{ClaimedJob, Exporter, JobRecord, JobState};
use bucketline_service::exports;

use super::{Run, failed, open, shown};
use crate::command_line::Format;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, Problem};
use crate::report::{note, result, thousands};

pub(super) async fn run(options: Run) -> Outcome<Exit> {
    let text = std::fs::read_to_string(&options.job).map_err(|error| {
        Failure::usage(
            Problem::new(format!("the job cannot be read: {error}"))
                .at(options.job.display())
                .advice("name a file as the README shows"),
        )
    })?;
    let job = exports::parse_job(&options.job, &text)?;
    let opened = open(&options.config).await?;
    let exporter = &opened.exporter;
    let claimed = match exporter.left_of(&job).await.map_err(|error| failed(&error))? {
        Some(left) => {
            note(format_args!(
                "going on with export {}, which was begun before",
                left.record().id()
            ));
            left
        }
        None => {
            let resumed = exporter.resume().await.map_err(|error| failed(&error))?;
            for resumed in resumed.iter().filter(|resumed| resumed.was_running) {
                note(shown::line(&resumed.record));
            }
            exporter.take(job).await.map_err(|error| failed(&error))?
        }
    };
    let record = watched(exporter, claimed).await?;
    opened.settle().await;
    let link = exporter.link(&record).await;
    match options.format {
        Format::Text => result(shown::text(&record, link).trim_end()),
        Format::Json => result(shown::json(&record, link)?),
    }
    Ok(if record.state == JobState::Completed {
        Exit::Done
    } else {
        Exit::NotDelivered
    })
}

/// Runs a job, and says now and then how far it is.
async fn watched(exporter: &Exporter, claimed: ClaimedJob) -> Outcome<JobRecord> {
    const EVERY: std::time::Duration = std::time::Duration::from_secs(5);
    let progress = claimed.progress();
    let run = exporter.run(claimed);
    tokio::pin!(run);
    let mut ticks = tokio::time::interval_at(tokio::time::Instant::now() + EVERY, EVERY);
    loop {
        tokio::select! {
            record = &mut run => return record.map_err(|error| failed(&error)),
            _ = ticks.tick() => {
                let now = *progress.borrow();
                note(format_args!(
                    "{} rows, {} bytes, {} files",
                    thousands(now.rows),
                    thousands(now.bytes),
                    thousands(now.files)
                ));
            }
        }
    }
}
