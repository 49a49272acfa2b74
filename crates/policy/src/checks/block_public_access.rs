//! S3's Block Public Access, as far as it bears on what a bucket policy grants. Finds nothing itself.

use super::{ResourceType, Subject, no_public_access};
use crate::document::{ActionElement, PrincipalElement, Principals, ResourceElement};
use crate::document::{ConditionBlock, ConditionTest, ConditionValue, Effect, List};
use crate::{AccountId, Document, DocumentKind, Operator, PolicySet, Statement, Test};

/// A bucket's policy, or an access point's, as `RestrictPublicBuckets` leaves it: where it lets in the public, nobody but the owner's own account and
/// services of AWS is let in by it, whomever else it names
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>). It is the same policy
/// and, where it is public, one document more, which denies all others.
///
/// `BlockPublicPolicy` keeps such a policy from being put there at all, which [`no_public_access`] tells beforehand; the two
/// settings about access control lists have nothing to do with policies.
///
/// ```
/// use bucketline_policy::checks::restrict_public_buckets;
/// use bucketline_policy::{Decision, Document, DocumentKind, PolicySet, Request};
/// let site = Document::parse(r#"{"Version":"2012-10-17","Statement":[
///     {"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::site/*"}]}"#)?;
/// let policy = restrict_public_buckets(&PolicySet::compile(&[site]), "123456789012".parse()?);
/// let ask = |caller: &str| -> Result<Decision, bucketline_policy::Error> {
///     let request = Request::new(caller.parse()?, "s3:GetObject".parse()?, "arn:aws:s3:::site/f");
///     Ok(policy.decide(DocumentKind::Resource, &request))
/// };
/// assert_eq!(ask("anonymous")?, Decision::ExplicitDeny);
/// assert_eq!(ask("arn:aws:iam::111122223333:user/eve")?, Decision::ExplicitDeny);
/// assert_eq!(ask("arn:aws:iam::123456789012:user/ada")?, Decision::Allow);
/// assert_eq!(ask("cloudtrail.amazonaws.com")?, Decision::Allow);
/// # Ok::<(), bucketline_policy::Error>(())
/// ```
#[must_use]
pub fn restrict_public_buckets(policy: &PolicySet, owner: AccountId) -> PolicySet {
    // What a document says to be meant is nothing to S3.
    let unnamed: Vec<Document> = policy
        .documents()
        .iter()
        .map(|document| Document {
            id: None,
            ..document.clone()
        })
        .collect();
    let subject = Subject::alone(DocumentKind::Resource, PolicySet::compile(&unnamed));
    if no_public_access(&subject, ResourceType::S3_BUCKET).passes() {
        return policy.clone();
    }
    let mut documents = policy.documents().to_vec();
    documents.push(Document::new(vec![others(owner)]));
    PolicySet::compile(&documents)
}

/// A denial for all but the account and the services of AWS.
fn others(owner: AccountId) -> Statement {
    let block = |operator: Operator, key: &str, value: &str| ConditionBlock {
        operator,
        tests: vec![ConditionTest {
            key: key.to_owned(),
            values: List::one(ConditionValue::from(value)),
        }],
    };
    let account = Operator::new(Test::StringNotEquals);
    let service = Operator::new(Test::Bool).with_if_exists();
    let blocks = vec![
        block(account, "aws:PrincipalAccount", owner.as_ref()),
        block(service, "aws:PrincipalIsAWSService", "false"),
    ];
    Statement {
        sid: Some("BlockPublicAccess".to_owned()),
        effect: Effect::Deny,
        principal: Some(PrincipalElement::Principal(Principals::Everyone)),
        action: ActionElement::Action(List::one("s3:*".to_owned())),
        resource: Some(ResourceElement::Resource(List::one("*".to_owned()))),
        condition: Some(blocks),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Decision, Request};

    #[test]
    fn what_a_policy_says_to_be_meant_does_not_open_it() {
        let site = Document::parse(
            r#"{"Version":"2012-10-17","Id":"check-allow PUBLIC_ACCESS: a web site","Statement":[
            {"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::site/*"}]}"#,
        )
        .unwrap();
        let set = PolicySet::compile(&[site]);
        let subject = Subject::alone(DocumentKind::Resource, set.clone());
        assert!(no_public_access(&subject, ResourceType::S3_BUCKET).passes());
        let policy = restrict_public_buckets(&set, "123456789012".parse().unwrap());
        let request = Request::new(
            "anonymous".parse().unwrap(),
            "s3:GetObject".parse().unwrap(),
            "arn:aws:s3:::site/f",
        );
        assert_eq!(set.decide(DocumentKind::Resource, &request), Decision::Allow);
        assert_eq!(
            policy.decide(DocumentKind::Resource, &request),
            Decision::ExplicitDeny
        );
    }
}
