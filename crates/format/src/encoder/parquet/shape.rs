//! What a schema's records are in columns: which values lie in which column, and at which levels of definition and repetition.
//! Knows no values.
//!
//! Lists have the three levels that the Parquet format prescribes, and every annotation comes from the Avro schema: a `string` is text.
//!
//! Source: the Parquet format, "Nested Encoding" and "Logical Types".

use std::ops::Range;
use std::sync::Arc;

use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::errors::ParquetError;
use parquet::schema::types::{SchemaDescriptor, Type as ParquetType};

use crate::record::{Kind, Record, Type};

/// A value's place in the columns.
#[derive(Debug)]
pub(super) struct Node {
    /// How a datum says null here, if it may.
    pub(super) null: Option<u8>,
    /// The level of definition at which the value is there.
    pub(super) definition: i16,
    /// The columns that hold it.
    pub(super) columns: Range<usize>,
    pub(super) content: Content,
}

/// What a value is made of.
#[derive(Debug)]
pub(super) enum Content {
    /// One column.
    Value,
    /// What the level of repetition of its items is, and what they are.
    List(i16, Box<Node>),
    Record(Vec<Node>),
}

/// A schema in columns.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) root: Node,
    pub(super) descriptor: Arc<SchemaDescriptor>,
}

impl Shape {
    pub(super) fn of(record: &Record) -> Result<Self, ParquetError> {
        let mut fields = Vec::new();
        let mut types = Vec::new();
        let mut columns = 0;
        for field in record.fields() {
            let (node, parquet_type) = node(field.name(), field.avro_type(), 0, 0, &mut columns)?;
            fields.push(node);
            types.push(Arc::new(parquet_type));
        }
        let message = ParquetType::group_type_builder(record.name())
            .with_fields(types)
            .build()?;
        Ok(Self {
            root: Node {
                null: None,
                definition: 0,
                columns: 0..columns,
                content: Content::Record(fields),
            },
            descriptor: Arc::new(SchemaDescriptor::new(Arc::new(message))),
        })
    }
}

fn node(
    name: &str,
    avro: &Type,
    definition: i16,
    repetition: i16,
    columns: &mut usize,
) -> Result<(Node, ParquetType), ParquetError> {
    let null = avro.null_branch();
    let definition = definition + i16::from(null.is_some());
    let first = *columns;
    let presence = if null.is_some() {
        Repetition::OPTIONAL
    } else {
        Repetition::REQUIRED
    };
    let mut value = |physical, logical| {
        *columns += 1;
        let builder = ParquetType::primitive_type_builder(name, physical);
        let parquet_type = builder
            .with_repetition(presence)
            .with_logical_type(logical)
            .build()?;
        Ok::<_, ParquetError>((Content::Value, parquet_type))
    };
    let (content, parquet_type) = match avro.kind() {
        Kind::Boolean => value(Physical::BOOLEAN, None)?,
        Kind::Int => value(Physical::INT32, None)?,
        Kind::Long => value(Physical::INT64, None)?,
        Kind::Float => value(Physical::FLOAT, None)?,
        Kind::Double => value(Physical::DOUBLE, None)?,
        Kind::String => value(Physical::BYTE_ARRAY, Some(LogicalType::String))?,
        Kind::Array(item) => {
            let (item, element) = node("element", item, definition + 1, repetition + 1, columns)?;
            let repeated = ParquetType::group_type_builder("list")
                .with_repetition(Repetition::REPEATED)
                .with_fields(vec![Arc::new(element)])
                .build()?;
            let list = ParquetType::group_type_builder(name)
                .with_repetition(presence)
                .with_logical_type(Some(LogicalType::List))
                .with_fields(vec![Arc::new(repeated)])
                .build()?;
            (Content::List(repetition + 1, Box::new(item)), list)
        }
        Kind::Record(record) => {
            let mut nodes = Vec::new();
            let mut types = Vec::new();
            for field in record.fields() {
                let (node, parquet_type) =
                    node(field.name(), field.avro_type(), definition, repetition, columns)?;
                nodes.push(node);
                types.push(Arc::new(parquet_type));
            }
            let group = ParquetType::group_type_builder(name)
                .with_repetition(presence)
                .with_fields(types)
                .build()?;
            (Content::Record(nodes), group)
        }
    };
    let node = Node {
        null,
        definition,
        columns: first..*columns,
        content,
    };
    Ok((node, parquet_type))
}

#[cfg(test)]
mod tests {
    use parquet::schema::printer::print_schema;

    use super::*;
    use crate::record::RecordSchema;

    #[test]
    fn types_are_those_that_other_readers_expect() {
        let schema = RecordSchema::parse(
            r#"{"type":"record","name":"E","fields":[
                {"name":"id","type":"string"},
                {"name":"count","type":["null","long"],"default":null},
                {"name":"tags","type":["null",{"type":"array","items":["null","string"]}],"default":null},
                {"name":"place","type":{"type":"record","name":"P","fields":[{"name":"x","type":"float"}]}}]}"#,
        )
        .unwrap();
        let shape = Shape::of(schema.record()).unwrap();
        let mut printed = Vec::new();
        print_schema(&mut printed, shape.descriptor.root_schema());
        let wanted = "message E {
  REQUIRED BYTE_ARRAY id (STRING);
  OPTIONAL INT64 count;
  OPTIONAL group tags (LIST) {
    REPEATED group list {
      OPTIONAL BYTE_ARRAY element (STRING);
    }
  }
  REQUIRED group place {
    REQUIRED FLOAT x;
  }
}
";
        assert_eq!(String::from_utf8(printed).unwrap(), wanted);
        for (column, descriptor) in shape.descriptor.columns().iter().enumerate() {
            let levels = (descriptor.max_def_level(), descriptor.max_rep_level());
            assert_eq!(levels, [(0, 0), (1, 0), (3, 1), (0, 0)][column]);
        }
    }
}
