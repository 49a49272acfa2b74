//! `bucketline run`: reads events, delivers them, says how it went.

use crate::clock::Stopwatch;
use crate::command_line::{Input, Run};
use crate::config::Config;
use crate::destination;
use crate::environment::Environment;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, Problem};
use crate::input::{Mark, Opened};
use crate::rejects::Projection;
use crate::report::{note, thousands, warning};
use crate::run::{Feeder, Stop, Summary, Totals, Watch, start};
use crate::schemas;

/// The list of refused lines, unless named.
const REJECTS: &str = "rejects.ndjson";

pub(crate) async fn run(options: Run) -> Outcome<Exit> {
    let stopwatch = Stopwatch::start();
    let config = Config::load(options.config())?;
    let schemas = schemas::load(&config.schemas)?;
    check_inputs(&options.input)?;
    let rejects = options
        .rejects
        .clone()
        .unwrap_or_else(|| config.spool.dir.join(REJECTS));
    refuse_own_input(&rejects, &options.input)?;
    if config.spool.retention.is_some() || config.spool.replay.is_some() {
        warning("`retention` and `replay` are not built in yet: what is not delivered is held without limit");
    }
    if config.data_exports > 0 {
        warning("`[[data_export]]` is not built in yet: it was checked and is not used");
    }
    if config.connectors.is_empty() {
        warning("the configuration has no connector: events are accepted and delivered nowhere");
    }
    for connector in &config.connectors {
        for pattern in connector.events.unused(schemas.event_types()) {
            warning(format_args!(
                "{}: `{pattern}` matches no event type that there is a schema of",
                connector.place
            ));
        }
    }
    let connectors = destination::open_all(&config, Environment).await?;
    let stop = Stop::listen()?;
    let multiplexer = start(&config, schemas, connectors).await?;
    let projection = Projection::begin(&rejects, &multiplexer).await?;
    let mut watch = Watch::new(&multiplexer, projection, stopwatch);
    let mut feeder = Feeder {
        config: &config,
        multiplexer: &multiplexer,
        stop: stop.clone(),
        totals: Totals::default(),
    };

    let fed = feed(&options, &mut feeder, &mut watch).await;
    if fed.is_ok() && !options.drain && !stop.asked() {
        watch.clear();
        note("every input was read to its end; delivering by count and age until SIGINT or SIGTERM");
        let mut stop = stop;
        tokio::select! {
            () = stop.wait() => {}
            () = watch.until_cancelled() => {}
        }
    }
    let totals = feeder.totals;
    watch.draining();
    let report = tokio::select! {
        report = multiplexer.drain(options.drain_timeout) => report,
        () = watch.until_cancelled() => return Ok(Exit::NotDelivered),
    };
    watch.clear();
    drop(watch);
    multiplexer.shutdown().await;
    Summary {
        report: &report,
        totals,
        took: stopwatch.elapsed(),
    }
    .print();
    if totals.rejected > 0 {
        let lines = if totals.rejected == 1 {
            "line was"
        } else {
            "lines were"
        };
        warning(format_args!(
            "{} {lines} refused, as listed in {}",
            thousands(totals.rejected),
            rejects.display()
        ));
    }
    fed?;
    if let Some(error) = &report.failure {
        return Err(crate::run::failed(error));
    }
    if report.is_complete() {
        return Ok(Exit::Done);
    }
    let pending: u64 = report.connectors.iter().map(|connector| connector.pending).sum();
    let why = if report.timed_out {
        "time is up"
    } else {
        "what holds them is said above"
    };
    Err(Failure::not_delivered(
        Problem::new(format!("{} events are not delivered: {why}", thousands(pending)))
            .at(config.spool.dir.display())
            .advice("they are kept; run the same command again when the cause is gone"),
    ))
}

async fn feed(options: &Run, feeder: &mut Feeder<'_>, watch: &mut Watch<'_>) -> Outcome<()> {
    for input in &options.input {
        if feeder.stop.asked() {
            break;
        }
        let opened = Opened::open(input, &feeder.config.spool.dir, |source| {
            feeder.multiplexer.resume_point(source).map(|point| Mark {
                offset: point.end,
                lines: point.line,
            })
        })?;
        if let Some(text) = opened.note() {
            watch.clear();
            note(text);
        }
        if opened.was_read_further() && feeder.multiplexer.ledger().unreadable().stretches > 0 {
            watch.clear();
            warning(format_args!(
                "`{}` was read further before, and the damaged spool may have lost that: what of it was delivered then \
                 arrives a second time",
                opened.name()
            ));
        }
        feeder.feed(opened, watch).await?;
    }
    Ok(())
}

/// Standard input can be read once.
fn check_inputs(inputs: &[Input]) -> Outcome<()> {
    if inputs
        .iter()
        .filter(|input| matches!(input, Input::Standard))
        .count()
        > 1
    {
        return Err(Failure::usage(
            Problem::new("standard input is named twice").at("--input -"),
        ));
    }
    for input in inputs {
        if let Input::File(path) = input {
            // A wrong name should not first open the spool.
            std::fs::metadata(path).map_err(|error| {
                Failure::usage(Problem::new(format!("the input cannot be read: {error}")).at(path.display()))
            })?;
        }
    }
    Ok(())
}

/// The list of refused lines takes the place of a file, which must not be the input.
fn refuse_own_input(rejects: &std::path::Path, inputs: &[Input]) -> Outcome<()> {
    let Ok(rejects) = rejects.canonicalize() else {
        return Ok(());
    };
    let clash = inputs.iter().any(|input| match input {
        Input::File(path) => path.canonicalize().is_ok_and(|path| path == rejects),
        Input::Standard => false,
    });
    if clash {
        return Err(Failure::usage(
            Problem::new("the input is the file that refused lines are listed in")
                .at(rejects.display())
                .advice("name another one with `--rejects FILE`"),
        ));
    }
    Ok(())
}
