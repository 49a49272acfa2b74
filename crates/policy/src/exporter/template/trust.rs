//! Who may assume an export role: one vendor account or role, with one external id. Grants nothing on the bucket.

use crate::document::{ConditionValue, Document, Operator, PrincipalType, Statement, Test};
use crate::{AccountId, Arn, Error, ErrorKind, Partition};

/// What a trust policy for a vendor says.
#[derive(Clone, Debug)]
pub struct TrustOptions {
    trusted: Trusted,
    external_ids: Vec<String>,
}

#[derive(Clone, Debug)]
enum Trusted {
    Account(Partition, AccountId),
    Role(Arn),
}

impl TrustOptions {
    /// Trusts a vendor's account, as the console's wizard writes it. `external_id` is the vendor's, made for this
    /// customer alone.
    pub fn account(vendor: AccountId, external_id: impl Into<String>) -> Self {
        let trusted = Trusted::Account(Partition::AWS, vendor);
        Self {
            trusted,
            external_ids: vec![external_id.into()],
        }
    }

    /// Trusts one role of the vendor instead of its whole account.
    pub fn role(vendor_role: Arn, external_id: impl Into<String>) -> Self {
        Self {
            trusted: Trusted::Role(vendor_role),
            external_ids: vec![external_id.into()],
        }
    }

    /// The partition of the vendor's account, `aws` unless set. A role's ARN carries its own.
    #[must_use]
    pub fn partition(mut self, partition: Partition) -> Self {
        if let Trusted::Account(place, _) = &mut self.trusted {
            *place = partition;
        }
        self
    }

    /// A further external id, for a role that two integrations of the same vendor share.
    #[must_use]
    pub fn also_external_id(mut self, external_id: impl Into<String>) -> Self {
        self.external_ids.push(external_id.into());
        self
    }
}

/// The trust policy of an export role.
///
/// The external id is compared with `StringEquals`: without it, any other customer of the vendor could name this
/// role ("confused deputy",
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>).
///
/// # Errors
/// [`ErrorKind::InvalidName`] when an external id is not 2 to 1,224 of `A-Z a-z 0-9 _ + = , . @ : / -`, or the trusted
/// role is not the ARN of a role.
pub fn trust_policy(options: &TrustOptions) -> Result<Document, Error> {
    let principal = match &options.trusted {
        Trusted::Account(partition, account) => format!("arn:{partition}:iam::{account}:root"),
        Trusted::Role(arn) if is_role(arn) => arn.to_string(),
        Trusted::Role(arn) => return Err(Error::name(format!("`{arn}` is not the ARN of a role"))),
    };
    for id in &options.external_ids {
        check_external_id(id)?;
    }
    let ids = options
        .external_ids
        .iter()
        .map(|id| ConditionValue::from(id.as_str()));
    let statement = Statement::allow()
        .principals(PrincipalType::Aws, [principal])
        .actions(["sts:AssumeRole"])
        .when(Operator::new(Test::StringEquals), "sts:ExternalId", ids)
        .build()?;
    Ok(Document::new(vec![statement]))
}

fn is_role(arn: &Arn) -> bool {
    arn.service() == "iam"
        && arn.account().is_some()
        && !arn.has_wildcard()
        && arn
            .resource()
            .strip_prefix("role/")
            .is_some_and(|name| !name.is_empty())
}

/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>, `ExternalId`.
fn check_external_id(id: &str) -> Result<(), Error> {
    let allowed = |b: u8| {
        b.is_ascii_alphanumeric() || matches!(b, b'_' | b'+' | b'=' | b',' | b'.' | b'@' | b':' | b'/' | b'-')
    };
    if (2..=1_224).contains(&id.len()) && id.bytes().all(allowed) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::InvalidName,
        "an external id has 2 to 1,224 letters, digits or characters of `_+=,.@:/-`",
    ))
}
