//! Rules worked out for one schema, and their work on a datum: what nothing is done to is copied as it is.
//! Knows neither event types nor connectors.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::rule::{Action, OnText, Selector};
use super::{Site, Transforms};
use crate::datum::{Damage, Input, write_bytes};
use crate::error::{Error, ErrorKind};
use crate::record::{Kind, Record, RecordSchema, Type};

/// What is done to each datum of one schema. Two plans that are equal do the same.
#[derive(Debug, Clone)]
pub struct Plan {
    schema: RecordSchema,
    /// `None`: nothing at all.
    steps: Option<Arc<Steps>>,
}

type Steps = Vec<Step>;

/// What is done to one value.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Copy,
    Null,
    Text(OnText),
    Items(Box<Self>),
    Fields(Steps),
}

impl Plan {
    /// Whether datums stay as they are.
    #[must_use]
    pub const fn is_copy(&self) -> bool {
        self.steps.is_none()
    }

    /// Appends what becomes of a datum.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidDatum`] if the bytes are not one datum as [`RecordSchema::encode_event`] writes it; `out` is then as it was.
    pub fn apply(&self, datum: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let Some(steps) = &self.steps else {
            out.extend_from_slice(datum);
            return Ok(());
        };
        let base = out.len();
        let mut work = Work {
            datum,
            input: Input::new(datum),
            copied: 0,
            out,
        };
        let done = work.record(self.schema.record(), steps).and_then(|()| {
            let whole = work.input.remaining() == 0;
            work.copy_to(datum.len());
            if whole { Ok(()) } else { Err(Damage::Length) }
        });
        done.map_err(|damage| {
            out.truncate(base);
            Error::new(
                ErrorKind::InvalidDatum,
                format!("not a datum of its schema: {damage}"),
            )
        })
    }
}

impl PartialEq for Plan {
    fn eq(&self, other: &Self) -> bool {
        self.steps == other.steps && self.schema == other.schema
    }
}

impl Eq for Plan {}

/// One pass over a datum.
struct Work<'a, 'o> {
    datum: &'a [u8],
    input: Input<'a>,
    /// How much of the datum has been copied or replaced.
    copied: usize,
    out: &'o mut Vec<u8>,
}

impl Work<'_, '_> {
    /// Copies what was passed over, up to `end`.
    fn copy_to(&mut self, end: usize) {
        self.out
            .extend_from_slice(self.datum.get(self.copied..end).unwrap_or_default());
        self.copied = end;
    }

    fn record(&mut self, record: &Record, steps: &[Step]) -> Result<(), Damage> {
        for (field, step) in record.fields().iter().zip(steps) {
            self.value(field.avro_type(), step)?;
        }
        Ok(())
    }

    fn value(&mut self, of: &Type, step: &Step) -> Result<(), Damage> {
        let start = self.input.position();
        match step {
            Step::Copy => return skip(of, &mut self.input),
            Step::Null => {
                skip(of, &mut self.input)?;
                self.copy_to(start);
                self.out.extend(of.null_branch());
                self.copied = self.input.position();
                return Ok(());
            }
            Step::Text(_) | Step::Items(_) | Step::Fields(_) => {}
        }
        if is_null(of, &mut self.input)? {
            return Ok(());
        }
        match (of.kind(), step) {
            (Kind::String, Step::Text(on_text)) => {
                let start = self.input.position();
                let len = self.input.len()?;
                let text = self.input.take(len)?;
                self.copy_to(start);
                write_bytes(on_text.replacement(text).as_bytes(), self.out);
                self.copied = self.input.position();
                Ok(())
            }
            (Kind::Array(item), Step::Items(step)) => {
                // Sizes of blocks, which come with negative counts, would have to be written anew: our own datums have none.
                while let count @ 1.. = self.input.len()? {
                    for _ in 0..count {
                        self.value(item, step)?;
                    }
                }
                Ok(())
            }
            (Kind::Record(record), Step::Fields(steps)) => self.record(record, steps),
            // A plan is made of the schema that it is for.
            _ => Err(Damage::Length),
        }
    }
}

/// Reads which branch of a union is taken, where there is one.
fn is_null(of: &Type, input: &mut Input<'_>) -> Result<bool, Damage> {
    match of.null_branch() {
        None => Ok(false),
        Some(null) => match input.byte()? {
            byte if byte == null => Ok(true),
            byte if byte == null ^ 2 => Ok(false),
            _ => Err(Damage::Length),
        },
    }
}

/// Passes over a value.
fn skip(of: &Type, input: &mut Input<'_>) -> Result<(), Damage> {
    if is_null(of, input)? {
        return Ok(());
    }
    match of.kind() {
        Kind::Boolean => input.take(1).map(drop),
        Kind::Int | Kind::Long => input.long().map(drop),
        Kind::Float => input.take(4).map(drop),
        Kind::Double => input.take(8).map(drop),
        Kind::String => {
            let len = input.len()?;
            input.take(len).map(drop)
        }
        Kind::Array(item) => {
            while let count @ 1.. = input.len()? {
                for _ in 0..count {
                    skip(item, input)?;
                }
            }
            Ok(())
        }
        Kind::Record(record) => record
            .fields()
            .iter()
            .try_for_each(|field| skip(field.avro_type(), input)),
    }
}

