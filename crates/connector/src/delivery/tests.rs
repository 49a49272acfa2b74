use super::*;
use crate::mutant::{self, Mutant};
use bucketline_format::newest_encoder;
use bucketline_sink::{Checksum, Effect, ErrorKind, Operation, Payload};
use bytes::Bytes;

/// An object of events 0 to `last`.
fn built(last: Position) -> Built {
    let payload = Payload::from(Bytes::from(vec![7; 40]));
    let contents = Contents {
        lane: [1; 16],
        first: 0,
        last,
        count: last + 1,
        digest: [u8::try_from(last).unwrap(); 32],
    };
    Built {
        encoder: newest_encoder("avro", "null").unwrap(),
        expected: Expected {
            contents,
            size: 40,
            checksum: payload.checksum(),
        },
        payload,
    }
}

fn target(last: Position) -> Target {
    let built = built(last);
    Target {
        key: ObjectKey::parse("a/b").unwrap(),
        contents: built.expected.contents,
        expected: Some(built.expected),
    }
}

/// What lies at the key, as the object that we build would.
fn object(last: Position) -> ObjectInfo {
    let built = built(last);
    let mut info = ObjectInfo::new(ObjectKey::parse("a/b").unwrap(), 40);
    info.metadata = built.expected.contents.to_metadata();
    info.checksums = built.expected.checksum.into();
    info
}

fn error(kind: ErrorKind, effect: Effect) -> SinkError {
    SinkError::new(Operation::Put, kind, effect)
}

/// One whose put is under way.
fn putting() -> Delivery {
    let (mut delivery, step) = Delivery::next(true);
    assert!(matches!(step, Step::Build));
    assert!(matches!(delivery.on_built(Some(built(5))), Step::Seal(_)));
    assert!(matches!(delivery.on_sealed(target(5)), Step::Put));
    delivery
}

/// One that found its key taken.
fn looking() -> Delivery {
    let mut delivery = putting();
    assert!(matches!(
        delivery.on_put(&Ok(PutOutcome::PreconditionFailed)),
        Step::Look
    ));
    delivery
}

fn unknown(step: &Step) -> Option<bool> {
    match step {
        Step::Later(later) => Some(later.unknown),
        _ => None,
    }
}

#[test]
fn an_object_that_was_seen_and_is_gone_makes_the_outcome_unknown() {
    assert_eq!(unknown(&looking().on_looked(Ok(None))), Some(true));

    let mut delivery = looking();
    let mut silent = object(5);
    silent.checksums = Default::default();
    assert!(matches!(delivery.on_looked(Ok(Some(silent))), Step::BuildTo(5)));
    assert!(matches!(delivery.on_built(Some(built(5))), Step::Compare));
    let gone = error(ErrorKind::Busy, Effect::NotApplied);
    assert_eq!(
        unknown(&delivery.on_compared(Err(gone))),
        Some(true),
        "gone before it was read"
    );
}

#[test]
fn a_refusal_is_known_and_silence_is_not() {
    let refused = putting().on_put(&Err(error(ErrorKind::AccessDenied, Effect::NotApplied)));
    assert!(matches!(refused, Step::Refused(Blockage::Auth, _)));
    let silent = putting().on_put(&Err(error(ErrorKind::TimedOut, Effect::Unknown)));
    assert_eq!(unknown(&silent), Some(true));
    let broken_off = putting().on_broken_off(Cause::plain(Party::Store, "slow", ""));
    assert!(broken_off.unknown);
}

#[test]
fn what_was_sealed_before_a_start_is_verified_without_being_built() {
    let (mut delivery, step) = Delivery::of_sealed(target(5), true);
    assert!(matches!(step, Step::Look));
    let Step::Commit(existing) = delivery.on_looked(Ok(Some(object(5)))) else {
        panic!("not committed");
    };
    assert_eq!((existing.learnt, existing.contents.last), (Learnt::Verified, 5));
}

#[test]
fn what_was_sealed_before_a_start_and_is_not_there_is_built_and_put() {
    let (mut delivery, _) = Delivery::of_sealed(target(5), true);
    assert!(matches!(delivery.on_looked(Ok(None)), Step::BuildTo(5)));
    assert!(matches!(delivery.on_built(Some(built(5))), Step::Put));
}

#[test]
fn another_range_of_our_events_is_adopted_and_of_others_is_a_conflict() {
    let mut delivery = looking();
    assert!(matches!(
        delivery.on_looked(Ok(Some(object(3)))),
        Step::BuildTo(3)
    ));
    let Step::Commit(existing) = delivery.on_built(Some(built(3))) else {
        panic!("not committed");
    };
    assert_eq!((existing.learnt, existing.contents.last), (Learnt::Adopted, 3));

    for ours in [None, Some(built(4))] {
        let mut delivery = looking();
        delivery.on_looked(Ok(Some(object(3))));
        assert!(matches!(delivery.on_built(ours), Step::Conflict(_)));
    }
}

