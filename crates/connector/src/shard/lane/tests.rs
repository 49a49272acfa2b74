use super::*;
use bucketline_spool::{Hour, PartitionId};

fn share(first: Position, last: Position, count: u32) -> Share {
    Share {
        place: Place::Group { group: 0, body: 0 },
        first,
        last,
        count,
        bytes: u64::from(count) * 10,
    }
}

/// A lane that holds these shares, each of its own frame.
fn lane(shares: &[(Position, Position, u32)]) -> LaneState {
    let key = Lane {
        generation: GenerationId::from_bytes([0; 16]),
        event_type: "a".into(),
        partition: PartitionId::from_random(1),
        hour: Hour::new(0),
        schema: 1,
    };
    let mut lane = LaneState::new(key, 0, 0, shares[0].0);
    for (frame, (first, last, count)) in (0..).zip(shares) {
        lane.push(
            Run::new(Lsn::new(frame), share(*first, *last, *count)),
            SpoolTime::from_millis(frame),
        );
    }
    lane
}

#[test]
fn a_run_is_small() {
    assert!(size_of::<Run>() <= 40, "{}", size_of::<Run>());
}

#[test]
fn the_front_has_what_the_limits_ask_for_and_at_least_one_run() {
    let lane = lane(&[(3, 5, 2), (6, 9, 2), (10, 10, 1)]);
    let runs = |count, bytes| lane.front(count, bytes).len();
    assert_eq!(runs(100, 1_000), 3);
    assert_eq!(runs(2, 1_000), 1);
    assert_eq!(runs(3, 1_000), 2);
    assert_eq!(runs(100, 20), 1);
    assert_eq!(runs(0, 0), 1);
}

#[test]
fn a_range_ends_within_what_is_held_or_is_none() {
    let lane = lane(&[(3, 5, 2), (8, 9, 2)]);
    let runs = |last| lane.up_to(last).map(|runs| runs.len());
    assert_eq!(runs(5), Some(1));
    assert_eq!(
        runs(4),
        Some(1),
        "whether there is an event at 4, only its frame tells"
    );
    assert_eq!(runs(9), Some(2));
    assert_eq!(runs(7), None);
    assert_eq!(runs(10), None);
    assert_eq!(runs(2), None);
}

#[test]
fn whole_runs_leave_with_their_frames() {
    let mut lane = lane(&[(3, 5, 2), (6, 9, 2)]);
    let removed = lane.remove_to(5, Some(2)).unwrap();
    lane.advance(5);
    assert_eq!(
        (removed.events, removed.bytes, removed.frames),
        (2, 20, vec![Lsn::new(0)])
    );
    assert_eq!((lane.frontier, lane.events, lane.bytes), (6, 2, 20));
}

#[test]
fn a_part_of_a_run_leaves_by_its_count_and_keeps_the_frame() {
    let mut lane = lane(&[(3, 5, 2), (6, 12, 4)]);
    let removed = lane.remove_to(9, Some(5)).unwrap();
    assert_eq!(
        (removed.events, removed.bytes, removed.frames),
        (5, 50, vec![Lsn::new(0)])
    );
    assert_eq!((lane.events, lane.bytes), (1, 10));
    assert_eq!(lane.up_to(12).unwrap()[0].first, 10);
    assert_eq!(lane.remove_to(12, Some(1)).unwrap().frames, [Lsn::new(1)]);
    assert_eq!((lane.events, lane.bytes), (0, 0));
}

#[test]
fn counts_that_cannot_be_are_noticed() {
    for (last, count) in [(5, 1), (5, 3), (9, 2), (9, 6), (12, 5)] {
        let mut lane = lane(&[(3, 5, 2), (6, 12, 4)]);
        assert_eq!(lane.remove_to(last, Some(count)), None, "{count} up to {last}");
    }
    let mut dense = lane(&[(3, 8, 6)]);
    assert_eq!(
        dense.remove_to(5, Some(2)),
        None,
        "positions 3 to 5 are three events"
    );
    let mut dense = lane(&[(3, 8, 6)]);
    assert_eq!(dense.remove_to(5, None).unwrap().events, 3);
    let mut sparse = lane(&[(3, 9, 6)]);
    assert_eq!(
        sparse.remove_to(5, None),
        None,
        "how many those are, nobody knows"
    );
}

#[test]
fn drops_leave_the_frontier_where_it_is() {
    let mut lane = lane(&[(3, 5, 3)]);
    lane.remove_to(4, None).unwrap();
    assert_eq!(lane.frontier, 3);
}
