//! Grants on a KMS key, as `aws kms list-grants` tells them, in the words of a key policy. Decides nothing.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::document::{
    ActionElement, ConditionBlock, ConditionTest, ConditionValue, Effect, List, PrincipalElement,
    PrincipalGroup, PrincipalType, Principals, ResourceElement,
};
use crate::{Document, Error, ErrorKind, Operator, Principal, PrincipalKind, Quantifier, Statement, Test};

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
    grantee_principal: Option<String>,
    grantee_service_principal: Option<String>,
    retiring_principal: Option<String>,
    retiring_service_principal: Option<String>,
    operations: Vec<String>,
    #[serde(default)]
    constraints: Constraints,
}

/// A constraint that is not known would be one that is not kept: it is an error.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Constraints {
    encryption_context_subset: Option<BTreeMap<String, String>>,
    encryption_context_equals: Option<BTreeMap<String, String>>,
    source_arn: Option<String>,
}

/// The operations that take an encryption context: constraints on it hold for these alone
/// (<https://docs.aws.amazon.com/kms/latest/APIReference/API_GrantConstraints.html>).
const WITH_CONTEXT: [&str; 8] = [
    "Decrypt",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
];

/// What the grants on a key allow, as a document to stand beside its key policy: statements of their own for each grant, named by
/// its id, that allow the grantee the operations under its constraints: those on the encryption context where an operation takes
/// one, the source ARN everywhere (<https://docs.aws.amazon.com/kms/latest/developerguide/grants.html>). Which grants may be made
/// by a grantee that has `CreateGrant` is not looked at.
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
/// [`ErrorKind::Syntax`] when the text is not of that form, has a constraint that is not known, or is not the whole answer,
/// [`ErrorKind::InvalidName`] for a grantee that is no principal.
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
        let grantee = grant
            .grantee_principal
            .as_ref()
            .or(grant.grantee_service_principal.as_ref())
            .ok_or_else(|| {
                let message = format!("the grant `{}` has no grantee", grant.grant_id);
                Error::new(ErrorKind::Syntax, message)
            })?;
        let (with_context, others): (Vec<&String>, Vec<&String>) = grant
            .operations
            .iter()
            .partition(|name| WITH_CONTEXT.contains(&name.as_str()));
        let source = grant.constraints.on_the_source();
        let both = [grant.constraints.on_the_context(), source.clone()].concat();
        for (names, conditions) in [(with_context, both), (others, source)] {
            if !names.is_empty() {
                statements.push(statement(grant, grantee, &names, conditions)?);
            }
        }
        let retiring = grant.retiring_principal.as_ref();
        if let Some(retiring) = retiring.or(grant.retiring_service_principal.as_ref()) {
            statements.push(statement(
                grant,
                retiring,
                &[&"RetireGrant".to_owned()],
                Vec::new(),
            )?);
        }
    }
    Ok(Document::new(statements))
}

fn statement(
    grant: &Grant,
    who: &str,
    operations: &[&String],
    conditions: Vec<ConditionBlock>,
) -> Result<Statement, Error> {
    let who: Principal = who.parse()?;
    // `GranteePrincipal` holds services too, in grants that AWS's own services made.
    let kind = match (who.account(), who.kind()) {
        (Some(_), _) => PrincipalType::Aws,
        (None, PrincipalKind::Service) => PrincipalType::Service,
        (None, _) => {
            let message = format!(
                "`{who}` in the grant `{}` is nobody that a grant can name",
                grant.grant_id
            );
            return Err(Error::new(ErrorKind::InvalidName, message));
        }
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
        action: ActionElement::Action(List::many(operations.iter().map(|name| format!("kms:{name}")))),
        resource: Some(ResourceElement::Resource(List::one(key))),
        condition: Some(conditions),
    })
}

impl Constraints {
    fn on_the_source(&self) -> Vec<ConditionBlock> {
        let tests = self.source_arn.iter();
        tests
            .map(|arn| ConditionBlock {
                operator: Operator::new(Test::StringEquals),
                tests: vec![test("aws:SourceArn".to_owned(), [arn.as_str()])],
            })
            .collect()
    }

