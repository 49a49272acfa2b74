//! `bucketline run`: reads events, delivers them, says how it went.

use std::collections::BTreeSet;
use std::sync::Arc;

use bucketline_check::{Report, Reports, Settings};
use bucketline_connector::{DrainReport, State};
use bucketline_service::input::Input;
use bucketline_service::metrics::{self, Metrics};
use bucketline_service::model::ModelPath;
use bucketline_service::notices::{self, Watching};
use bucketline_service::rejects::Projection;
use bucketline_service::schemas;
use bucketline_service::supervise::{Feeder, Stop, failed, start, unbalanced, unreadable};
use bucketline_service::upkeep::Upkeep;
use bucketline_service::wire::{self, Occasion, Selection};
use bucketline_service::{api, exports};

use crate::clock::{Stopwatch, never_set, wall};
use crate::command_line::{Format, Run};
use crate::configuration;
use crate::environment;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, Problem};
use crate::log;
use crate::notices::settled;
use crate::report::{note, thousands, warning};
use crate::run::{Findings, Summary, Watch, listen};

/// The list of refused lines, unless named.
const REJECTS: &str = "rejects.ndjson";

pub(crate) async fn run(options: Run) -> Outcome<Exit> {
    let check = options.check.then(|| (Selection::All, Settings::default()));
    run_checked(options, check).await
}

/// Runs, after a check: what fails it is held. Not to have delivered because of it is no success.
pub(super) async fn run_checked(options: Run, check: Option<(Selection, Settings)>) -> Outcome<Exit> {
    if let Some(format) = options.log {
        log::begin(format, options.log_level);
    }
    let stopwatch = Stopwatch::start();
    if let Some(text) = never_set(wall()) {
        warning(text);
    }
    let file = configuration::load(options.config.path())?;
    let config = &file.installation;
    let schemas = schemas::load(config)?;
    check_inputs(&options.input)?;
    check_source(&options)?;
    let rejects = options
        .rejects
        .clone()
        .unwrap_or_else(|| config.spool.dir.join(REJECTS));
    refuse_own_input(&rejects, &options.input)?;
    if config.connectors.is_empty() {
        warning("the configuration has no connector: events are accepted and delivered nowhere");
    }
    for connector in &config.connectors {
        for pattern in connector.events.unused(schemas.event_types()) {
            let what = format!("`{pattern}` matches no event type that there is a schema of");
            let problem = Problem::new(what).at_model(ModelPath::connector(&connector.id));
            warning(problem.located(&file.places));
        }
    }
    for problem in config.warnings() {
        warning(problem.located(&file.places));
    }
    let variables = environment::variables();
    let notices = notices::open(config, &variables)
        .await
        .map_err(|error| error.located(&file.places))?;
    let mut checks = Reports::default();
    if let Some((selection, settings)) = check {
        let checked = wire::check(config, &variables, &selection, &settings, Occasion::Start)
            .await
            .map_err(|error| error.located(&file.places))?;
        if let Some(error) = checked.unkept {
            warning(format_args!("what was found out is not kept: {error}"));
        }
        let reports = checked.reports;
        for report in &reports.0 {
            if report.is_ok() {
                note(format_args!("{} passed its check", report.id));
            } else {
                warning(report.to_string().trim_end());
            }
        }
        if let Some(notices) = &notices {
            notices.checked(config, &reports).await;
        }
        checks = reports;
    }
    // After the check, which finds out whose buckets are.
    let mut connectors = wire::open_all(config, &schemas, &variables)
        .await
        .map_err(|error| error.located(&file.places))?;
    let held = wire::hold(&mut connectors, &checks);
    let good = checks.0.into_iter().filter(Report::is_ok);
    let passed: BTreeSet<String> = good.map(|report| report.id).collect();
    let mut exports = exports::in_background(config, &variables, notices.clone())
        .await
        .map_err(|error| error.located(&file.places))?;
    let api = match options.api {
        Some(address) => Some(
            api::serve(address, config, &variables, notices.as_ref())
                .await
                .map_err(|error| error.located(&file.places))?,
        ),
        None => None,
    };
    if let Some(api) = &api {
        note(format_args!("the API listens on http://{}", api.address()));
    }
    let metrics = options.metrics.map(|_| Metrics::install()).transpose()?;
    let stop = listen()?;
    let credentials = connectors
        .iter()
        .filter_map(|opened| opened.credentials.clone())
        .collect();
    let protections = connectors
        .iter()
        .filter_map(|opened| opened.protection.clone())
        .collect();
    let multiplexer = start(config, schemas, connectors).await?;
    let served = match (options.metrics, metrics) {
        (Some(address), Some(metrics)) => {
            let spool = config.spool.dir.clone();
            let served = metrics::serve(address, metrics, multiplexer.clone(), spool).await?;
            note(format_args!(
                "metrics are served at http://{}/metrics",
                served.address()
            ));
            Some(served)
        }
        _ => None,
    };
    let ledger = multiplexer.ledger();
    for text in [unreadable(&ledger, &config.spool.dir), unbalanced(&ledger)]
        .into_iter()
        .flatten()
    {
        warning(text);
    }
    let schema_changes = multiplexer.schema_changes();
    schema_changes.iter().for_each(warning);
    let watching = match &notices {
        Some(notices) => {
            notices.schemas_changed(schema_changes).await;
            Some(notices.watch(config, &multiplexer, passed))
        }
        None => None,
    };
    let (findings, found) = Findings::new(watching.as_ref().map(Watching::finder));
    let upkeep = Upkeep::start(config, &variables, &multiplexer, credentials, Arc::new(findings));
    for connector in &options.resume {
        multiplexer.resume(connector);
    }
    let projection = Projection::begin(&rejects, &multiplexer).await?;
    let mut watch = Watch::new(&multiplexer, projection, stopwatch, found).protections(protections);
    let mut feeder = Feeder::new(config, &multiplexer, stop.clone())
        .thoroughness(options.thoroughness())
        .stream(options.stream())
        .keeping_refused_text(options.rejects_text);

    let mut fed = feed(&options, &stop, &mut feeder, &mut watch).await;
    if fed.is_ok() && !options.drain && !stop.asked() {
        watch.clear();
        let read = match (options.input.is_empty(), options.follow) {
            (true, _) => "no input is named",
            (_, true) => "every input was read to its end and is followed",
            _ => "every input was read to its end",
        };
        note(format_args!(
            "{read}; delivering by count and age until SIGINT or SIGTERM"
        ));
        let mut stop = stop;
        if options.follow {
            fed = feeder
                .follow(&options.input, &mut watch)
                .await
                .map_err(Failure::from);
        } else {
            tokio::select! {
                () = stop.wait() => {}
                () = watch.until_cancelled() => {}
            }
        }
    }
    let totals = feeder.totals();
    watch.draining();
    let report = tokio::select! {
        report = multiplexer.drain(options.drain_timeout) => report,
        () = watch.until_cancelled() => return Ok(Exit::NotDelivered),
    };
    watch.clear();
    watch.unprotected();
    drop(watch);
    if let Some(watching) = watching {
        watching.end().await;
    }
    drop(upkeep);
    drop(served);
    multiplexer.shutdown().await;
    let asked_for = match api {
        Some(api) => api.end(options.drain_timeout).await,
        None => true,
    };
    if !(asked_for && exports.once(options.drain_timeout).await) {
        warning("an export is still under way: the next `bucketline run` or `export resume` goes on with it");
    }
    if let Some(notices) = &notices {
        settled(notices).await;
    }
    let summary = Summary {
        report: &report,
        totals,
        took: stopwatch.elapsed(),
    };
    match options.format {
        Format::Text => summary.print(),
        Format::Json => summary.print_json(),
    }
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
        return Err(failed(error).into());
    }
    if report.is_complete() {
        let exit = blocked_after_all(&report);
        return Ok(if held > 0 { exit.max(Exit::Findings) } else { exit });
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
            .advice(how_to_go_on(&options)),
    ))
}

