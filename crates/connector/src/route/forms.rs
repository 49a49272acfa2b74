//! The forms in which the events of one workspace and type are stored: one for each distinct set of transformations that their
//! takers ask for. Knows no routes.

use bucketline_format::transform::{Plan, Transforms};
use bucketline_format::{Error, Schema};

/// The most forms of one event that its frame can name.
pub(crate) const MAX_FORMS: usize = 255;

/// The distinct forms, and which of them each taker gets.
#[derive(Debug)]
pub(crate) struct Forms {
    plans: Vec<Plan>,
    of_takers: Vec<u8>,
}

impl Forms {
    /// The forms for takers with these transformations. Events as they came stand first, where anybody takes them so.
    ///
    /// # Errors
    ///
    /// A field that is chosen cannot take what would be put in its place: refused at start, too.
    pub(crate) fn new(schema: &Schema, takers: &[Transforms]) -> Result<Self, Error> {
        let mut forms = Self {
            plans: Vec::new(),
            of_takers: Vec::with_capacity(takers.len()),
        };
        let mut known = Vec::new();
        let untouched = Transforms::default();
        if takers.contains(&untouched) {
            forms.form_of(schema, &untouched, &mut known)?;
        }
        for transforms in takers {
            let form = forms.form_of(schema, transforms, &mut known)?;
            forms.of_takers.push(form);
        }
        Ok(forms)
    }

    fn form_of<'t>(
        &mut self,
        schema: &Schema,
        transforms: &'t Transforms,
        known: &mut Vec<(&'t Transforms, u8)>,
    ) -> Result<u8, Error> {
        if let Some((_, form)) = known.iter().find(|(known, _)| *known == transforms) {
            return Ok(*form);
        }
        let plan = transforms.plan(schema.record())?;
        // What does the same to this type is one form, however it is asked for.
        let place = self.plans.iter().position(|known| *known == plan);
        let place = place.unwrap_or_else(|| {
            self.plans.push(plan);
            self.plans.len() - 1
        });
        let form = u8::try_from(place).unwrap_or(u8::MAX);
        known.push((transforms, form));
        Ok(form)
    }

    /// What is done for each form.
    pub(crate) fn plans(&self) -> &[Plan] {
        &self.plans
    }

    /// The form that each taker gets, in their order.
    pub(crate) fn of_takers(&self) -> &[u8] {
        &self.of_takers
    }
}