/// A field that cannot take what a rule would put in its place.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    pub(super) site: Site,
    /// The field's path.
    field: String,
    type_text: String,
    action: Action,
}

impl Fault {
    pub(super) fn what(&self) -> String {
        let Self { field, type_text, .. } = self;
        match &self.action {
            Action::Drop => {
                format!("`{field}` is a `{type_text}`, which may not be null, so it cannot be dropped")
            }
            action => format!(
                "`{field}` is a `{type_text}`, which cannot take the text that `{}` would put in its place",
                action.name()
            ),
        }
    }

    pub(super) const fn advice(&self) -> &'static str {
        match self.action {
            Action::Drop => {
                "use `remove`, which puts a text in its place, or do not take that event type; `keep` the field by its name if it may be seen"
            }
            _ => {
                "`drop` it where it may be null, or do not take that event type; `keep` the field by its name if it may be seen"
            }
        }
    }
}

/// Works out rules for a schema.
pub(super) struct Planner<'a> {
    transforms: &'a Transforms,
    used: BTreeSet<Site>,
    faults: Vec<Fault>,
}

impl<'a> Planner<'a> {
    /// The plan, which selectors chose anything, and what does not fit.
    pub(super) fn plan(
        transforms: &'a Transforms,
        schema: &RecordSchema,
    ) -> (Plan, BTreeSet<Site>, Vec<Fault>) {
        let mut planner = Self {
            transforms,
            used: BTreeSet::new(),
            faults: Vec::new(),
        };
        let step = match transforms.is_empty() {
            true => Step::Copy,
            false => planner.record(schema.record(), ""),
        };
        let steps = match step {
            Step::Fields(steps) => Some(Arc::new(steps)),
            _ => None,
        };
        let plan = Plan {
            schema: schema.clone(),
            steps,
        };
        (plan, planner.used, planner.faults)
    }

    fn record(&mut self, record: &Record, within: &str) -> Step {
        let mut steps = Vec::with_capacity(record.fields().len());
        for field in record.fields() {
            let path = format!("{within}{}", field.name());
            let of = field.avro_type();
            steps.push(match self.chosen(field.name(), &path, field.is_personal()) {
                None | Some((Action::Keep, _)) => self.inside(of, &path),
                Some((action, site)) => {
                    // Rules for what is below it are overruled: they have found their field all the same.
                    let faults = self.faults.len();
                    self.inside(of, &path);
                    self.faults.truncate(faults);
                    self.fitting(of, &action).unwrap_or_else(|| {
                        self.faults.push(Fault {
                            site,
                            field: path,
                            type_text: field.type_text().replace('"', ""),
                            action,
                        });
                        Step::Copy
                    })
                }
            });
        }
        match steps.iter().all(|step| *step == Step::Copy) {
            true => Step::Copy,
            false => Step::Fields(steps),
        }
    }

    /// What lies within a value that is not chosen itself.
    fn inside(&mut self, of: &Type, path: &str) -> Step {
        match of.kind() {
            Kind::Record(record) => self.record(record, &format!("{path}.")),
            Kind::Array(item) => match self.inside(item, path) {
                Step::Copy => Step::Copy,
                step => Step::Items(Box::new(step)),
            },
            _ => Step::Copy,
        }
    }

    /// The rule that chooses a field: by path before name before tag.
    fn chosen(&mut self, name: &str, path: &str, personal: bool) -> Option<(Action, Site)> {
        let rules = self.transforms.rules.as_ref()?;
        let tagged = personal.then_some(Selector::Personal);
        let selectors = [Some(Selector::field(path)), Some(Selector::field(name)), tagged];
        let mut chosen = None;
        for selector in selectors.into_iter().flatten() {
            if let Some((action, site)) = rules.chosen.get(&selector) {
                // One that is overruled is of use all the same.
                self.used.insert(*site);
                chosen.get_or_insert_with(|| (action.clone(), *site));
            }
        }
        chosen
    }

    /// The step of an action on a value of this type, if it fits.
    fn fitting(&self, of: &Type, action: &Action) -> Option<Step> {
        match action.on_text() {
            None => of.null_branch().map(|_| Step::Null),
            Some(on_text) => texts(of, &on_text),
        }
    }
}

/// The step on a text, or on a list of texts.
fn texts(of: &Type, on_text: &OnText) -> Option<Step> {
    match of.kind() {
        Kind::String => Some(Step::Text(on_text.clone())),
        Kind::Array(item) => texts(item, on_text).map(|step| Step::Items(Box::new(step))),
        _ => None,
    }
}
