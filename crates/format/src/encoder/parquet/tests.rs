//! How much a file may ask for, and what the columns of one may say.

use super::*;
use crate::record::RecordSchema;

const LISTS: &str = r#"{"type":"record","name":"L","fields":[
    {"name":"a","type":{"type":"array","items":["null","string"]}}]}"#;

fn datum(schema: &RecordSchema, event: &str) -> Vec<u8> {
    let mut datum = Vec::new();
    schema.encode_event(event, &mut datum).unwrap();
    datum
}

/// An object of one group, which says that it has so many rows, and whose column `a` is this page.
fn of_one_page(schema: &RecordSchema, rows: u8, page: &[u8]) -> Vec<u8> {
    let schema_of_footer = Parquet(Packing::Snappy).file(schema, &[], GROUP).unwrap();
    let footer = Footer::of(&schema_of_footer).unwrap();
    assert!(footer.groups.is_empty());
    // The footer again, with a list of one group in place of its empty one: field 4 comes after fields 1 to 3.
    let start = schema_of_footer.len() - 8 - footer_length(&schema_of_footer);
    let old = &schema_of_footer[start..schema_of_footer.len() - 8];
    let empty = old
        .windows(3)
        .position(|bytes| bytes == [0x19, 0x0c, 0x19])
        .unwrap();
    let (size, [low, high]) = (page.len(), zigzag(page.len()));
    assert!((64..4096).contains(&size));
    // RowGroup { 1: [ColumnChunk { 3: { 4: SNAPPY, 7: size, 9: 4 } }], 3: rows }
    let group = [
        &[
            0x19,
            0x1c,
            0x19,
            0x1c,
            0x3c,
            0x45,
            2,
            0x36,
            low,
            high,
            0x26,
            8,
            0,
            0,
            0x26,
            rows * 2,
            0,
        ][..],
        &old[empty + 2..],
    ]
    .concat();
    let footer = [&old[..empty], &group].concat();
    let length = u32::try_from(footer.len()).unwrap().to_le_bytes();
    [b"PAR1", page, &footer, &length, b"PAR1"].concat()
}

fn footer_length(object: &[u8]) -> usize {
    let length = object[object.len() - 8..object.len() - 4].try_into().unwrap();
    u32::from_le_bytes(length) as usize
}

/// A number of 64 to 8191 as Thrift writes it: in two bytes.
fn zigzag(number: usize) -> [u8; 2] {
    let folded = number * 2;
    [(folded & 0x7f) as u8 | 0x80, u8::try_from(folded >> 7).unwrap()]
}

/// A data page: its header and its content, compressed.
fn page(values: &[u8], encoding: u8, content: &[u8]) -> Vec<u8> {
    let packed = snap::raw::Encoder::new().compress_vec(content).unwrap();
    let ([low, high], [packed_low, packed_high]) = (zigzag(content.len()), zigzag(packed.len()));
    let header = [
        0x15,
        0,
        0x15,
        low,
        high,
        0x15,
        packed_low,
        packed_high,
        0x2c,
        0x15,
    ];
    [
        &header,
        values,
        &[0x15, encoding * 2, 0x15, 6, 0x15, 6, 0, 0],
        &packed,
    ]
    .concat()
}

/// Levels behind their length.
fn levels(runs: &[u8]) -> Vec<u8> {
    [&u32::try_from(runs.len()).unwrap().to_le_bytes(), runs].concat()
}

/// Texts that do not pack, so that a page is of the size that its header has room for.
fn filler() -> Vec<u8> {
    let text: Vec<u8> = (0..100_u8).map(|n| b'!' + n.wrapping_mul(37) % 90).collect();
    [&100_u32.to_le_bytes(), text.as_slice()].concat()
}

#[test]
fn a_page_of_ours_is_read_from_its_description() {
    let schema = RecordSchema::parse(LISTS).unwrap();
    // Two rows: a list of one text; a list of two nulls. Levels 0 0 1 and 2 1 1.
    let content = [levels(&[4, 0, 2, 1]), levels(&[2, 2, 4, 1]), filler()].concat();
    let object = of_one_page(&schema, 2, &page(&[6], 0, &content));
    let read = read_alone(&object).unwrap().1;
    assert_eq!(schema.decode_event(&read[1]).unwrap(), r#"{"a":[null,null]}"#);
    assert_eq!(read.len(), 2);
    for rows in [1, 3] {
        let object = of_one_page(&schema, rows, &page(&[6], 0, &content));
        let error = read_alone(&object).unwrap_err().to_string();
        assert!(error.contains("values than there are rows"), "{rows}: {error}");
    }
}

#[test]
fn a_list_of_a_thousand_million_items_in_a_few_bytes_is_refused() {
    let schema = RecordSchema::parse(LISTS).unwrap();
    let endless = [0xfe, 0xff, 0xff, 0xff, 0x0f];
    // The first value begins an event, and all others go on with its list: null, null, null...
    let repetitions = levels(&[&[2, 0], &endless[..], &[1]].concat());
    let definitions = levels(&[&[2, 2], &endless[..], &[1]].concat());
    let content = [repetitions, definitions, filler()].concat();
    let object = of_one_page(&schema, 1, &page(&endless, 0, &content));
    let footer = Footer::of(&object).unwrap();
    let read = read_within(&schema, &footer, &object, MAX_UNPACKED, Datums::within(100_000));
    let error = read.unwrap_err().to_string();
    assert!(error.contains("events take more than 1 GiB"), "{error}");
}

/// Found by changed bytes: the `parquet` crate asserts that a run has its number behind it.
#[test]
fn levels_and_references_that_are_cut_off_are_damage() {
    let schema = RecordSchema::parse(LISTS).unwrap();
    for (encoding, content) in [
        (0, [levels(&[2]), levels(&[2, 2]), filler()].concat()),
        (0, [levels(&[2, 0]), levels(&[3]), filler()].concat()),
        (0, [filler(), filler()].concat()),
        // A dictionary's references: their width, and a run without its number.
        (
            8,
            [levels(&[2, 0]), levels(&[2, 2]), filler(), vec![3, 2]].concat(),
        ),
    ] {
        let object = of_one_page(&schema, 1, &page(&[2], encoding, &content));
        let error = read_alone(&object).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidObject, "{error}");
    }
}

