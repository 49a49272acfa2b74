//! Histories that once found a fault, by seed, so that it stays found.

use super::run;

/// A history that has to stay good.
fn stays_good(seed: u64) {
    println!("SIM_SEED={seed}");
    assert_eq!(run(seed, None).violation, None);
}

#[test]
fn the_first_history() {
    stays_good(0);
}

/// An object whose range begins with events that were given up: those were in doubt, and what it holds was not.
#[test]
fn a_range_that_begins_with_what_was_given_up() {
    stays_good(911);
}
