//! Plans against states that were never asked of anyone.

use super::*;
use crate::change::{Action, Kind};
use crate::iam::{AccessKeyInfo, KeyStatus};
use crate::observed::{Bucket, BucketState, Holder, KeyFileState};
use crate::setup::{Method, Vendor};

fn role() -> Setup {
    let vendor = Vendor::Account("999988887777".parse().unwrap());
    let external_id = "acme-1".parse().unwrap();
    Setup::builder("acme-events".parse().unwrap(), "eu-central-1".parse().unwrap())
        .method(Method::Role { vendor, external_id })
        .build()
        .unwrap()
}

fn user() -> Setup {
    Setup::builder("acme-events".parse().unwrap(), "eu-central-1".parse().unwrap())
        .build()
        .unwrap()
}

fn ours(setup: &Setup) -> Holder {
    let mut holder = Holder::new("arn:aws:iam::111122223333:role/bucketline/x");
    holder.setup = Some(setup.name().to_string());
    holder.trust = setup.trust().cloned();
    holder.policy = Some(setup.policy().clone());
    holder
}

fn bucket(setup: Option<&Setup>) -> Bucket {
    let mut bucket = Bucket::new("eu-central-1".parse().unwrap());
    bucket.setup = setup.map(|setup| setup.name().to_string());
    bucket.ends_uploads = setup.is_some();
    bucket
}

fn key(id: &str) -> AccessKeyInfo {
    AccessKeyInfo::new(id.parse().unwrap(), KeyStatus::Active)
}

fn steps(plan: &Plan) -> Vec<(Action, Kind)> {
    plan.pending()
        .map(|change| (change.action, change.kind))
        .collect()
}

#[test]
fn from_nothing_the_role_comes_first_and_a_key_last() {
    use Action::Create;
    let made = steps(&plan(&role(), &Observed::default()));
    let bucket = [
        Kind::Bucket,
        Kind::PublicAccessBlock,
        Kind::Ownership,
        Kind::Lifecycle,
    ];
    let bucket = bucket.map(|kind| (Create, kind));
    let mut expected = vec![(Create, Kind::Role), (Create, Kind::RolePolicy)];
    expected.extend(bucket);
    assert_eq!(made, expected);
    let made = steps(&plan(&user(), &Observed::default()));
    assert_eq!(made.last(), Some(&(Create, Kind::AccessKey)));
}

#[test]
fn what_is_as_it_should_be_is_left_alone_and_drift_is_named() {
    let setup = role();
    let mut observed = Observed {
        bucket: BucketState::Present(bucket(Some(&setup))),
        holder: Some(ours(&setup)),
        key_file: KeyFileState::Absent,
    };
    assert!(plan(&setup, &observed).is_settled());
    let holder = observed.holder.as_mut().unwrap();
    holder.policy = None;
    let gone = setup.trust().unwrap().to_json();
    let gone = gone.replace("arn:aws:iam::999988887777:root", "AROAEXAMPLE");
    holder.trust = Some(bucketline_policy::Document::parse(&gone).unwrap());
    if let BucketState::Present(bucket) = &mut observed.bucket {
        bucket.closed = false;
    }
    let drift = plan(&setup, &observed);
    assert_eq!(
        steps(&drift),
        [
            (Action::Update, Kind::TrustPolicy),
            (Action::Create, Kind::RolePolicy),
            (Action::Update, Kind::PublicAccessBlock)
        ]
    );
    assert!(drift.changes[1].why.contains("was deleted"), "{drift:?}");
}

#[test]
fn what_does_not_bear_our_tag_is_neither_changed_nor_deleted() {
    let setup = role();
    let mut holder = ours(&setup);
    holder.setup = None;
    let observed = Observed {
        holder: Some(holder),
        bucket: BucketState::Present(bucket(None)),
        ..Observed::default()
    };
    let planned = plan(&setup, &observed);
    assert!(
        planned.problems[0].contains("does not bear the tag"),
        "{planned:?}"
    );
    assert_eq!(steps(&planned), []);
    assert_eq!(steps(&plan_removal(&setup, &observed)), []);
}

