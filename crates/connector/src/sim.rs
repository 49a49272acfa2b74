//! A seeded simulation of the whole of delivery: the engine, the appender and the log as they are, over a simulated disk, a
//! simulated store and virtual time. Crashes at every step, torn writes, failed fsyncs, lost and late requests, lost replies, refusals,
//! clock jumps, and copies of one log that run side by side; then everything heals, is drained, and a checker looks at the store.
//!
//! `SIM_SEED=7` runs one history, `SIM_SEEDS=500` that many; each history prints its seed first.
mod broken;
mod calls;
mod checker;
mod freshness;
mod given_up;
mod healing;
mod random;
mod regressions;
mod replica;
mod store;
mod world;

use crate::mutant::{self, Mutant};
use broken::Broken;
use world::{Outcome, World};

/// How many histories a plain run looks at.
const SEEDS: u64 = 200;

fn setting(name: &str) -> Option<u64> {
    #[expect(
        clippy::disallowed_methods,
        reason = "how a person asks for more histories, or for one again"
    )]
    let text = std::env::var(name).ok()?;
    text.parse().ok()
}

fn run(seed: u64, broken: Option<Broken>) -> Outcome {
    World::new(seed, broken).run()
}

#[test]
fn every_history_keeps_the_promise() {
    let seeds = match setting("SIM_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..setting("SIM_SEEDS").unwrap_or(SEEDS),
    };
    let (mut objects, mut crashes, mut copies, mut adopted) = (0, 0, 0, 0);
    for seed in seeds {
        println!("SIM_SEED={seed}");
        let outcome = run(seed, None);
        if let Some(violation) = &outcome.violation {
            for line in &outcome.history {
                println!("{line}");
            }
            panic!("SIM_SEED={seed}: {violation}");
        }
        objects += outcome.objects;
        crashes += outcome.crashes;
        copies += outcome.copies;
        adopted += outcome.adopted;
    }
    println!("{objects} objects, {crashes} crashes, {copies} copies, {adopted} adoptions");
}

#[test]
fn a_seed_decides_everything() {
    for seed in 0..5 {
        println!("SIM_SEED={seed}");
        assert_eq!(run(seed, None).history, run(seed, None).history);
    }
}

#[test]
fn histories_reach_what_they_are_for() {
    let outcomes: Vec<_> = (0..60).map(|seed| run(seed, None)).collect();
    let total = |count: fn(&Outcome) -> usize| outcomes.iter().map(count).sum::<usize>();
    let reached: [(&str, usize, usize); 17] = [
        ("crashes", total(|outcome| outcome.crashes), 30),
        ("copies", total(|outcome| outcome.copies), 10),
        (
            "alone",
            outcomes.iter().filter(|outcome| outcome.copies == 0).count(),
            20,
        ),
        ("adopted", total(|outcome| outcome.adopted), 1),
        ("verified", total(|outcome| outcome.verified), 20),
        ("compared", total(|outcome| outcome.compared), 10),
        ("late", total(|outcome| outcome.late), 20),
        ("moved", total(|outcome| outcome.moved), 20),
        ("freed", total(|outcome| outcome.checkpoints), 60),
        ("cooled", total(|outcome| outcome.cooled), 10),
        ("taken away", total(|outcome| outcome.taken_away), 10),
        ("given up", total(|outcome| outcome.given_up), 100),
        (
            "beyond a quota, the oldest",
            total(|outcome| outcome.beyond[0]),
            10,
        ),
        (
            "beyond a quota, the newest",
            total(|outcome| outcome.beyond[1]),
            10,
        ),
        ("warned", total(|outcome| outcome.warned), 100),
        ("given up, and not there", total(|outcome| outcome.not_there), 10),
        ("given up, and found", total(|outcome| outcome.found), 10),
    ];
    for (what, count, least) in reached {
        println!("{what}: {count}");
        assert!(count >= least, "{what}: {count} of {least}");
    }
}

/// Within how many histories a fault of the engine has to be noticed.
const NOTICED_WITHIN: u64 = 400;

#[test]
fn every_broken_contract_is_noticed() {
    for broken in Broken::ALL {
        let caught = (0..NOTICED_WITHIN).find_map(|seed| Some((seed, run(seed, Some(broken)).violation?)));
        println!("{broken:?}: {caught:?}");
        assert!(caught.is_some(), "{broken:?} was never noticed");
    }
}

#[test]
fn every_mutant_of_the_engine_is_noticed() {
    for mutant in Mutant::OF_HISTORIES {
        mutant::bend(Some(mutant));
        let caught = (0..NOTICED_WITHIN).find_map(|seed| Some((seed, run(seed, None).violation?)));
        mutant::bend(None);
        println!("{mutant:?}: {caught:?}");
        assert!(caught.is_some(), "{mutant:?} was never noticed");
    }
}
