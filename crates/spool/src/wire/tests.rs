//! That records may grow: what a later version adds is passed over here, and what an earlier one lacks has its default.

use bytes::Bytes;

use super::{Fields, Malformed, OtherVersion, Put, Take, Wire};

/// As today's reader knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Small {
    key: String,
}

/// As the next one will: with a field that an older reader may ignore.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Grown {
    key: String,
    note: Option<u64>,
}

/// As one that demands its field in version 2 of the body.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Demanding {
    key: String,
    mode: u8,
}

wire_fields!(Small { key: String });
wire_fields!(Grown { key: String } + { note: Option<u64> = None });

impl Fields for Demanding {
    const LEAST_FIELDS: usize = 4;

    fn put_fields(&self, out: &mut Put<'_>) {
        self.key.put(out);
        self.mode.put(out);
    }

    fn take_fields(input: &mut Take<'_>) -> Result<Self, Malformed> {
        Ok(Self {
            key: Wire::take(input)?,
            mode: input.later(2, 7)?,
        })
    }
}

wire_nested!(Demanding);

fn laid<T: Wire>(value: &T) -> Bytes {
    let mut bytes = Vec::new();
    value.put(&mut Put::new(&mut bytes));
    bytes.into()
}

fn read<T: Wire>(body: &Bytes, version: u8) -> Result<T, Malformed> {
    T::take(&mut Take::new(body, version))
}

/// Three in a row, so that one that is misread spoils the next.
fn three<T: Clone>(item: T) -> Vec<T> {
    vec![item; 3]
}

#[test]
fn an_added_field_is_passed_over_by_the_reader_before_it() {
    let (key, note) = ("a/b".to_owned(), Some(9));
    let written = laid(&three(Grown {
        key: key.clone(),
        note,
    }));
    assert_eq!(read::<Vec<Small>>(&written, 1), Ok(three(Small { key })));
}

#[test]
fn a_field_that_is_not_there_has_its_default() {
    let key = "a/b".to_owned();
    let written = laid(&three(Small { key: key.clone() }));
    assert_eq!(
        read::<Vec<Grown>>(&written, 1),
        Ok(three(Grown { key, note: None }))
    );
}

#[test]
fn a_field_that_a_version_demands_may_lack_before_it_alone() {
    let key = "a/b".to_owned();
    let written = laid(&three(Small { key: key.clone() }));
    assert_eq!(
        read::<Vec<Demanding>>(&written, 1),
        Ok(three(Demanding { key, mode: 7 }))
    );
    assert!(read::<Vec<Demanding>>(&written, 2).is_err());
}

#[test]
fn a_record_within_a_body_never_reads_behind_its_length() {
    let mut bytes = laid(&Small {
        key: "key".to_owned(),
    })
    .to_vec();
    // The record ends in the middle of its text; what follows it is no part of it.
    bytes[0] -= 2;
    bytes.extend_from_slice(b"behind");
    assert!(read::<Small>(&bytes.into(), 1).is_err());
}

#[test]
fn what_a_later_version_adds_is_laid_behind_every_record() {
    let mut bytes = Vec::new();
    let mut put = Put::new(&mut bytes);
    put.other = OtherVersion::Later(3);
    let value = three(Small { key: "x".to_owned() });
    value.put(&mut put);
    assert_eq!(bytes.len(), laid(&value).len() + 3 * 3);
    assert_eq!(read(&bytes.into(), 1), Ok(value));
}