#[test]
fn a_bucket_that_was_there_is_used_with_a_warning_and_stays() {
    let setup = role();
    let mut there = bucket(None);
    there.keys = vec!["currents/a.avro".into(), "payroll/2026.csv".into()];
    let observed = Observed {
        bucket: BucketState::Present(there),
        holder: Some(ours(&setup)),
        ..Observed::default()
    };
    let planned = plan(&setup, &observed);
    assert_eq!(steps(&planned), []);
    assert!(planned.warnings[0].contains("payroll/2026.csv"), "{planned:?}");
    let removed = steps(&plan_removal(&setup, &observed));
    assert_eq!(
        removed,
        [(Action::Delete, Kind::RolePolicy), (Action::Delete, Kind::Role)]
    );
}

#[test]
fn a_bucket_of_ours_is_deleted_only_while_it_is_empty() {
    let setup = role();
    let mut there = bucket(Some(&setup));
    let observed = |bucket: &Bucket| Observed {
        bucket: BucketState::Present(bucket.clone()),
        ..Observed::default()
    };
    let removed = steps(&plan_removal(&setup, &observed(&there)));
    assert_eq!(removed, [(Action::Delete, Kind::Bucket)]);
    there.keys.push("k".into());
    assert_eq!(steps(&plan_removal(&setup, &observed(&there))), []);
}

#[test]
fn a_bucket_that_was_made_and_not_marked_is_adopted_and_no_other() {
    let setup = role();
    let mut holder = ours(&setup);
    let mut observed = Observed {
        bucket: BucketState::Present(bucket(None)),
        holder: Some(holder.clone()),
        ..Observed::default()
    };
    assert_eq!(plan(&setup, &observed).pending().count(), 0);
    holder.makes_bucket = Some("acme-events".to_owned());
    observed.holder = Some(holder);
    let adopted = steps(&plan(&setup, &observed));
    assert_eq!(
        adopted,
        [(Action::Adopt, Kind::Bucket), (Action::Create, Kind::Lifecycle)]
    );
}

#[test]
fn a_bucket_of_another_account_or_region_stands_in_the_way() {
    let setup = role();
    let mut observed = Observed {
        bucket: BucketState::Closed {
            why: "AccessDenied".into(),
        },
        ..Observed::default()
    };
    assert!(plan(&setup, &observed).problems[0].contains("another account's"));
    observed.bucket = BucketState::Present(Bucket::new("us-west-2".parse().unwrap()));
    assert!(plan(&setup, &observed).problems[0].contains("`us-west-2`"));
}

#[test]
fn only_the_key_whose_secret_was_lost_is_replaced() {
    let setup = user();
    let mut holder = ours(&setup);
    holder.keys = vec![key("AKIAHANDEDOVER000001"), key("AKIALOST000000000001")];
    let mut observed = Observed {
        bucket: BucketState::Present(bucket(Some(&setup))),
        holder: Some(holder),
        key_file: KeyFileState::Pending {
            had: vec!["AKIAHANDEDOVER000001".into()],
        },
    };
    let planned = plan(&setup, &observed);
    assert_eq!(
        steps(&planned),
        [
            (Action::Delete, Kind::AccessKey),
            (Action::Create, Kind::AccessKey)
        ]
    );
    assert_eq!(planned.pending().next().unwrap().name, "AKIALOST000000000001");
    // Handed over, and its file put away: nothing to do.
    observed.key_file = KeyFileState::Absent;
    assert!(plan(&setup, &observed).is_settled());
    observed.key_file = KeyFileState::Holds("AKIASOMEOTHER0000001".parse().unwrap());
    assert!(plan(&setup, &observed).problems[0].contains("no key of user"));
}
