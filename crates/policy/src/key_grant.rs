//! Grants on a KMS key, as `aws kms list-grants` tells them, in the words of a key policy. Decides nothing.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::document::{
    ActionElement, ConditionBlock, ConditionTest, ConditionValue, Effect, List, PrincipalElement,
    PrincipalGroup, PrincipalType, Principals, ResourceElement,
};
use crate::{Document, Error, ErrorKind, Operator, Principal, Statement};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    grants: Vec<Grant>,
    #[serde(default)]
    truncated: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Grant {
    key_id: String,
    grant_id: String,
    #[serde(alias = "GranteeServicePrincipal")]
    grantee_principal: String,
    #[serde(alias = "RetiringServicePrincipal")]
    retiring_principal: Option<String>,
    operations: Vec<String>,
    #[serde(default)]
    constraints: Constraints,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Constraints {
    encryption_context_subset: Option<BTreeMap<String, String>>,
    encryption_context_equals: Option<BTreeMap<String, String>>,
}

/// What the grants on a key allow, as a document to stand beside its key policy: each grant is a statement of its own, named by
/// its id, that allows the grantee the operations under the constraints on the encryption context
/// (<https://docs.aws.amazon.com/kms/latest/developerguide/grants.html>).
///
/// ```
/// use bucketline_policy::{DocumentKind, PolicySet, Request, key_grants};
/// let text = r#"{"Grants": [{"KeyId": "arn:aws:kms:eu-west-1:123456789012:key/1234", "GrantId": "ab",
///     "GranteePrincipal": "arn:aws:iam::123456789012:role/export", "Operations": ["Decrypt"],
///     "Constraints": {"EncryptionContextSubset": {"app": "export"}}}]}"#;
/// let set = PolicySet::compile(&[key_grants(text)?]);
/// let caller = "arn:aws:iam::123456789012:role/export".parse()?;
/// let request = Request::new(caller, "kms:Decrypt".parse()?, "arn:aws:kms:eu-west-1:123456789012:key/1234");
/// assert!(!set.decide(DocumentKind::Resource, &request).is_allowed());
/// let request = request.context("kms:EncryptionContext:app", "export");
/// assert!(set.decide(DocumentKind::Resource, &request).is_allowed());
/// # Ok::<(), bucketline_policy::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Syntax`] when the text is not of that form or is not the whole answer, [`ErrorKind::InvalidName`] for a
/// grantee that is no principal.
pub fn key_grants(text: &str) -> Result<Document, Error> {
    let answer: Answer = serde_json::from_str(text).map_err(|error| {
        Error::new(
            ErrorKind::Syntax,
            format!("this is not what `aws kms list-grants` prints: {error}"),
        )
    })?;
    if answer.truncated {
        return Err(Error::new(
            ErrorKind::Syntax,
            "this is a part of the grants alone (`Truncated`): ask for all of them",
        ));
    }
    let mut statements = Vec::new();
    for grant in &answer.grants {
        let conditions = grant.constraints.conditions()?;
        let operations: Vec<String> = grant
            .operations
            .iter()
            .map(|name| format!("kms:{name}"))
            .collect();
        statements.push(statement(
            grant,
            &grant.grantee_principal,
            operations,
            conditions,
        )?);
        if let Some(retiring) = &grant.retiring_principal {
            statements.push(statement(
                grant,
                retiring,
                vec!["kms:RetireGrant".to_owned()],
                Vec::new(),
            )?);
        }
    }
    Ok(Document::new(statements))
}

fn statement(
    grant: &Grant,
    who: &str,
    actions: Vec<String>,
    conditions: Vec<ConditionBlock>,
) -> Result<Statement, Error> {
    let who: Principal = who.parse()?;
    let kind = match who.account() {
        Some(_) => PrincipalType::Aws,
        None => PrincipalType::Service,
    };
    let group = PrincipalGroup::new(kind, List::one(who.as_str().to_owned()));
    let key = match grant.key_id.starts_with("arn:") {
        true => grant.key_id.clone(),
        false => format!("arn:*:kms:*:*:key/{}", grant.key_id),
    };
    Ok(Statement {
        sid: Some(format!("Grant{}", grant.grant_id)),
        effect: Effect::Allow,
        principal: Some(PrincipalElement::Principal(Principals::Named(vec![group]))),
        action: ActionElement::Action(List::many(actions)),
        resource: Some(ResourceElement::Resource(List::one(key))),
        condition: Some(conditions),
    })
}

impl Constraints {
    fn conditions(&self) -> Result<Vec<ConditionBlock>, Error> {
        let pairs = self
            .encryption_context_subset
            .iter()
            .chain(&self.encryption_context_equals);
        let tests: Vec<ConditionTest> = pairs
            .flatten()
            .map(|(key, value)| test(format!("kms:EncryptionContext:{key}"), [value.as_str()]))
            .collect();
        let mut blocks = Vec::new();
        if !tests.is_empty() {
            blocks.push(ConditionBlock {
                operator: "StringEquals".parse::<Operator>()?,
                tests,
            });
        }
        // Equal means that there is no other key.
        if let Some(all) = &self.encryption_context_equals {
            blocks.push(ConditionBlock {
                operator: "ForAllValues:StringEquals".parse()?,
                tests: vec![test(
                    "kms:EncryptionContextKeys".to_owned(),
                    all.keys().map(String::as_str),
                )],
            });
        }
        Ok(blocks)
    }
}

fn test<'t>(key: String, values: impl IntoIterator<Item = &'t str>) -> ConditionTest {
    ConditionTest {
        key,
        values: List::many(values.into_iter().map(ConditionValue::from)),
    }
}

