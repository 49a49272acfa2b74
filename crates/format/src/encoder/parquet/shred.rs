//! Datums taken apart into columns. The walk over a datum checks it; here its values only find their places.

use bytes::Bytes;
use parquet::basic::Type as Physical;
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FloatType, Int32Type, Int64Type,
};
use parquet::errors::ParquetError;
use parquet::file::writer::{SerializedColumnWriter, SerializedRowGroupWriter};
use parquet::schema::types::ColumnDescriptor;

use super::shape::{Content, Node, Shape};
use crate::decode::{Token, Visit};

/// The events of a row group, in columns.
#[derive(Debug)]
pub(super) struct Shredder<'s> {
    root: &'s Node,
    open: Vec<Open<'s>>,
    columns: Vec<Column>,
}

/// A list or record that has begun.
#[derive(Debug, Clone, Copy)]
struct Open<'s> {
    node: &'s Node,
    /// How many of its items or fields have begun.
    begun: usize,
    /// The level of repetition of the next value.
    repetition: i16,
}

#[derive(Debug)]
struct Column {
    values: Values,
    definitions: Vec<i16>,
    repetitions: Vec<i16>,
    has_definitions: bool,
    has_repetitions: bool,
}

#[derive(Debug)]
enum Values {
    Boolean(Vec<bool>),
    Int(Vec<i32>),
    Long(Vec<i64>),
    Float(Vec<f32>),
    Double(Vec<f64>),
    /// All texts, and where each ends.
    Text(Vec<u8>, Vec<usize>),
}

impl<'s> Shredder<'s> {
    pub(super) fn new(shape: &'s Shape) -> Self {
        let column = |descriptor: &std::sync::Arc<ColumnDescriptor>| Column {
            values: Values::of(descriptor.physical_type()),
            definitions: Vec::new(),
            repetitions: Vec::new(),
            has_definitions: descriptor.max_def_level() > 0,
            has_repetitions: descriptor.max_rep_level() > 0,
        };
        Self {
            root: &shape.root,
            open: Vec::new(),
            columns: shape.descriptor.columns().iter().map(column).collect(),
        }
    }

    /// Writes the columns, and empties them.
    pub(super) fn write(
        &mut self,
        group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    ) -> Result<(), ParquetError> {
        for column in &mut self.columns {
            let mut writer = group
                .next_column()?
                .ok_or_else(|| ParquetError::General("a column too many".to_owned()))?;
            column.write(&mut writer)?;
            writer.close()?;
        }
        Ok(())
    }

    /// The place of the value that comes next, and its level of repetition.
    fn next(&mut self) -> (&'s Node, i16) {
        let Some(open) = self.open.last_mut() else {
            return (self.root, 0);
        };
        let repetition = open.repetition;
        let node = match &open.node.content {
            Content::List(level, item) => {
                open.repetition = *level;
                item
            }
            Content::Record(fields) => fields.get(open.begun).unwrap_or(open.node),
            Content::Value => open.node,
        };
        open.begun += 1;
        (node, repetition)
    }

    /// Says of all columns of a value that it is not there.
    fn absent(&mut self, node: &Node, definition: i16, repetition: i16) {
        for column in self.columns.get_mut(node.columns.clone()).unwrap_or_default() {
            column.level(definition, repetition);
        }
    }

    fn value(&mut self, token: Token<'_>) {
        let (node, repetition) = self.next();
        if let Some(column) = self.columns.get_mut(node.columns.start) {
            column.level(node.definition, repetition);
            column.values.push(token);
        }
    }
}

impl Visit for Shredder<'_> {
    fn token(&mut self, token: Token<'_>) {
        match token {
            Token::Key(_) => {}
            Token::Null => {
                let (node, repetition) = self.next();
                self.absent(node, node.definition - 1, repetition);
            }
            Token::Open(_) => {
                let (node, repetition) = self.next();
                self.open.push(Open {
                    node,
                    begun: 0,
                    repetition,
                });
            }
            Token::Close(_) => {
                let Some(open) = self.open.pop() else { return };
                if open.begun == 0 && matches!(open.node.content, Content::List(..)) {
                    self.absent(open.node, open.node.definition, open.repetition);
                }
            }
            value => self.value(value),
        }
    }
}

impl Column {
    fn level(&mut self, definition: i16, repetition: i16) {
        if self.has_definitions {
            self.definitions.push(definition);
        }
        if self.has_repetitions {
            self.repetitions.push(repetition);
        }
    }

    fn write(&mut self, writer: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        let definitions = self.has_definitions.then_some(self.definitions.as_slice());
        let repetitions = self.has_repetitions.then_some(self.repetitions.as_slice());
        match &mut self.values {
            Values::Boolean(values) => write::<BoolType>(writer, values, definitions, repetitions),
            Values::Int(values) => write::<Int32Type>(writer, values, definitions, repetitions),
            Values::Long(values) => write::<Int64Type>(writer, values, definitions, repetitions),
            Values::Float(values) => write::<FloatType>(writer, values, definitions, repetitions),
            Values::Double(values) => write::<DoubleType>(writer, values, definitions, repetitions),
            Values::Text(text, ends) => {
                let text = Bytes::from(std::mem::take(text));
                let mut start = 0;
                let mut values = ends
                    .drain(..)
                    .map(|end| {
                        let value = ByteArray::from(text.slice(start..end));
                        start = end;
                        value
                    })
                    .collect();
                write::<ByteArrayType>(writer, &mut values, definitions, repetitions)
            }
        }?;
        self.definitions.clear();
        self.repetitions.clear();
        Ok(())
    }
}

fn write<T: DataType>(
    writer: &mut SerializedColumnWriter<'_>,
    values: &mut Vec<T::T>,
    definitions: Option<&[i16]>,
    repetitions: Option<&[i16]>,
) -> Result<(), ParquetError> {
    writer
        .typed::<T>()
        .write_batch(values, definitions, repetitions)?;
    values.clear();
    Ok(())
}

impl Values {
    const fn of(physical: Physical) -> Self {
        match physical {
            Physical::BOOLEAN => Self::Boolean(Vec::new()),
            Physical::INT32 => Self::Int(Vec::new()),
            Physical::INT64 | Physical::INT96 => Self::Long(Vec::new()),
            Physical::FLOAT => Self::Float(Vec::new()),
            Physical::DOUBLE => Self::Double(Vec::new()),
            Physical::BYTE_ARRAY | Physical::FIXED_LEN_BYTE_ARRAY => Self::Text(Vec::new(), Vec::new()),
        }
    }

    fn push(&mut self, token: Token<'_>) {
        match (self, token) {
            (Self::Boolean(values), Token::Boolean(value)) => values.push(value),
            // The walk has checked that an `int` has 32 bits.
            (Self::Int(values), Token::Integer(value)) => values.push(value as i32),
            (Self::Long(values), Token::Integer(value)) => values.push(value),
            (Self::Float(values), Token::Float(value)) => values.push(value),
            (Self::Double(values), Token::Double(value)) => values.push(value),
            (Self::Text(all, ends), Token::Text(text)) => {
                all.extend_from_slice(text.as_bytes());
                ends.push(all.len());
            }
            // The shape is that of the schema which the walk goes by.
            _ => {}
        }
    }
}
