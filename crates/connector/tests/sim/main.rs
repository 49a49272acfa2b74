//! A seeded simulation of the whole of delivery: the engine, the appender and the log as they are, over a simulated disk, a
//! simulated store and virtual time. Crashes at every step, torn writes, failed fsyncs, lost and late requests, lost replies, refusals,
//! clock jumps, and copies of one log that run side by side; then everything heals, is drained, and a checker looks at the store.
//!
//! `SIM_SEED=7` runs one history, `SIM_SEEDS=500` that many; each history prints its seed first.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests may panic, and print the seed first"
)]

mod calls;
mod checker;
mod freshness;
mod mutant;
mod random;
mod regressions;
mod replica;
mod store;
mod world;

use mutant::Mutant;
use world::{Outcome, World};

/// How many histories a plain run looks at.
const SEEDS: u64 = 60;

fn setting(name: &str) -> Option<u64> {
    #[expect(
        clippy::disallowed_methods,
        reason = "how a person asks for more histories, or for one again"
    )]
    let text = std::env::var(name).ok()?;
    text.parse().ok()
}

fn run(seed: u64, mutant: Option<Mutant>) -> Outcome {
    World::new(seed, mutant).run()
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
    let outcomes: Vec<_> = (0..40).map(|seed| run(seed, None)).collect();
    let total = |count: fn(&Outcome) -> usize| outcomes.iter().map(count).sum::<usize>();
    assert!(total(|outcome| outcome.crashes) > 20);
    assert!(total(|outcome| outcome.copies) > 5);
    assert!(total(|outcome| outcome.adopted) > 0, "no object was ever adopted");
    assert!(
        total(|outcome| outcome.verified) > 10,
        "no lost reply was ever found"
    );
    assert!(total(|outcome| outcome.late) > 10, "no request was ever late");
    assert!(total(|outcome| outcome.moved) > 20, "no destination ever changed");
}

#[test]
fn every_mutant_is_caught() {
    for mutant in Mutant::ALL {
        let caught = (0..400).find_map(|seed| {
            run(seed, Some(mutant))
                .violation
                .map(|violation| (seed, violation))
        });
        println!("{mutant:?}: {caught:?}");
        assert!(caught.is_some(), "{mutant:?} was never caught");
    }
}
