//! The transformations of a connector with their keys, and whether they fit the schemas.

use std::collections::HashMap;

use bucketline_connector::ConnectorConfig;
use bucketline_format::transform::{Action, HmacKey, Rule, Transforms};
use bucketline_format::{Schema, SchemaRegistry};

use super::secret_text;
use crate::model::{Connector, KeptHmacKey, ModelPath, TransformAction};
use crate::variables::Variables;
use crate::{Error, ErrorKind, Problem, chain};

/// The transformations of a connector.
///
/// # Errors
/// A key cannot be read, or is too short.
pub(super) fn of(connector: &Connector, variables: &Variables) -> Result<Transforms, Error> {
    let rules = connector.transforms.iter().map(|rule| {
        let action = match &rule.action {
            TransformAction::Keep => Action::Keep,
            TransformAction::Remove => Action::Remove,
            TransformAction::Hash => Action::Hash,
            TransformAction::Drop => Action::Drop,
            TransformAction::Hmac(kept) => Action::Hmac(key(kept, variables)?),
        };
        Ok(Rule::new(action, rule.selectors.iter().cloned()))
    });
    let rules: Vec<Rule> = rules.collect::<Result<_, Error>>()?;
    Transforms::new(rules).map_err(|error| {
        Error::configuration(Problem::new(chain(&error)).at_model(ModelPath::connector(&connector.id)))
    })
}

fn key(kept: &KeptHmacKey, variables: &Variables) -> Result<HmacKey, Error> {
    let text = secret_text(&kept.keeper, &kept.path, variables)?;
    HmacKey::new(text.trim_end_matches(['\r', '\n']).as_bytes())
        .map_err(|error| Error::configuration(Problem::new(chain(&error)).at_model(kept.path.clone())))
}

/// Whether what connectors transform is in the event types that they take, and can take what is put in its place.
///
/// # Errors
/// Every rule that does not fit, with its place.
pub(super) fn check<'a>(
    connectors: impl Iterator<Item = &'a ConnectorConfig>,
    schemas: &SchemaRegistry,
) -> Result<(), Error> {
    let newest: Vec<&Schema> = schemas
        .event_types()
        .iter()
        .filter_map(|event_type| schemas.latest(event_type))
        .collect();
    // Most connectors of an installation ask for the same.
    let mut known = HashMap::new();
    let mut problems = Vec::new();
    for connector in connectors.filter(|connector| !connector.transforms.is_empty()) {
        let asked = (connector.transforms.canonical(), connector.events.to_string());
        let unfit = known.entry(asked).or_insert_with(|| {
            let taken = newest.iter().copied();
            let taken = taken.filter(|schema| connector.events.matches(schema.event_type()));
            connector.transforms.unfit(taken)
        });
        problems.extend(unfit.iter().map(|unfit| {
            let path = ModelPath::connector(&connector.id)
                .value(&format!("transform[{}]", unfit.site.rule))
                .value(&format!("selector {}", unfit.site.selector));
            Problem::new(unfit.what.as_str())
                .at_model(path)
                .advice(unfit.advice)
        }));
    }
    match problems.is_empty() {
        true => Ok(()),
        false => Err(Error::several(ErrorKind::Configuration, problems)),
    }
}
