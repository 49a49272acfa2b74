//! Columns put together to datums. Every level that a column gives is compared with the one that has to come, so that columns which
//! contradict one another are damage, whatever they hold.

use super::column::{Column, Levels};
use super::footer::Group;
use super::invalid;
use super::pages::Budget;
use super::shape::{Content, Node, Shape};
use crate::datum::prefix_len;
use crate::encoder::datums::Datums;
use crate::error::Error;

/// How many bytes of datums share an allocation.
const BATCH: usize = 64 * 1024;

/// Puts the events of a group together.
pub(super) fn group(
    shape: &Shape,
    object: &[u8],
    group: &Group,
    budget: &mut Budget,
    datums: &mut Datums,
) -> Result<(), Error> {
    let descriptors = shape.descriptor.columns();
    if descriptors.len() != group.columns.len() {
        return Err(invalid("a group of rows does not have all columns"));
    }
    let columns: Result<Vec<Column>, Error> = descriptors
        .iter()
        .zip(&group.columns)
        .map(|(descriptor, chunk)| Column::new(descriptor, object, chunk, budget))
        .collect();
    let mut assembly = Assembly {
        columns: columns?,
        budget,
        out: Vec::new(),
        most: 0,
    };
    let mut ends = Vec::new();
    for _ in 0..group.rows {
        assembly.most = assembly.out.len().saturating_add(datums.left());
        assembly.value(&shape.root, 0)?;
        ends.push(assembly.out.len());
        if assembly.out.len() >= BATCH {
            datums.push_all(std::mem::take(&mut assembly.out), &mut ends)?;
        }
    }
    datums.push_all(std::mem::take(&mut assembly.out), &mut ends)?;
    for column in &mut assembly.columns {
        if column.peek(assembly.budget)?.is_some() {
            return Err(invalid("a column has more values than there are rows"));
        }
    }
    Ok(())
}

/// Events, as far as they are together.
struct Assembly<'a> {
    columns: Vec<Column>,
    budget: &'a mut Budget,
    out: Vec<u8>,
    /// How long `out` may become.
    most: usize,
}

impl Assembly<'_> {
    fn value(&mut self, node: &Node, repetition: i16) -> Result<(), Error> {
        if let Some(null) = node.null {
            if self.definition(node)? < node.definition {
                self.out.push(null);
                return self.absent(node, node.definition - 1, repetition);
            }
            self.out.push(null ^ 2);
        }
        match &node.content {
            Content::Value => {
                let levels = Levels {
                    definition: node.definition,
                    repetition,
                };
                let column = self.columns.get_mut(node.columns.start).ok_or_else(cut)?;
                column.take(levels, self.budget)?;
                column.append(&mut self.out)
            }
            Content::Record(fields) => fields.iter().try_for_each(|field| self.value(field, repetition)),
            Content::List(level, item) => self.list(node, *level, item, repetition),
        }
    }

    fn list(&mut self, node: &Node, level: i16, item: &Node, repetition: i16) -> Result<(), Error> {
        if self.definition(node)? <= node.definition {
            self.absent(node, node.definition, repetition)?;
            self.out.push(0);
            return Ok(());
        }
        let start = self.out.len();
        self.value(item, repetition)?;
        let mut count = 1;
        while self.peek(node)?.is_some_and(|next| next.repetition == level) {
            self.value(item, level)?;
            count += 1;
            // A few bytes can say that an item comes a thousand million times.
            if self.out.len() > self.most {
                return Err(invalid("its events take more than 1 GiB of memory"));
            }
        }
        prefix_len(count, start, &mut self.out);
        self.out.push(0);
        Ok(())
    }

    /// The levels of the first column of a value, unless that column is at its end.
    fn peek(&mut self, node: &Node) -> Result<Option<Levels>, Error> {
        let column = self.columns.get_mut(node.columns.start).ok_or_else(cut)?;
        column.peek(self.budget)
    }

    fn definition(&mut self, node: &Node) -> Result<i16, Error> {
        Ok(self.peek(node)?.ok_or_else(cut)?.definition)
    }

    fn absent(&mut self, node: &Node, definition: i16, repetition: i16) -> Result<(), Error> {
        // One byte of what comes out may stand for as many steps as there are columns.
        self.budget.take(node.columns.len().saturating_sub(1))?;
        let levels = Levels {
            definition,
            repetition,
        };
        let columns = self.columns.get_mut(node.columns.clone()).unwrap_or_default();
        columns
            .iter_mut()
            .try_for_each(|column| column.take(levels, self.budget))
    }
}

fn cut() -> Error {
    invalid("a column has fewer values than there are rows")
}
