//! `bucketline export list`, `show`, `cancel` and `resume`: what is remembered, and going on with it.

use bucketline_export::{Cancelled, JobState};

use super::{Cancel, List, Resume, Show, failed, open, shown};
use crate::command_line::Format;
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::report::{note, result};

pub(super) async fn list(options: List) -> Outcome<Exit> {
    let opened = open(&options.config).await?;
    let exporter = &opened.exporter;
    let mut records = exporter.jobs().list().await.map_err(|error| failed(&error))?;
    if let Some(workspace) = &options.workspace {
        records.retain(|record| record.taken.job.workspace().as_str() == workspace);
    }
    match options.format {
        Format::Text if records.is_empty() => note("there is no export yet"),
        Format::Text => records.iter().for_each(|record| result(shown::line(record))),
        Format::Json => {
            for record in &records {
                result(shown::json(record, None)?);
            }
        }
    }
    Ok(Exit::Done)
}

pub(super) async fn show(options: Show) -> Outcome<Exit> {
    let opened = open(&options.config).await?;
    let exporter = &opened.exporter;
    let record = exporter
        .jobs()
        .get(options.id)
        .await
        .map_err(|error| failed(&error))?;
    let link = exporter.link(&record).await;
    match options.format {
        Format::Text => result(shown::text(&record, link).trim_end()),
        Format::Json => result(shown::json(&record, link)?),
    }
    Ok(Exit::Done)
}

pub(super) async fn cancel(options: Cancel) -> Outcome<Exit> {
    let opened = open(&options.config).await?;
    let exporter = &opened.exporter;
    let cancelled = exporter
        .cancel(options.id)
        .await
        .map_err(|error| failed(&error))?;
    opened.settle().await;
    match cancelled {
        Cancelled::Asked => result("whoever runs it was asked to cancel it"),
        Cancelled::EndedBefore(state) => result(format_args!("it is {} already, and stays so", state.name())),
        _ => result(
            "it is cancelled; what was written of it is removed, or will be by the next `export resume`",
        ),
    }
    Ok(Exit::Done)
}

pub(super) async fn resume(options: Resume) -> Outcome<Exit> {
    let opened = open(&options.config).await?;
    let exporter = &opened.exporter;
    let resumed = exporter.resume().await.map_err(|error| failed(&error))?;
    opened.settle().await;
    if resumed.is_empty() {
        note("there is nothing to go on with");
    }
    let mut exit = Exit::Done;
    for resumed in resumed {
        result(shown::line(&resumed.record));
        if resumed.was_running && resumed.record.state == JobState::Failed {
            exit = Exit::NotDelivered;
        }
    }
    Ok(exit)
}
