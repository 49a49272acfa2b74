//! What a connector does not get to see: fields that are removed, hashed or dropped from its events before these are stored.
//! Knows schemas and datums; which connector asks for what, and where the bodies are kept, is not known here.

mod key;
mod plan;
mod rule;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use crate::error::{Error, ErrorKind};
use crate::schema::Schema;

pub use key::HmacKey;
pub use plan::Plan;
pub use rule::{Action, FieldPath, Rule, Selector};

/// What [`Action::Remove`] leaves in a text's place.
pub(crate) const REDACTED: &str = "[REDACTED]";

/// The transformations of one connector: which fields are changed, and how. Cloning is cheap.
///
/// A field is chosen by its name, wherever it appears, within records and lists too; by its path from the event's root; or by
/// the `pii` tag of its schema. A path goes before a name and a name before the tag, so that the order of rules means nothing.
///
/// ```
/// use bucketline_format::transform::{Action, Rule, Transforms};
/// use bucketline_format::Schema;
///
/// let schema = Schema::parse("shop.Visit".parse()?, 1.try_into()?, r#"{"type": "record", "name": "Visit", "fields": [
///     {"name": "id", "type": "string"},
///     {"name": "email", "type": "string", "pii": true},
///     {"name": "city", "type": ["null", "string"], "default": null, "pii": true}
/// ]}"#)?;
/// let transforms = Transforms::new([
///     Rule::new(Action::Remove, ["email".parse()?]),
///     Rule::new(Action::Drop, [bucketline_format::transform::Selector::Personal]),
/// ])?;
/// let plan = transforms.plan(schema.record())?;
///
/// let mut datum = Vec::new();
/// schema.encode_event(r#"{"id": "a1", "email": "kim@example.com", "city": "Graz"}"#, &mut datum)?;
/// let mut changed = Vec::new();
/// plan.apply(&datum, &mut changed)?;
/// assert_eq!(schema.decode_event(&changed)?, r#"{"id":"a1","email":"[REDACTED]","city":null}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transforms {
    rules: Option<Arc<Rules>>,
}

#[derive(Debug, PartialEq, Eq)]
struct Rules {
    /// What is done to what each selector chooses, and where in the list of rules that stands.
    chosen: BTreeMap<Selector, (Action, Site)>,
}

/// Where among the rules a selector stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Site {
    /// Which rule, from 0.
    pub rule: usize,
    /// Which of its selectors, from 0.
    pub selector: usize,
}

/// A selector that does not fit the schemas that it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit {
    /// Where it stands.
    pub site: Site,
    /// Why: a lower-case fragment.
    pub what: String,
    /// What to do next.
    pub advice: &'static str,
}

impl Transforms {
    /// The transformations of these rules; none for no rule.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidTransform`] if two rules have the same selector.
    pub fn new(rules: impl IntoIterator<Item = Rule>) -> Result<Self, Error> {
        let mut chosen = BTreeMap::new();
        for (rule, Rule { action, selectors }) in rules.into_iter().enumerate() {
            for (selector, chooses) in selectors.into_iter().enumerate() {
                let site = Site { rule, selector };
                if chosen.insert(chooses.clone(), (action.clone(), site)).is_some() {
                    let message = format!("{chooses} is chosen by more than one rule");
                    return Err(Error::new(ErrorKind::InvalidTransform, message));
                }
            }
        }
        Ok(Self {
            rules: (!chosen.is_empty()).then(|| Arc::new(Rules { chosen })),
        })
    }

    /// Whether nothing is changed.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rules.is_none()
    }

    /// All that decides what is done, as one text: equal for equal transformations, whatever the order of their rules, and empty for none. A
    /// key stands in it as its [fingerprint](HmacKey::fingerprint).
    #[must_use]
    pub fn canonical(&self) -> String {
        let mut text = String::new();
        for (selector, (action, _)) in self.rules.iter().flat_map(|rules| &rules.chosen) {
            let separator = if text.is_empty() { "" } else { ";" };
            // Writing to a `String` cannot fail.
            _ = write!(text, "{separator}{}={}", selector.as_str(), action.name());
            if let Action::Hmac(key) = action {
                _ = write!(text, ":{}", key.fingerprint());
            }
        }
        text
    }

    /// What is to be done to the datums of a schema.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidTransform`] if a field that is chosen cannot take what would be put in its place.
    pub fn plan(&self, schema: &crate::RecordSchema) -> Result<Plan, Error> {
        let (plan, _, faults) = plan::Planner::plan(self, schema);
        match faults.into_iter().next() {
            None => Ok(plan),
            Some(fault) => Err(Error::new(ErrorKind::InvalidTransform, fault.what())),
        }
    }

    /// What of the rules does not fit these schemas, those of all event types that the connector takes: a field that none of
    /// them has, and fields that cannot take what would be put in their place. In the order of the rules.
    pub fn unfit<'a>(&self, schemas: impl IntoIterator<Item = &'a Schema>) -> Vec<Unfit> {
        let Some(rules) = &self.rules else {
            return Vec::new();
        };
        let mut unused: BTreeMap<Site, &Selector> = rules
            .chosen
            .iter()
            .filter(|(selector, _)| **selector != Selector::Personal)
            .map(|(selector, (_, site))| (*site, selector))
            .collect();
        let mut found: BTreeMap<Site, (plan::Fault, String, usize)> = BTreeMap::new();
        for schema in schemas {
            let (_, used, faults) = plan::Planner::plan(self, schema.record());
            unused.retain(|site, _| !used.contains(site));
            for fault in faults {
                found
                    .entry(fault.site)
                    .and_modify(|(.., more)| *more += 1)
                    .or_insert_with(|| (fault, schema.event_type().to_string(), 0));
            }
        }
        let mut unfit: Vec<Unfit> = unused
            .into_iter()
            .map(|(site, selector)| Unfit {
                site,
                what: format!("{selector} is in no event type that the connector takes"),
                advice: "correct the name, or take it out",
            })
            .collect();
        unfit.extend(found.into_values().map(|(fault, event_type, more)| Unfit {
            site: fault.site,
            what: match more {
                0 => format!("{}, in `{event_type}`", fault.what()),
                more => format!("{}, in `{event_type}` ({more} more like it)", fault.what()),
            },
            advice: fault.advice(),
        }));
        unfit.sort_by_key(|unfit| unfit.site);
        unfit
    }
}

#[cfg(test)]
mod tests;
