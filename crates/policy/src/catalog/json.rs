//! The JSON form of service data, as kept in the crate's `data` folder.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{AccessLevel, Action, ActionResource, Catalog, ConditionKey, ResourceType, Service, invalid};
use crate::error::Error;

#[derive(Deserialize)]
struct File {
    services: BTreeMap<String, ServiceData>,
}

#[derive(Deserialize)]
struct ServiceData {
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
}

#[derive(Deserialize)]
struct ResourceTypeData {
    arn: String,
}

#[derive(Deserialize)]
struct ConditionKeyData {
    key: String,
    #[serde(rename = "type")]
    value_type: String,
}

pub(super) fn parse(text: &str) -> Result<Catalog, Error> {
    let file: File = serde_json::from_str(text).map_err(invalid)?;
    let services = file
        .services
        .into_iter()
        .map(|(prefix, data)| Ok((prefix.to_ascii_lowercase(), service(prefix, data)?)));
    Ok(Catalog {
        services: services.collect::<Result<_, Error>>()?,
    })
}

fn service(prefix: String, data: ServiceData) -> Result<Service, Error> {
    let mut service = Service {
        prefix,
        ..Service::default()
    };
    for (name, resource) in data.resource_types {
        service.resource_types.insert(
            name.clone(),
            ResourceType {
                name,
                arn: resource.arn,
            },
        );
    }
    for key in data.condition_keys.into_values() {
        let known = ConditionKey {
            key: key.key,
            value_type: key.value_type,
        };
        service
            .condition_keys
            .insert(known.key.to_ascii_lowercase(), known);
    }
    for (name, data) in data.actions {
        let action = action(name, data)?;
        service.actions.insert(action.name.to_ascii_lowercase(), action);
    }
    Ok(service)
}

fn action(name: String, data: ActionData) -> Result<Action, Error> {
    let level = |text: &str| {
        AccessLevel::from_name(text.trim()).ok_or_else(|| invalid(format!("`{name}`: access level `{text}`")))
    };
    let access = data.access.split(',').map(level).collect::<Result<_, _>>()?;
    let resources = data.resources.into_iter().map(|(name, r)| ActionResource {
        name,
        required: r.required,
    });
    Ok(Action {
        name,
        access,
        resources: resources.collect(),
        keys: data.keys,
    })
}
