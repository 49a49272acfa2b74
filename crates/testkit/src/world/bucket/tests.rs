//! Listing against a naive model, and conditions of writes.

use std::time::SystemTime;

use bytes::Bytes;
use proptest::prelude::*;

use super::*;

fn object(text: &'static str) -> StoredObject {
    StoredObject::plain(
        Bytes::from_static(text.as_bytes()),
        Encryption::Aes256,
        SystemTime::UNIX_EPOCH,
    )
}

fn bucket(keys: impl IntoIterator<Item = String>) -> Bucket {
    let bucket = Bucket::new("b", "111122223333", "us-east-1", SystemTime::UNIX_EPOCH);
    for key in keys {
        bucket.overwrite(&key, object("x"));
    }
    bucket
}

fn pages(
    bucket: &Bucket,
    prefix: &str,
    delimiter: Option<&str>,
    max_keys: usize,
) -> (Vec<String>, Vec<String>) {
    let (mut keys, mut prefixes, mut after) = (Vec::new(), Vec::new(), None);
    loop {
        let page = bucket.list(&ListQuery {
            prefix,
            delimiter,
            after,
            max_keys,
        });
        assert!(page.objects.len() + page.prefixes.len() <= max_keys);
        keys.extend(page.objects.into_iter().map(|(key, _)| key));
        prefixes.extend(page.prefixes);
        match page.next {
            Some(next) => after = Some(next),
            None => return (keys, prefixes),
        }
    }
}

#[test]
fn a_write_is_refused_by_its_condition_and_changes_nothing() {
    let bucket = bucket([]);
    let other = Condition::Matches("x".into());
    assert_eq!(bucket.put("k", object("one"), &other), Err(PutRefused::NoSuchKey));
    assert_eq!(bucket.put("k", object("one"), &Condition::Absent), Ok(()));
    assert_eq!(
        bucket.put("k", object("two"), &Condition::Absent),
        Err(PutRefused::PreconditionFailed)
    );
    assert_eq!(
        bucket.put("k", object("two"), &other),
        Err(PutRefused::PreconditionFailed)
    );
    assert_eq!(bucket.get("k").unwrap().body, "one");
    let etag = bucket.get("k").unwrap().etag.clone();
    assert_eq!(bucket.put("k", object("two"), &Condition::Matches(etag)), Ok(()));
    assert_eq!(bucket.get("k").unwrap().body, "two");
}

proptest! {
    #[test]
    fn pages_add_up_to_what_a_filter_finds(
        keys in proptest::collection::btree_set("[ab/]{1,6}", 0..24),
        prefix in "[ab/]{0,2}",
        delimiter in proptest::option::of(Just("/")),
        max_keys in 1_usize..5,
    ) {
        let bucket = bucket(keys.iter().cloned());
        let (found, prefixes) = pages(&bucket, &prefix, delimiter, max_keys);
        let mut expected_keys = Vec::new();
        let mut expected_prefixes = Vec::new();
        for rest in keys.iter().filter_map(|key| key.strip_prefix(&prefix)) {
            match delimiter.and_then(|delimiter| rest.split_once(delimiter)) {
                Some((common, _)) => expected_prefixes.push(format!("{prefix}{common}/")),
                None => expected_keys.push(format!("{prefix}{rest}")),
            }
        }
        expected_prefixes.dedup();
        prop_assert_eq!(found, expected_keys);
        prop_assert_eq!(prefixes, expected_prefixes);
    }
}
