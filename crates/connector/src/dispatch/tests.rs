use super::*;
use crate::shard::LaneId;
use crate::state::{Blockage, Party};
use crate::tickets::ShardId;

fn dispatcher(slots: usize, per_connector: usize, apart: usize) -> Dispatcher {
    let settings = Settings::default()
        .put_slots(slots)
        .put_slots_per_connector(per_connector)
        .trouble_slots(apart);
    Dispatcher::new(&settings)
}

fn lane(number: usize) -> LaneRef {
    LaneRef {
        shard: ShardId(0),
        lane: LaneId(number),
    }
}

const NOW: SpoolTime = SpoolTime::ZERO;

/// Connector `name`, proved, with these lanes waiting.
fn waiting(dispatcher: &mut Dispatcher, name: &str, lanes: std::ops::Range<usize>) -> usize {
    let place = dispatcher.place_of(&name.into());
    dispatcher.change(NOW, place, |standing| {
        for _ in 0..9 {
            standing.health.worked();
        }
    });
    for number in lanes {
        dispatcher.enqueue(NOW, place, lane(number));
    }
    place
}

fn refused(dispatcher: &mut Dispatcher, place: usize) {
    dispatcher.change(NOW, place, |standing| {
        let probe = Settings::default().probe;
        standing.health.refused(
            NOW,
            NOW,
            Blockage::Auth,
            Cause::plain(Party::Customer, "no", ""),
            probe,
        );
    });
}

fn calls(dispatcher: &mut Dispatcher, now: SpoolTime) -> Vec<usize> {
    std::iter::from_fn(|| dispatcher.call(now, |_| 1))
        .map(|called| called.lane.lane.0)
        .collect()
}

#[test]
fn a_flood_does_not_delay_a_trickle() {
    let mut dispatcher = dispatcher(4, 4, 1);
    waiting(&mut dispatcher, "flood", 0..100);
    waiting(&mut dispatcher, "trickle", 100..101);
    assert_eq!(calls(&mut dispatcher, NOW), [0, 100, 1, 2], "by turns");
}

#[test]
fn one_connector_has_no_more_than_its_share() {
    let mut dispatcher = dispatcher(10, 3, 1);
    let place = waiting(&mut dispatcher, "flood", 0..100);
    let called: Vec<Called> = std::iter::from_fn(|| dispatcher.call(NOW, |_| 1)).collect();
    assert_eq!(called.len(), 3);
    dispatcher.give_back(NOW, place, &called[0].slot);
    assert_eq!(calls(&mut dispatcher, NOW).len(), 1);
}

#[test]
fn who_is_refused_is_probed_alone_and_takes_nothing_from_the_others() {
    let mut dispatcher = dispatcher(2, 2, 1);
    let blocked = waiting(&mut dispatcher, "blocked", 0..10);
    refused(&mut dispatcher, blocked);
    waiting(&mut dispatcher, "well", 10..20);
    assert_eq!(calls(&mut dispatcher, NOW), [10, 11]);
    let probe = dispatcher.next_timeout().unwrap();
    let timer = dispatcher.due_timer(probe).unwrap();
    assert_eq!(timer, Timer::Connector(blocked));
    dispatcher.stand(probe, blocked);
    assert_eq!(
        calls(&mut dispatcher, probe),
        [0],
        "one probe, though all common slots are taken"
    );
}

#[test]
fn of_one_connector_one_call_may_hang_and_of_all_as_many_as_there_are_slots() {
    let mut dispatcher = dispatcher(4, 2, 2);
    let places: Vec<usize> = ["a", "b", "c"]
        .iter()
        .enumerate()
        .map(|(number, name)| waiting(&mut dispatcher, name, number * 10..number * 10 + 9))
        .collect();
    let mut called: Vec<Called> = std::iter::from_fn(|| dispatcher.call(NOW, |_| 1)).collect();
    let of = |called: &Called| called.lane.lane.0 / 10;
    assert_eq!(called.iter().map(of).collect::<Vec<_>>(), [0, 1, 2, 0]);
    let stays: Vec<bool> = called
        .iter_mut()
        .map(|called| {
            let place = places[called.lane.lane.0 / 10];
            dispatcher.move_apart(
                NOW,
                place,
                &mut called.slot,
                Cause::plain(Party::Store, "slow", ""),
            )
        })
        .collect();
    assert_eq!(
        stays,
        [true, true, false, false],
        "no room; and one of a hangs already"
    );
    waiting(&mut dispatcher, "well", 90..99);
    assert_eq!(
        calls(&mut dispatcher, NOW),
        [90, 91],
        "what stays makes room, what does not is given back"
    );
    dispatcher.give_back(NOW, places[0], &called[0].slot);
    assert_eq!(dispatcher.connectors()[places[0]].apart, 0);
}

#[test]
fn bytes_bound_what_is_under_way() {
    let mut dispatcher = Dispatcher::new(&Settings::default().in_flight_bytes(400));
    waiting(&mut dispatcher, "large", 0..10);
    let count = std::iter::from_fn(|| dispatcher.call(NOW, |_| 100)).count();
    assert_eq!(count, 3, "three quarters of it");
}

#[test]
fn what_a_shard_that_left_had_waiting_is_gone() {
    let mut dispatcher = dispatcher(4, 4, 1);
    waiting(&mut dispatcher, "a", 0..4);
    dispatcher.set_timer(NOW, Timer::Lane(lane(7)));
    dispatcher.forget(|lane| lane.shard == ShardId(0));
    assert_eq!(
        (calls(&mut dispatcher, NOW), dispatcher.next_timeout()),
        (vec![], None)
    );
}
