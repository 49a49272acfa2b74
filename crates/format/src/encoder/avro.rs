//! Avro object container files, as an encoder.
//! The bytes are [`ocf::build`](crate::ocf::build)'s; here stands only what is said of them.

use bytes::Bytes;

use super::Encoder;
use super::datums::Datums;
use crate::error::{Error, ErrorKind};
use crate::ocf::{self, Codec, Reader};
use crate::record::RecordSchema;

/// Blocks as they are, or compressed.
#[derive(Debug)]
pub(super) struct Avro(pub(super) Codec);

#[deny(clippy::missing_trait_methods)]
impl Encoder for Avro {
    fn format(&self) -> &'static str {
        "avro"
    }

    fn codec(&self) -> &'static str {
        self.0.name()
    }

    fn version(&self) -> u32 {
        ocf::ENCODER_VERSION
    }

    fn extension(&self) -> &'static str {
        "avro"
    }

    fn media_type(&self) -> &'static str {
        // Avro's own `avro/binary` is registered nowhere.
        "application/octet-stream"
    }

    fn encode(&self, schema: &RecordSchema, marker: [u8; 16], datums: &[&[u8]]) -> Result<Vec<Bytes>, Error> {
        ocf::build(schema.text(), self.0, marker, datums.iter().copied())
    }

    fn read(&self, schema: &RecordSchema, object: &[u8]) -> Result<Vec<Bytes>, Error> {
        let reader = Reader::new(object)?;
        if reader.schema().text() != schema.text() {
            return Err(Error::new(
                ErrorKind::InvalidObject,
                "the schema in its header is not the one that its key names",
            ));
        }
        let mut datums = Datums::new();
        for datum in reader {
            datums.push(datum?)?;
        }
        Ok(datums.into_vec())
    }

    fn same_events(&self, one: &[u8], other: &[u8]) -> bool {
        let (Ok(mut one), Ok(mut other)) = (Reader::new(one), Reader::new(other)) else {
            return false;
        };
        if one.schema().text() != other.schema().text() {
            return false;
        }
        // One by one, since the other object is somebody else's, and of any size. Damage is equal to nothing, not even to the same
        // damage.
        loop {
            match (one.next(), other.next()) {
                (None, None) => return true,
                (Some(Ok(one)), Some(Ok(other))) if one == other => {}
                _ => return false,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: &str = r#"{"type":"record","name":"View","fields":[{"name":"id","type":"string"}]}"#;

    fn object(marker: u8, ids: &[&str]) -> Vec<u8> {
        let schema = RecordSchema::parse(SCHEMA).unwrap();
        let datums: Vec<Vec<u8>> = ids
            .iter()
            .map(|id| {
                let mut datum = Vec::new();
                schema
                    .encode_event(&format!(r#"{{"id":"{id}"}}"#), &mut datum)
                    .unwrap();
                datum
            })
            .collect();
        let datums: Vec<&[u8]> = datums.iter().map(Vec::as_slice).collect();
        Avro(Codec::Null)
            .encode(&schema, [marker; 16], &datums)
            .unwrap()
            .concat()
    }

    #[test]
    fn events_are_compared_and_not_bytes() {
        let ours = object(1, &["a", "b"]);
        assert!(Avro(Codec::Null).same_events(&ours, &ours));
        assert!(
            Avro(Codec::Null).same_events(&ours, &object(2, &["a", "b"])),
            "another marker"
        );
        assert!(
            !Avro(Codec::Null).same_events(&ours, &object(1, &["b", "a"])),
            "another order"
        );
        assert!(!Avro(Codec::Null).same_events(&ours, &object(1, &["a"])), "fewer");
        let damaged = &ours[..ours.len() - 1];
        assert!(!Avro(Codec::Null).same_events(&ours, damaged));
        assert!(
            !Avro(Codec::Null).same_events(damaged, damaged),
            "damage proves nothing"
        );
    }
}