#[test]
fn references_need_a_dictionary_and_a_value_in_it() {
    let schema = RecordSchema::parse(LISTS).unwrap();
    let content = [levels(&[2, 0]), levels(&[2, 2]), vec![1, 2, 1], filler()].concat();
    let object = of_one_page(&schema, 1, &page(&[2], 8, &content));
    let error = read_alone(&object).unwrap_err().to_string();
    assert!(error.contains("refers to none"), "{error}");
}

#[test]
fn groups_are_bounded_and_follow_one_another() {
    let schema = RecordSchema::parse(LISTS).unwrap();
    let events: Vec<Vec<u8>> = (0..10)
        .map(|n| datum(&schema, &format!(r#"{{"a":["{n:050}",null]}}"#)))
        .collect();
    let datums: Vec<&[u8]> = events.iter().map(Vec::as_slice).collect();
    let object = Parquet(Packing::Zstandard).file(&schema, &datums, 150).unwrap();
    let rows = |object: &[u8]| {
        let groups = Footer::of(object).unwrap().groups;
        groups.iter().map(|group| group.rows).collect::<Vec<_>>()
    };
    assert_eq!(rows(&object), [3, 3, 3, 1]);
    assert_eq!(read_alone(&object).unwrap().1, events);
    let whole = Parquet(Packing::Zstandard).file(&schema, &datums, GROUP).unwrap();
    assert_eq!(rows(&whole), [10]);
    assert!(Parquet(Packing::Snappy).same_events(&object, &whole));
}

#[test]
fn pages_unpack_to_no_more_than_memory_is_meant_for() {
    let schema = RecordSchema::parse(LISTS).unwrap();
    let text = format!(r#"{{"a":["{}"]}}"#, "a".repeat(60_000));
    let event = datum(&schema, &text);
    for packing in [Packing::Snappy, Packing::Zstandard] {
        // In groups of one event, so that no dictionary holds the text once for all.
        let object = Parquet(packing)
            .file(&schema, &[event.as_slice(); 10], 1)
            .unwrap();
        assert!(object.len() < 100_000, "{packing:?}: {}", object.len());
        let footer = Footer::of(&object).unwrap();
        let within = |unpacked, memory| {
            read_within(&schema, &footer, &object, unpacked, Datums::within(memory))
                .map(|datums| datums.len())
        };
        assert_eq!(within(MAX_UNPACKED, 1 << 20).unwrap(), 10, "{packing:?}");
        let error = within(300_000, 1 << 20).unwrap_err().to_string();
        assert!(
            error.contains("pages unpack to more than 1 GiB"),
            "{packing:?}: {error}"
        );
        let error = within(MAX_UNPACKED, 300_000).unwrap_err().to_string();
        assert!(
            error.contains("events take more than 1 GiB"),
            "{packing:?}: {error}"
        );
    }
}

#[test]
fn columns_of_another_schema_are_not_taken_for_ours() {
    let schema = RecordSchema::parse(LISTS).unwrap();
    let object = Parquet(Packing::Snappy)
        .file(&schema, &[&datum(&schema, r#"{"a":[]}"#)], GROUP)
        .unwrap();
    // The name in the schema of the columns, not the one in the Avro schema.
    let place = object
        .windows(3)
        .position(|bytes| bytes == [0x18, 1, b'a'])
        .unwrap();
    let renamed: Vec<usize> = (place..object.len() - 2)
        .filter(|at| object[*at..at + 3] == [0x18, 1, b'a'])
        .collect();
    let mut refused = 0;
    for at in renamed {
        let mut other = object.clone();
        other[at + 2] = b'b';
        let error = Parquet(Packing::Snappy)
            .read(&schema, &other)
            .map(|read| read.len());
        refused +=
            usize::from(error.is_err_and(|error| error.to_string().contains("not those of the schema")));
    }
    assert!(refused >= 1);
}
