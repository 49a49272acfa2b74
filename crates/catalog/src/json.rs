//! The JSON form of service data, for those who bring newer data than the crate's.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use crate::action::{Keys, Levels};
use crate::{
    AccessLevel, Action, ActionResource, Catalog, ConditionKey, Error, ErrorKind, ResourceType, Service,
    Text, ValueType,
};

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    date: String,
    #[serde(default, alias = "provenance")]
    source: String,
    #[serde(default)]
    complete: bool,
    services: BTreeMap<String, ServiceData>,
}

#[derive(Deserialize)]
struct ServiceData {
    #[serde(default)]
    name: String,
    #[serde(default)]
    resource_control_policies: bool,
    actions: BTreeMap<String, ActionData>,
    resource_types: BTreeMap<String, ResourceTypeData>,
    condition_keys: BTreeMap<String, ConditionKeyData>,
}

#[derive(Deserialize)]
struct ActionData {
    access: String,
    resources: BTreeMap<String, ActionResourceData>,
    keys: Vec<String>,
}

#[derive(Deserialize)]
struct ActionResourceData {
    required: bool,
    #[serde(default)]
    keys: Vec<String>,
}

#[derive(Deserialize)]
struct ResourceTypeData {
    arn: String,
    #[serde(default)]
    keys: Vec<String>,
}

#[derive(Deserialize)]
struct ConditionKeyData {
    key: String,
    #[serde(rename = "type")]
    value_type: String,
}

pub(crate) fn parse(text: &str) -> Result<Catalog, Error> {
    let file: File = serde_json::from_str(text).map_err(|e| invalid(e.to_string()))?;
    let mut catalog = Catalog::new(Cow::Owned(file.date), Cow::Owned(file.source), file.complete);
    for (prefix, data) in file.services {
        catalog.insert(service(prefix, data)?);
    }
    Ok(catalog)
}

fn invalid(reason: impl Into<String>) -> Error {
    Error::new(ErrorKind::Json, reason)
}

fn service(prefix: String, data: ServiceData) -> Result<Service, Error> {
    let resource_types = data.resource_types.into_iter().map(|(name, data)| ResourceType {
        name: Cow::Owned(name),
        arns: data
            .arn
            .split(',')
            .map(|arn| Cow::Owned(arn.trim().to_owned()))
            .collect(),
        keys: keys(data.keys),
    });
    let condition_keys = data.condition_keys.into_values().map(|data| {
        let (value_type, multivalued) = ValueType::from_word(&data.value_type);
        ConditionKey {
            key: Cow::Owned(data.key),
            value_type,
            multivalued,
        }
    });
    let service = Service {
        prefix: Cow::Owned(prefix),
        name: Cow::Owned(data.name),
        resource_control: data.resource_control_policies,
        actions: data.actions.into_iter().map(action).collect::<Result<_, _>>()?,
        resource_types: resource_types.collect(),
        condition_keys: condition_keys.collect(),
    };
    Ok(service.sorted())
}

fn action((name, data): (String, ActionData)) -> Result<Action, Error> {
    let levels = data
        .access
        .split(',')
        .try_fold(Levels::default(), |levels, word| {
            let found = AccessLevel::ALL
                .iter()
                .find(|(_, _, known)| *known == word.trim());
            let (level, _, _) = found.ok_or_else(|| invalid(format!("`{name}`: access level `{word}`")))?;
            Ok(levels.with(*level))
        })?;
    let resources = data.resources.into_iter().map(|(name, data)| ActionResource {
        name: Cow::Owned(name),
        required: data.required,
        keys: keys(data.keys),
    });
    Ok(Action {
        levels,
        resources: resources.collect(),
        keys: keys(data.keys),
        name: Cow::Owned(name),
    })
}

fn keys(keys: Vec<String>) -> Keys {
    Arc::from(keys.into_iter().map(Cow::Owned).collect::<Vec<Text>>())
}