#[cfg(test)]
mod tests {
    use super::key_grants;
    use crate::{DocumentKind, Layers, PolicySet, Request, authorize};

    const KEY: &str = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd";

    fn grants(constraints: &str) -> PolicySet {
        let text = format!(
            r#"{{"Grants":[{{"KeyId":"{KEY}","GrantId":"0a","GranteePrincipal":"arn:aws:iam::123456789012:role/export",
                "RetiringPrincipal":"arn:aws:iam::123456789012:role/boss","Operations":["Decrypt","GenerateDataKey"],
                "Constraints":{constraints},"Name":"","CreationDate":1.5}}],"Truncated":false}}"#
        );
        PolicySet::compile(&[key_grants(&text).unwrap()])
    }

    fn decrypt(set: &PolicySet, role: &str, context: &[(&str, &str)]) -> bool {
        let caller = format!("arn:aws:iam::123456789012:role/{role}").parse().unwrap();
        let mut request = Request::new(caller, "kms:Decrypt".parse().unwrap(), KEY);
        for (key, value) in context {
            request = request
                .context(format!("kms:EncryptionContext:{key}"), *value)
                .context("kms:EncryptionContextKeys", *key);
        }
        let layers = Layers::default().resource(set);
        let decided = set.decide(DocumentKind::Resource, &request).is_allowed();
        assert_eq!(
            authorize(&layers, &request).is_allowed(),
            decided,
            "a grant needs no identity policy"
        );
        decided
    }

    #[test]
    fn a_grant_allows_its_grantee_its_operations() {
        let open = grants("{}");
        assert!(decrypt(&open, "export", &[]));
        assert!(!decrypt(&open, "boss", &[]));
        let retire = Request::new(
            "arn:aws:iam::123456789012:role/boss".parse().unwrap(),
            "kms:RetireGrant".parse().unwrap(),
            KEY,
        );
        assert!(open.decide(DocumentKind::Resource, &retire).is_allowed());
    }

    #[test]
    fn constraints_on_the_encryption_context_hold() {
        let subset = grants(r#"{"EncryptionContextSubset":{"app":"x"}}"#);
        assert!(!decrypt(&subset, "export", &[]));
        assert!(decrypt(&subset, "export", &[("app", "x")]));
        assert!(decrypt(&subset, "export", &[("app", "x"), ("more", "y")]));
        let equal = grants(r#"{"EncryptionContextEquals":{"app":"x"}}"#);
        assert!(decrypt(&equal, "export", &[("app", "x")]));
        assert!(!decrypt(&equal, "export", &[("app", "x"), ("more", "y")]));
        assert!(!decrypt(&equal, "export", &[]));
    }

    #[test]
    fn what_is_no_list_of_grants_says_so() {
        assert!(key_grants("{}").unwrap_err().to_string().contains("list-grants"));
        let part = r#"{"Grants":[],"Truncated":true}"#;
        assert!(key_grants(part).unwrap_err().to_string().contains("Truncated"));
    }
}