    fn on_the_context(&self) -> Vec<ConditionBlock> {
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
                operator: Operator::new(Test::StringEquals),
                tests,
            });
        }
        // Equal means that there is no other key.
        if let Some(all) = &self.encryption_context_equals {
            blocks.push(ConditionBlock {
                operator: Operator::new(Test::StringEquals).with_quantifier(Quantifier::ForAllValues),
                tests: vec![test(
                    "kms:EncryptionContextKeys".to_owned(),
                    all.keys().map(String::as_str),
                )],
            });
        }
        blocks
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
    use crate::{DocumentKind, ErrorKind, Layers, PolicySet, Request, authorize};

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
    fn operations_without_an_encryption_context_are_not_constrained_by_it() {
        let text = format!(
            r#"{{"Grants":[{{"KeyId":"{KEY}","GrantId":"0a","GranteePrincipal":"arn:aws:iam::123456789012:role/export",
                "Operations":["Decrypt","DescribeKey"],"Constraints":{{"EncryptionContextSubset":{{"app":"x"}}}}}}]}}"#
        );
        let set = PolicySet::compile(&[key_grants(&text).unwrap()]);
        let describe = Request::new(
            "arn:aws:iam::123456789012:role/export".parse().unwrap(),
            "kms:DescribeKey".parse().unwrap(),
            KEY,
        );
        assert!(set.decide(DocumentKind::Resource, &describe).is_allowed());
        assert!(!decrypt(&set, "export", &[]));
        assert!(decrypt(&set, "export", &[("app", "x")]));
    }

    /// As AWS's page "Creating grants" has it: a service's grant names the resource that it acts for.
    #[test]
    fn a_service_s_grant_holds_for_its_source_alone_and_a_key_may_be_named_by_its_id() {
        let text = r#"{"Grants":[{"KeyId":"1234abcd","GrantId":"0a","GranteeServicePrincipal":"dynamodb.amazonaws.com",
            "RetiringServicePrincipal":"dynamodb.amazonaws.com","Operations":["Decrypt"],
            "Constraints":{"SourceArn":"arn:aws:dynamodb:eu-west-1:123456789012:table/t"}}]}"#;
        let set = PolicySet::compile(&[key_grants(text).unwrap()]);
        let ask = |key: &str, source: Option<&str>| {
            let caller = "dynamodb.amazonaws.com".parse().unwrap();
            let mut request = Request::new(caller, "kms:Decrypt".parse().unwrap(), key);
            if let Some(source) = source {
                request = request.context("aws:SourceArn", source);
            }
            set.decide(DocumentKind::Resource, &request).is_allowed()
        };
        assert!(ask(KEY, Some("arn:aws:dynamodb:eu-west-1:123456789012:table/t")));
        assert!(!ask(
            KEY,
            Some("arn:aws:dynamodb:eu-west-1:123456789012:table/other")
        ));
        assert!(!ask(KEY, None));
        assert!(!ask(
            "arn:aws:kms:eu-west-1:123456789012:key/other",
            Some("arn:aws:dynamodb:eu-west-1:123456789012:table/t")
        ));
    }

    #[test]
    fn what_is_not_known_of_a_grant_is_refused() {
        let grant = |rest: &str| {
            let text = format!(
                r#"{{"Grants":[{{"KeyId":"{KEY}","GrantId":"0a","Operations":["Decrypt"],{rest}}}]}}"#
            );
            key_grants(&text).unwrap_err()
        };
        let nobody = grant(r#""Constraints":{}"#);
        assert_eq!(nobody.kind(), ErrorKind::Syntax);
        assert!(nobody.to_string().contains("has no grantee"), "{nobody}");
        let newer = grant(
            r#""GranteePrincipal":"arn:aws:iam::123456789012:role/export","Constraints":{"Newer":"x"}"#,
        );
        assert_eq!(newer.kind(), ErrorKind::Syntax);
        assert!(newer.to_string().contains("Newer"), "{newer}");
        let unnamed = grant(r#""GranteePrincipal":"arn:aws:iam::1:role/export""#);
        assert_eq!(unnamed.kind(), ErrorKind::InvalidName, "{unnamed}");
    }

    #[test]
    fn what_is_no_list_of_grants_says_so() {
        assert!(key_grants("{}").unwrap_err().to_string().contains("list-grants"));
        let part = r#"{"Grants":[],"Truncated":true}"#;
        assert!(key_grants(part).unwrap_err().to_string().contains("Truncated"));
    }
}
