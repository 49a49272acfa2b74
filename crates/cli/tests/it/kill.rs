//! The promise, put to the test: killed at any moment and started again, nothing is lost and nothing doubled.

use std::time::{Duration, Instant};

use bucketline_testkit::{Fault, FaultEffect, Operation};

use crate::cloud::Cloud;
use crate::program::{finish, signal};
use crate::site::{Site, sample};

/// Another one is tried with `KILL_SEED=...`.
const SEED: u64 = 20_261_123;
const KILLS: usize = 20;
/// Events that come to the input before each start.
const PER_START: u64 = 2_500;

/// Small, seeded, and good enough to choose moments.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

#[test]
fn killed_at_twenty_random_moments_nothing_is_lost_or_doubled() {
    let seed = std::env::var("KILL_SEED").map_or(SEED, |text| text.parse().unwrap());
    println!("KILL_SEED={seed}");
    let cloud = Cloud::new();
    let site = cloud.site();
    let config = std::fs::read_to_string(site.file("bucketline.toml")).unwrap();
    // Many small objects: many moments at which something is half done.
    site.write(
        "bucketline.toml",
        &config.replace("[schemas]", "[delivery]\nevents = 25\n\n[schemas]"),
    );
    let mut random = Random(seed);
    let mut input = Input {
        site: &site,
        seed,
        events: 0,
        refused: 0,
    };
    input.grow();
    let whole = time_of_one_run(&site);
    println!("a run takes {whole:?}");

    let (mut kills, mut runs) = (0, 1);
    while kills < KILLS {
        assert!(runs < 10 * KILLS, "{kills} of {runs} runs were killed in time");
        runs += 1;
        input.grow();
        trouble(&cloud, &mut random, runs);
        let mut child = site.job().start();
        std::thread::sleep(Duration::from_millis(
            random.below(u64::try_from(whole.as_millis()).unwrap() * 5 / 4),
        ));
        if child.try_wait().unwrap().is_none() {
            assert!(signal(&child, "KILL").success());
            kills += 1;
        }
        let ran = finish(child);
        assert!(ran.code <= 0, "it ends well, unless it is killed: {ran:?}");
    }
    let struck = cloud.kit().faults().struck();
    cloud.kit().faults().clear();
    site.run().expect_code(0).expect_said(" 0 pending");
    let result = site.prove(input.events);
    assert_eq!(result["lines_rejected"], input.refused);
    assert_eq!(
        site.rejects().len() as u64,
        input.refused,
        "each refused line is listed once"
    );
    println!(
        "{kills} kills in {runs} runs, {struck} faults, {} events, {}",
        input.events, result["objects"]
    );
}

/// The file that grows, as a log does.
struct Input<'a> {
    site: &'a Site,
    seed: u64,
    events: u64,
    refused: u64,
}

impl Input<'_> {
    fn grow(&mut self) {
        let mut text = sample(PER_START, self.seed + self.events);
        text.push_str("this is no event\n");
        self.site.append("events.ndjson", &text);
        self.events += PER_START;
        self.refused += 1;
    }
}

fn time_of_one_run(site: &Site) -> Duration {
    let started = Instant::now();
    site.run().expect_code(0);
    started.elapsed()
}

/// In every second run the store misbehaves as well.
fn trouble(cloud: &Cloud, random: &mut Random, run: usize) {
    let faults = cloud.kit().faults();
    if run.is_multiple_of(2) {
        let fault = match random.below(3) {
            0 => Fault::new(FaultEffect::ReplyLost),
            1 => Fault::error(500, "InternalError"),
            _ => Fault::error(503, "SlowDown"),
        };
        faults.add(
            fault
                .operation(Operation::PutObject)
                .skip(random.below(40))
                .times(2),
        );
    }
}
