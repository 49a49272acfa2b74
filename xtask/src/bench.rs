//! `cargo xtask bench`: figures, one JSON line each. Machines are shared and noisy: compare runs of one machine.

use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::error::Error;
use crate::foreign::{self, Minio};
use crate::scene::{Programs, Scene};
use crate::stages::now;
use crate::{cargo, workspace};

/// The figures: the job end to end, and what single crates measure of themselves.
const FIGURES: [&str; 6] = [
    "end-to-end",
    "end-to-end-minio",
    "policy",
    "format",
    "spool",
    "connector",
];

pub(crate) fn run(arguments: &[String]) -> Result<(), Error> {
    let mut events = 1_000_000;
    let mut only: Option<String> = None;
    let mut policies = Vec::new();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let value = || Error::usage(format!("`{word}` needs a value"));
        match word.as_str() {
            "--events" => {
                let text = words.next().ok_or_else(value)?.replace('_', "");
                events = text
                    .parse()
                    .map_err(|_| Error::usage(format!("`{text}` is not a number of events")))?;
            }
            "--policy" => {
                let file = std::fs::canonicalize(words.next().ok_or_else(value)?)?;
                policies.push(file);
            }
            "--only" => only = Some(words.next().ok_or_else(value)?.clone()),
            figure if FIGURES.contains(&figure) => only = Some(figure.to_owned()),
            other => return Err(Error::usage(format!("there is no figure `{other}`: {FIGURES:?}"))),
        }
    }
    for figure in FIGURES
        .into_iter()
        .filter(|figure| only.as_deref().is_none_or(|only| only == *figure))
    {
        match figure {
            "end-to-end" => end_to_end(events)?,
            "end-to-end-minio" => end_to_end_on_minio(events)?,
            package => crate_figures(package, if package == "policy" { &policies } else { &[] })?,
        }
    }
    Ok(())
}

/// Events from a file to objects in the testkit, by the optimised programs.
fn end_to_end(events: u64) -> Result<(), Error> {
    let programs = Programs::build_optimised()?;
    let folder = fresh_folder("end-to-end")?;
    let (scene, _testkit) = Scene::on_testkit(&programs, &folder)?;
    measure("end-to-end", "testkit", events, &scene)
}

/// The same into a server that others wrote.
fn end_to_end_on_minio(events: u64) -> Result<(), Error> {
    let settings = foreign::Settings::new()?;
    let binaries = match foreign::minio_binaries(&settings)? {
        Ok(binaries) => binaries,
        Err(why) => {
            eprintln!("end-to-end-minio: SKIPPED: {why}");
            return Ok(());
        }
    };
    let programs = Programs::build_optimised()?;
    let folder = fresh_folder("end-to-end-minio")?;
    let server = Minio::start(&binaries, &folder)?;
    let scene = Scene::on_foreign_store(&programs, &folder, &server.endpoint)?;
    measure("end-to-end-minio", "MinIO", events, &scene)
}

fn measure(figure: &str, store: &str, events: u64, scene: &Scene) -> Result<(), Error> {
    scene.generate(events, 1)?;
    let bytes = std::fs::metadata(scene.input())?.len();
    let mut job = scene.job();
    job.stdout(Stdio::null());
    let cpu_before = cpu_seconds_of_children();
    let started = now();
    cargo::run(job)?;
    let seconds = started.elapsed().max(Duration::from_millis(1)).as_secs_f64();
    let cpu = cpu_seconds_of_children()
        .zip(cpu_before)
        .map(|(after, before)| after - before);
    let proof = scene.verify()?;
    proof.require()?;
    #[expect(
        clippy::cast_precision_loss,
        reason = "rates for people, of counts far below 2^52"
    )]
    let (events_f, bytes_f) = (events as f64, bytes as f64);
    print_figure(&json!({
        "figure": figure,
        "store": store,
        "events": events,
        "input_bytes": bytes,
        "seconds": rounded(seconds),
        "events_per_second": (events_f / seconds).round(),
        "megabytes_per_second": rounded(bytes_f / 1e6 / seconds),
        "cpu_seconds": cpu.map(rounded),
        "cpu_microseconds_per_event": cpu.map(|cpu| rounded(cpu * 1e6 / events_f)),
        "verified": proof.line(),
        "command": format!("cargo xtask bench --only {figure} --events {events}"),
    }));
    Ok(())
}

/// What a crate's own bench program prints: lines of JSON, passed on. `files` are measured beside its own documents.
fn crate_figures(package: &str, files: &[std::path::PathBuf]) -> Result<(), Error> {
    let mut command = cargo::locked("bench");
    command.args(["--quiet", "--profile", "bench-run", "--benches", "--all-features"]);
    command.args(["--package", &format!("bucketline-{package}")]);
    if !files.is_empty() {
        command.arg("--").args(files);
    }
    let shown = cargo::show(&command);
    let output = command.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(Error::failed(format!("`{shown}` failed ({})", output.status)));
    }
    for line in String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter(|line| line.starts_with('{'))
    {
        println!("{line}");
    }
    Ok(())
}

fn print_figure(figure: &Value) {
    println!("{figure}");
}

fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

fn fresh_folder(name: &str) -> Result<std::path::PathBuf, Error> {
    let folder = workspace::target_directory()?.join("bench").join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// User and system time of all children that have ended, where the kernel tells (Linux).
fn cpu_seconds_of_children() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The second field is the program's name in parentheses and may hold spaces; count from behind it.
    let (_, fields) = text.rsplit_once(')')?;
    let ticks: Vec<f64> = fields
        .split_whitespace()
        .filter_map(|field| field.parse().ok())
        .collect();
    // After the name: state (a letter, so dropped above), then ppid is the 4th field of the file; cutime and cstime
    // are the 16th and 17th.
    let (user, system) = (ticks.get(12)?, ticks.get(13)?);
    let output = Command::new("getconf").arg("CLK_TCK").output().ok()?;
    let per_second: f64 = String::from_utf8_lossy(&output.stdout).trim().parse().ok()?;
    Some((user + system) / per_second)
}
