//! What the benches share: sample events, time, and how a figure is printed.

use std::path::Path;
use std::time::Instant;

use bucketline_format::sample::Generator;
use bucketline_format::{Schema, SchemaRegistry};
use serde_json::value::RawValue;

const MEASUREMENTS: usize = 5;

/// A line of the sample, taken apart.
#[derive(serde::Deserialize)]
struct Line<'a> {
    event_type: &'a str,
    #[serde(borrow)]
    event: &'a RawValue,
}

/// The schemas of the repository.
pub(crate) fn registry() -> SchemaRegistry {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
    let entries = |path: &Path| {
        let entries = std::fs::read_dir(path).expect("the repository's schemas");
        entries.map(|entry| entry.unwrap().path()).collect::<Vec<_>>()
    };
    let folders = entries(&root).into_iter().filter(|path| path.is_dir());
    let files = folders.flat_map(|folder| entries(&folder));
    SchemaRegistry::from_files(files.map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())))
        .expect("valid")
}

/// So many lines of the sample.
pub(crate) fn lines(count: usize) -> Vec<String> {
    Generator::new(1).take(count).collect()
}

/// The event of a line, and its schema.
pub(crate) fn parsed<'a>(registry: &'a SchemaRegistry, line: &'a str) -> (&'a Schema, &'a str) {
    let line: Line<'_> = serde_json::from_str(line).expect("sample lines are JSON");
    (
        registry.latest(line.event_type).expect("sample types are known"),
        line.event.get(),
    )
}

/// The datum of an event.
pub(crate) fn datum(schema: &Schema, text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    schema.encode_event(text, &mut out).expect("sample events fit");
    out
}

/// The processor's seconds that a round takes, at the median of several measurements.
pub(crate) fn measure(mut round: impl FnMut()) -> f64 {
    let mut rounds = 1;
    // The kernel counts in ticks: a measurement has to be many of them.
    while seconds_of(rounds, &mut round) < 0.1 {
        rounds *= 2;
    }
    let mut times: Vec<f64> = (0..MEASUREMENTS)
        .map(|_| seconds_of(rounds, &mut round) / f64::from(rounds))
        .collect();
    times.sort_unstable_by(f64::total_cmp);
    times.get(MEASUREMENTS / 2).copied().unwrap_or_default()
}

fn seconds_of(rounds: u32, round: &mut impl FnMut()) -> f64 {
    let (cpu, wall) = (cpu_nanoseconds(), Instant::now());
    for _ in 0..rounds {
        round();
    }
    let wall = wall.elapsed().as_secs_f64();
    match (cpu, cpu_nanoseconds()) {
        (Some(before), Some(after)) => (after - before) as f64 / 1e9,
        _ => wall,
    }
}

/// What this thread has had of a processor, where the kernel tells (Linux): others on the machine then count for less.
fn cpu_nanoseconds() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok()
}

/// Prints a figure: `events` of `bytes` together, in so many seconds, and what else there is to say (JSON without its braces).
pub(crate) fn report(figure: &str, seconds: f64, events: usize, bytes: usize, more: &str) {
    println!(
        "{{\"bench\":\"format\",\"figure\":\"{figure}\",\"events_per_second\":{:.0},\"megabytes_per_second\":{:.0},\
         \"cpu_nanoseconds_per_event\":{:.0},\"bytes_per_event\":{}{more}}}",
        events as f64 / seconds,
        bytes as f64 / seconds / 1e6,
        seconds * 1e9 / events as f64,
        bytes / events,
    );
}
