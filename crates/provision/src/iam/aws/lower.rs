//! The SDK's values, lowered into this crate's and back. Makes no call.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use aws_sdk_iam::types::{AccessKeyMetadata, AttachedPermissionsBoundary, StatusType, Tag};
use bucketline_auth::{CallEffect, Error, ErrorKind};
use bucketline_policy::{Arn, Document};

use super::super::{AccessKeyInfo, KeyStatus, Role, User};

pub(super) fn role(role: Option<&aws_sdk_iam::types::Role>) -> Result<Role, Error> {
    let role = role.ok_or_else(|| incomplete("role"))?;
    let arn = role.arn().parse()?;
    let trust = document(
        role.assume_role_policy_document()
            .ok_or_else(|| incomplete("trust policy"))?,
    )?;
    let mut lowered = Role::new(arn, role.role_id(), trust);
    if let Some(seconds) = role
        .max_session_duration()
        .and_then(|seconds| u64::try_from(seconds).ok())
    {
        lowered.max_session = Duration::from_secs(seconds);
    }
    lowered.boundary = boundary(role.permissions_boundary())?;
    lowered.tags = lowered_tags(role.tags());
    Ok(lowered)
}

pub(super) fn user(user: Option<&aws_sdk_iam::types::User>) -> Result<User, Error> {
    let user = user.ok_or_else(|| incomplete("user"))?;
    let mut lowered = User::new(user.arn().parse()?, user.user_id());
    lowered.boundary = boundary(user.permissions_boundary())?;
    lowered.tags = lowered_tags(user.tags());
    Ok(lowered)
}

pub(super) fn key_info(key: &AccessKeyMetadata) -> Result<AccessKeyInfo, Error> {
    let id = key
        .access_key_id()
        .ok_or_else(|| incomplete("access key id"))?
        .parse()?;
    let status = match key.status() {
        Some(StatusType::Active) => KeyStatus::Active,
        _ => KeyStatus::Inactive,
    };
    let mut info = AccessKeyInfo::new(id, status);
    info.created = key
        .create_date()
        .and_then(|date| SystemTime::try_from(*date).ok());
    Ok(info)
}

/// IAM answers with documents in percent encoding (RFC 3986).
pub(super) fn document(encoded: &str) -> Result<Document, Error> {
    let text = percent_decoded(encoded).ok_or_else(|| incomplete("policy document"))?;
    Document::parse(&text).map_err(|error| incomplete("policy document").with_source(error))
}

pub(super) fn tags(tags: &BTreeMap<String, String>) -> Result<Option<Vec<Tag>>, Error> {
    if tags.is_empty() {
        return Ok(None);
    }
    let tag = |(key, value): (&String, &String)| {
        let built = Tag::builder().key(key).value(value).build();
        built.map_err(|_| Error::new(ErrorKind::InvalidConfig, format!("tag `{key}` cannot be set")))
    };
    tags.iter().map(tag).collect::<Result<_, _>>().map(Some)
}

pub(super) fn seconds(duration: Duration) -> i32 {
    i32::try_from(duration.as_secs()).unwrap_or(i32::MAX)
}

/// The call was carried out; only its answer cannot be used.
pub(super) fn incomplete(what: &str) -> Error {
    Error::new(ErrorKind::Unexpected, format!("the answer has no valid {what}"))
        .with_effect(CallEffect::Unknown)
        .with_remedy("look at the IAM endpoint and at any proxy before it")
}

fn boundary(boundary: Option<&AttachedPermissionsBoundary>) -> Result<Option<Arn>, Error> {
    let arn = boundary.and_then(AttachedPermissionsBoundary::permissions_boundary_arn);
    Ok(arn.map(str::parse).transpose()?)
}

fn lowered_tags(tags: &[Tag]) -> BTreeMap<String, String> {
    tags.iter()
        .map(|tag| (tag.key().to_owned(), tag.value().to_owned()))
        .collect()
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let (high, low) = (hex(bytes.next()?)?, hex(bytes.next()?)?);
                high << 4 | low
            }
            byte => byte,
        });
    }
    String::from_utf8(decoded).ok()
}

fn hex(digit: u8) -> Option<u8> {
    u8::try_from(char::from(digit).to_digit(16)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_encoding_is_undone_and_nothing_else() {
        assert_eq!(
            percent_decoded("%7B%22a%22%3A%20%22%c3%a9+b%22%7D").as_deref(),
            Some("{\"a\": \"é+b\"}")
        );
        for text in ["%", "%2", "%zz", "%ff"] {
            assert_eq!(percent_decoded(text), None, "{text}");
        }
    }

    #[test]
    fn a_document_that_cannot_be_read_says_so() {
        assert!(
            document("%7B%7D garbage")
                .unwrap_err()
                .to_string()
                .contains("policy document")
        );
    }
}
