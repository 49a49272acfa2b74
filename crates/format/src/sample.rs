//! Sample events: realistic lines of input for demonstrations, tests and benches (feature `sample`).
//!
//! A [`Generator`] is a pure function of its seed: no clock, no disk, no randomness of its own, and the same bytes on every machine.
//! It knows its event types and fields itself, so it needs no schemas; that they fit the repository's schemas is tested.
//!
//! ```
//! use bucketline_format::sample::Generator;
//!
//! let line = Generator::new(7).next().ok_or("it never ends")?;
//! assert!(line.starts_with("{\"workspace\":\""));
//! assert_eq!(Generator::new(7).next(), Some(line));
//! # Ok::<(), &str>(())
//! ```

mod catalog;
mod people;
mod random;
mod scene;
mod values;
mod workspace;

use people::Person;
use random::Random;
use scene::Scene;
use values::Maker;
use workspace::Workspace;

/// 2026-11-01 00:00:00 UTC, in seconds: when every sample begins.
const EPOCH: u64 = 1_793_491_200;
/// On average one event in half of this many milliseconds.
const PACE_MS: u64 = 40;

/// An endless stream of events of two workspaces, the same for the same seed.
///
/// Lines are about 600 bytes long. Ids are unique within a stream; a few event types make up most of it, as in life, and the rarest
/// appears about twice in 10,000 events. Fields without a value are left out or null. Every number in a `float` field is exact in 32 bits.
#[derive(Debug)]
pub struct Generator {
    random: Random,
    kinds: Vec<Prepared>,
    /// For each kind the sum of its weight and those before it.
    thresholds: Vec<u32>,
    workspaces: [Workspace; 2],
    clock_ms: u64,
    count: u64,
    scratch: String,
}

/// A kind of event with its fields resolved.
#[derive(Debug)]
struct Prepared {
    event_type: &'static str,
    fields: Vec<(String, Maker)>,
}

impl Generator {
    /// The workspaces, the busier one first.
    pub const WORKSPACES: [&'static str; 2] = ["acme", "globex"];

    /// The stream of this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut sum = 0;
        let mut thresholds = Vec::new();
        let mut kinds = Vec::new();
        for kind in catalog::KINDS {
            sum += kind.weight;
            thresholds.push(sum);
            let fields = kind.fields.split_whitespace().filter_map(|name| {
                let maker = values::maker(kind.event_type, name)?;
                Some((format!("\"{name}\":"), maker))
            });
            kinds.push(Prepared {
                event_type: kind.event_type,
                fields: fields.collect(),
            });
        }
        let [acme, globex] = Self::WORKSPACES;
        Self {
            random: Random::new(seed),
            kinds,
            thresholds,
            workspaces: [Workspace::new(acme, 24_000), Workspace::new(globex, 9_000)],
            clock_ms: 0,
            count: 0,
            scratch: String::new(),
        }
    }

    /// The event types that a stream is made of, the most frequent first.
    pub fn event_types() -> impl Iterator<Item = &'static str> {
        catalog::KINDS.iter().map(|kind| kind.event_type)
    }

    /// Appends the next event as one line of input, its newline included.
    pub fn write_line(&mut self, out: &mut String) {
        self.write_event(out);
        out.push('\n');
    }

    fn write_event(&mut self, out: &mut String) {
        let [acme, globex] = &self.workspaces;
        let workspace = if self.random.chance(700) { acme } else { globex };
        let drawn = u32::try_from(
            self.random
                .below(self.thresholds.last().map_or(1, |&sum| sum.into())),
        )
        .unwrap_or(0);
        let index = self.thresholds.partition_point(|&threshold| threshold <= drawn);
        let Some(kind) = self.kinds.get(index) else { return };
        self.clock_ms += self.random.below(PACE_MS + 1);
        self.count += 1;
        // Devices that were offline report late.
        let late_ms = if self.random.chance(12) {
            self.random.below(3 * 3600 * 1000)
        } else {
            0
        };
        let person = Person::draw(workspace, &mut self.random);
        let mut scene = Scene {
            origin: workspace.origin(kind.event_type, &mut self.random),
            workspace,
            person,
            count: self.count,
            at_ms: (EPOCH * 1000 + self.clock_ms).saturating_sub(late_ms),
            random: &mut self.random,
            scratch: &mut self.scratch,
            out,
        };
        scene.out.push_str("{\"workspace\":\"");
        scene.out.push_str(workspace.name());
        scene.out.push_str("\",\"event_type\":\"");
        scene.out.push_str(kind.event_type);
        scene.out.push_str("\",\"event\":{");
        for (key, make) in &kind.fields {
            scene.field(key, *make);
        }
        // The comma after the last field.
        scene.out.pop();
        scene.out.push_str("}}");
    }
}

impl Iterator for Generator {
    type Item = String;

    /// The next event as one line, without a newline. Never `None`.
    fn next(&mut self) -> Option<String> {
        let mut line = String::with_capacity(1024);
        self.write_event(&mut line);
        Some(line)
    }
}