/// A file is read on where it was left, and a stream with a name; another stream that is sent again is new events.
fn how_to_go_on(options: &Run) -> &'static str {
    if options.source.is_some() || options.input.iter().all(Input::is_regular_file) {
        "they are kept; run the same command again when the cause is gone"
    } else {
        "they are kept; when the cause is gone, `bucketline run --drain` delivers them: without an input, since what came \
         from a stream would be new events if it were sent again"
    }
}

async fn feed(options: &Run, stop: &Stop, feeder: &mut Feeder<'_>, watch: &mut Watch<'_>) -> Outcome<()> {
    for input in &options.input {
        if stop.asked() {
            break;
        }
        feeder.feed(input, watch).await?;
    }
    Ok(())
}

/// A name is one stream's.
fn check_source(options: &Run) -> Outcome<()> {
    let Some(name) = &options.source else {
        return Ok(());
    };
    let streams = options
        .input
        .iter()
        .filter(|input| !input.is_regular_file())
        .count();
    let problem = match streams {
        1 => return Ok(()),
        0 => Problem::new("no input is a stream, which could have a name")
            .advice("a file needs none: it is known by its content"),
        _ => Problem::new("more than one input is a stream, and a name is one's")
            .advice("give each a run of its own"),
    };
    Err(Failure::usage(problem.at(format!("--source {name}"))))
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

/// Everything arrived, but perhaps not as it was asked for: that is said, and is no success.
fn blocked_after_all(report: &DrainReport) -> Exit {
    let mut exit = Exit::Done;
    for connector in &report.connectors {
        if let (State::Blocked(_), Some(cause)) = (connector.state, &connector.cause) {
            warning(format_args!("{} is {}: {cause}", connector.name, connector.state));
            exit = Exit::Findings;
        }
    }
    exit
}
