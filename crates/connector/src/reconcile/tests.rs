use super::*;
use bucketline_sink::{Checksums, ObjectKey, Operation};

const CONTENTS: Contents = Contents {
    lane: [1; 16],
    first: 10,
    last: 19,
    count: 7,
    digest: [2; 32],
};

fn expected() -> Expected {
    Expected {
        contents: CONTENTS,
        size: 100,
        checksum: Checksum::sha256([3; 32]),
    }
}

fn found(contents: Contents) -> ObjectInfo {
    let mut info = ObjectInfo::new(ObjectKey::parse("a/b").unwrap(), 100);
    info.checksums = Checksum::sha256([3; 32]).into();
    info.metadata = contents.to_metadata();
    info
}

fn failure(kind: ErrorKind, effect: Effect) -> Error {
    Error::new(Operation::Put, kind, effect)
}

fn looked(contents: Contents) -> AfterLook {
    after_look(&Ok(Some(found(contents))), &expected())
}

#[test]
fn a_created_object_is_committed() {
    let receipt = Receipt::default();
    assert_eq!(
        after_put(&Ok(PutOutcome::Created(receipt.clone()))),
        AfterPut::Commit(receipt)
    );
}

#[test]
fn failures_that_pass_leave_the_outcome_unknown() {
    for kind in [
        ErrorKind::Busy,
        ErrorKind::Throttled,
        ErrorKind::Server,
        ErrorKind::TimedOut,
        ErrorKind::Connection,
    ] {
        for effect in [Effect::Unknown, Effect::NotApplied] {
            let answer = Err(failure(kind.clone(), effect));
            assert_eq!(after_put(&answer), AfterPut::Retry { unknown: true });
        }
    }
    let damaged = Err(failure(ErrorKind::Corrupt, Effect::NotApplied));
    assert_eq!(after_put(&damaged), AfterPut::Retry { unknown: false });
}

#[test]
fn refusals_block_unless_they_may_have_worked() {
    for (kind, blockage) in [
        (ErrorKind::AccessDenied, Blockage::Auth),
        (ErrorKind::Credentials, Blockage::Auth),
        (ErrorKind::ClockSkew, Blockage::Auth),
        (ErrorKind::NoSuchBucket, Blockage::Bucket),
        (ErrorKind::WrongRegion { region: None }, Blockage::Bucket),
        (ErrorKind::InvalidRequest, Blockage::Bucket),
        (ErrorKind::OutsidePrefix, Blockage::Bucket),
        (ErrorKind::Encryption, Blockage::Encryption),
        (ErrorKind::Quota, Blockage::Quota),
        (ErrorKind::DiskFull, Blockage::Quota),
    ] {
        let refused = Err(failure(kind.clone(), Effect::NotApplied));
        assert_eq!(after_put(&refused), AfterPut::Block(blockage));
        let unclear = Err(failure(kind, Effect::Unknown));
        assert_eq!(after_put(&unclear), AfterPut::Retry { unknown: true });
    }
}

#[test]
fn a_taken_key_is_looked_at() {
    let answer = Ok(PutOutcome::PreconditionFailed);
    assert_eq!(after_put(&answer), AfterPut::Look);
}

#[test]
fn a_success_that_is_not_the_store_s_is_settled_by_looking_and_a_failure_by_trying_again() {
    let of =
        |status| Err(Error::new(Operation::Put, ErrorKind::NotTheStore, Effect::Unknown).with_status(status));
    assert_eq!(after_put(&of(200)), AfterPut::Doubt);
    assert_eq!(after_put(&of(204)), AfterPut::Doubt);
    assert_eq!(after_put(&of(403)), AfterPut::Retry { unknown: true });
    assert_eq!(after_put(&of(302)), AfterPut::Retry { unknown: true });
}

#[test]
fn our_own_object_is_verified_by_size_and_checksum() {
    assert_eq!(looked(CONTENTS), AfterLook::Verified);

    let mut half = found(CONTENTS);
    half.size = 50;
    assert_eq!(after_look(&Ok(Some(half)), &expected()), AfterLook::Compare);

    let mut damaged = found(CONTENTS);
    damaged.checksums = Checksum::sha256([9; 32]).into();
    assert_eq!(after_look(&Ok(Some(damaged)), &expected()), AfterLook::Compare);

    let mut silent = found(CONTENTS);
    silent.checksums = Checksums::new();
    assert_eq!(after_look(&Ok(Some(silent)), &expected()), AfterLook::Compare);
}

#[test]
fn what_is_far_larger_than_ours_is_not_read() {
    let mut huge = found(CONTENTS);
    huge.size = 1 << 30;
    let seen = after_look(&Ok(Some(huge.clone())), &expected());
    assert!(matches!(seen, AfterLook::Conflict(_)), "{seen:?}");
    let seen = after_rebuild(&huge, Some(&expected()));
    assert!(matches!(seen, AfterRebuild::Conflict(_)), "{seen:?}");
}

#[test]
fn another_last_asks_for_that_range() {
    let shorter = Contents {
        last: 15,
        count: 4,
        digest: [8; 32],
        ..CONTENTS
    };
    assert_eq!(looked(shorter), AfterLook::OtherRange(shorter));
}

#[test]
fn anything_else_is_a_conflict() {
    for contents in [
        Contents {
            lane: [9; 16],
            ..CONTENTS
        },
        Contents { first: 9, ..CONTENTS },
        Contents {
            digest: [9; 32],
            ..CONTENTS
        },
        Contents { count: 8, ..CONTENTS },
    ] {
        assert!(matches!(looked(contents), AfterLook::Conflict(_)), "{contents:?}");
    }
    let mut foreign = found(CONTENTS);
    foreign.metadata.clear();
    assert!(matches!(
        after_look(&Ok(Some(foreign)), &expected()),
        AfterLook::Conflict(_)
    ));
}

#[test]
fn nothing_there_is_put_again_and_what_cannot_be_seen_waits() {
    assert_eq!(after_look(&Ok(None), &expected()), AfterLook::PutAgain);
    let denied = Err(failure(ErrorKind::AccessDenied, Effect::NotApplied));
    assert_eq!(after_look(&denied, &expected()), AfterLook::Block(Blockage::Auth));
    let slow = Err(failure(ErrorKind::Throttled, Effect::NotApplied));
    assert_eq!(after_look(&slow, &expected()), AfterLook::Retry);
}

#[test]
fn a_range_is_adopted_only_if_it_is_made_of_our_events() {
    let shorter = Contents {
        last: 15,
        count: 4,
        digest: [8; 32],
        ..CONTENTS
    };
    let rebuilt = Expected {
        contents: shorter,
        ..expected()
    };
    assert_eq!(
        after_rebuild(&found(shorter), Some(&rebuilt)),
        AfterRebuild::Adopted
    );

    let other_events = Expected {
        contents: Contents {
            digest: [7; 32],
            ..shorter
        },
        ..expected()
    };
    assert!(matches!(
        after_rebuild(&found(shorter), Some(&other_events)),
        AfterRebuild::Conflict(_)
    ));
    assert!(matches!(
        after_rebuild(&found(shorter), None),
        AfterRebuild::Conflict(_)
    ));

    let mut half = found(shorter);
    half.size = 1;
    assert_eq!(after_rebuild(&half, Some(&rebuilt)), AfterRebuild::Compare);
}
