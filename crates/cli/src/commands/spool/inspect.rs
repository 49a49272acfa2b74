//! `bucketline spool inspect`: what the log says, frame by frame, without the text of any event.

use std::ops::ControlFlow;

use bucketline_spool::{Frame, Log as _, Lsn, OpenOptions, Record};
use clap::Args;
use serde_json::{Map, Value, json};

use crate::command_line::{ConfigArgument, Format};
use crate::configuration;
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::report::result;

/// Print what the log says, frame by frame
///
/// Places, times of the log, kinds and numbers: which batches were accepted, what was sealed, committed, given up and settled. Never
/// the text of an event or of a refused line. It only reads.
#[derive(Args, Debug)]
pub(crate) struct SpoolInspect {
    #[command(flatten)]
    config: ConfigArgument,
    /// The place to begin at, as it is printed in front of a frame
    #[arg(long, value_name = "PLACE", default_value_t = 0)]
    from: u64,
    /// Only frames of this kind, as it is printed: `seal`, `commit`, `drop`, ...; may be given more than once
    #[arg(long, value_name = "KIND")]
    kind: Vec<String>,
    /// How many frames to print at most
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    most: u64,
    /// How a frame is printed: as words, or as one JSON object a line
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(crate) fn inspect(options: &SpoolInspect) -> Outcome<Exit> {
    let dir = configuration::load(options.config.path())?.installation.spool.dir;
    let (mut spool, _) = super::open(&dir, OpenOptions::read_only())?;
    let from = Lsn::new(options.from).max(spool.usage().first_lsn);
    let mut printed = 0;
    let read = spool.read(Lsn::ZERO.max(from), &mut |frame| {
        let kind = frame.record.name().to_lowercase();
        if frame.lsn < from
            || !(options.kind.is_empty() || options.kind.iter().any(|wanted| wanted.to_lowercase() == kind))
        {
            return ControlFlow::Continue(());
        }
        if printed == options.most {
            return ControlFlow::Break(());
        }
        printed += 1;
        print(&frame, &kind, options.format);
        ControlFlow::Continue(())
    });
    read.map_err(super::unusable)?;
    Ok(Exit::Done)
}

fn print(frame: &Frame, kind: &str, format: Format) {
    let what = what(&frame.record);
    match format {
        Format::Json => {
            let mut line = Map::new();
            line.insert("place".to_owned(), frame.lsn.get().into());
            line.insert("time_ms".to_owned(), frame.time.as_millis().into());
            line.insert("kind".to_owned(), kind.into());
            line.extend(what);
            result(Value::Object(line));
        }
        Format::Text => {
            let words = what.iter().map(|(name, value)| match value {
                Value::String(text) => format!("{name}: {text}"),
                other => format!("{name}: {other}"),
            });
            let words: Vec<String> = words.collect();
            let time = frame.time.as_millis();
            result(format_args!(
                "{:>12}  {time:>12} ms  {kind:<10}  {}",
                frame.lsn.get(),
                words.join("  ")
            ));
        }
    }
}

/// The numbers of a record.
fn what(record: &Record) -> Map<String, Value> {
    let told = match record {
        Record::Opened(opened) => json!({"partition": opened.partition.get()}),
        Record::Generation(generation) => json!({
            "generation": generation.id.to_string(),
            "connector": generation.connector,
            "workspace": generation.workspace,
            "bucket": generation.bucket,
            "folder": generation.folder,
            "format": generation.format,
            "codec": generation.codec,
        }),
        Record::Schema(schema) => {
            json!({"event_type": schema.event_type.to_string(), "schema": schema.schema})
        }
        Record::Events(batch) => json!({
            "partition": batch.partition.get(),
            "first": batch.first,
            "end": batch.end(),
            "events": batch.events.len(),
            "hour": batch.hour.to_string(),
            "source": batch.source.to_string(),
        }),
        Record::Rejects(rejects) => json!({"input": rejects.input, "lines": rejects.lines.len()}),
        Record::Seal(seal) => json!({
            "key": seal.key, "first": seal.first, "last": seal.last, "events": seal.count, "bytes": seal.bytes,
        }),
        Record::Commit(commit) => json!({
            "event_type": commit.lane.event_type.to_string(),
            "partition": commit.lane.partition.get(),
            "first": commit.first,
            "last": commit.last,
            "events": commit.count,
            "learnt": format!("{:?}", commit.learnt).to_lowercase(),
            "after_unknown": commit.after_unknown,
        }),
        Record::Drop(drop) => json!({
            "event_type": drop.lane.event_type.to_string(),
            "partition": drop.lane.partition.get(),
            "first": drop.first,
            "last": drop.last,
            "events": drop.count,
            "reason": drop.reason.as_str(),
            "known": drop.known,
        }),
        Record::Settle(settle) => json!({
            "event_type": settle.lane.event_type.to_string(),
            "partition": settle.lane.partition.get(),
            "first": settle.first,
            "last": settle.last,
            "delivered": settle.parts.iter().filter(|part| part.delivered).map(|part| part.count).sum::<u64>(),
            "lost": settle.parts.iter().filter(|part| !part.delivered).map(|part| part.count).sum::<u64>(),
        }),
        Record::Retarget(retarget) => json!({
            "event_type": retarget.lane.event_type.to_string(), "events": retarget.count, "to": retarget.to.to_string(),
        }),
        Record::Moved(moved) => json!({"frames": moved.ranges.len()}),
        Record::Retired(retired) => json!({"connector": retired.connector}),
        Record::Restored(restored) => json!({"note": restored.note}),
        Record::Resolved(resolved) => json!({"key": resolved.key, "note": resolved.note}),
        Record::Gap(gap) => json!({"from": gap.first.get(), "to": gap.end.get(), "kept": gap.kept}),
        Record::Carry(carry) => json!({
            "before": carry.before.get(),
            "lanes": carry.lanes.len(),
            "frames": carry.frames.len(),
            "seals": carry.seals.len(),
            "in_doubt": carry.drops.len(),
        }),
        Record::Elapsed(elapsed) => json!({"since_ms": elapsed.since.as_millis()}),
        _ => json!({}),
    };
    match told {
        Value::Object(told) => told,
        _ => Map::new(),
    }
}