#[test]
fn what_builds_otherwise_than_it_was_sealed_is_never_put() {
    for (now, why) in [(None, "not held"), (Some(built(4)), "others")] {
        let (mut delivery, _) = Delivery::of_sealed(target(5), false);
        assert!(matches!(delivery.on_built(now), Step::Unbuildable), "{why}");
    }
    let (mut delivery, _) = Delivery::of_sealed(target(5), false);
    let mut other_bytes = built(5);
    other_bytes.expected.checksum = Checksum::sha256([9; 32]);
    assert!(matches!(delivery.on_built(Some(other_bytes)), Step::Unbuildable));
}

#[test]
fn nothing_is_sealed_for_a_store_that_is_not_there() {
    let scouted = |answer| {
        let (mut delivery, step) = Delivery::next(false);
        assert!(matches!(step, Step::Scout));
        delivery.on_looked(answer)
    };
    let failed = |kind| Err(error(kind, Effect::NotApplied));
    assert!(matches!(
        scouted(failed(ErrorKind::NoSuchBucket)),
        Step::Refused(Blockage::Bucket, _)
    ));
    assert!(matches!(
        scouted(failed(ErrorKind::Credentials)),
        Step::Refused(Blockage::Auth, _)
    ));
    assert_eq!(unknown(&scouted(failed(ErrorKind::TimedOut))), Some(false));
    for goes_on in [Ok(None), Ok(Some(object(3))), failed(ErrorKind::AccessDenied)] {
        assert!(matches!(scouted(goes_on), Step::Build));
    }
}

#[test]
fn what_was_given_up_is_settled_by_the_very_object_that_was_sealed_or_by_none() {
    let found = |answer| {
        let (mut delivery, step) = Delivery::of_given_up(target(5));
        assert!(matches!(step, Step::Look));
        let step = delivery.on_looked(answer);
        (delivery, step)
    };
    assert!(matches!(found(Ok(Some(object(5)))).1, Step::Settle(_)));
    assert!(matches!(found(Ok(None)).1, Step::NotThere));
    let mut other_events = object(5);
    other_events.metadata = object(3).metadata;
    other_events
        .metadata
        .insert("bl-last".to_owned(), format!("{:020}", 5));
    let mut longer = object(5);
    longer.size = 41;
    for other in [
        object(3),
        other_events,
        longer,
        ObjectInfo::new(ObjectKey::parse("a/b").unwrap(), 40),
    ] {
        assert!(matches!(found(Ok(Some(other))).1, Step::Conflict(_)));
    }
    let refused = Err(error(ErrorKind::AccessDenied, Effect::NotApplied));
    assert!(matches!(found(refused).1, Step::Refused(Blockage::Auth, _)));
    let failed = Err(error(ErrorKind::TimedOut, Effect::NotApplied));
    assert!(matches!(found(failed).1, Step::Later(_)));

    // A store that tells no checksum is read.
    let silent = || {
        let mut info = object(5);
        info.checksums = Default::default();
        let (delivery, step) = found(Ok(Some(info)));
        assert!(matches!(step, Step::Compare));
        assert!(delivery.sum().is_some());
        delivery
    };
    assert!(matches!(silent().on_compared(Ok(true)), Step::Settle(_)));
    assert!(matches!(silent().on_compared(Ok(false)), Step::Conflict(_)));
}

#[test]
fn an_answer_to_nothing_changes_nothing() {
    let (mut delivery, _) = Delivery::next(true);
    assert!(matches!(
        delivery.on_put(&Ok(PutOutcome::PreconditionFailed)),
        Step::Nothing
    ));
    assert!(matches!(delivery.on_looked(Ok(None)), Step::Nothing));
    assert!(matches!(delivery.on_compared(Ok(true)), Step::Nothing));
    assert!(matches!(delivery.on_built(Some(built(5))), Step::Seal(_)));
}

/// In one spool's own history a taken key means that an attempt went unanswered, so no history can tell this mutant: it takes somebody
/// else's object.
#[test]
fn absence_that_leaves_no_doubt_is_noticed() {
    mutant::bend(Some(Mutant::AbsenceLeavesNoUnknown));
    let bent = std::panic::catch_unwind(an_object_that_was_seen_and_is_gone_makes_the_outcome_unknown);
    mutant::bend(None);
    assert!(bent.is_err());
}
