//! What a person should know of a refusal beyond the steps: what the message does not tell, and where more is to be learnt.

use serde::Serialize;

use super::message::Denial;
use crate::{ActionName, Principal, PrincipalKind};

/// Something to know about a refusal that no edit can say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Hint {
    /// A stable code: `decode_message`, `denied_elsewhere`, `masked`, `anonymous`, `web_identity`, `saml`, `session_role_path`,
    /// `no_arn`, `resource_not_told`, `block_public_access`.
    pub code: &'static str,
    /// It, in words.
    pub text: String,
}

impl Hint {
    pub(super) fn new(code: &'static str, text: impl Into<String>) -> Self {
        Self {
            code,
            text: text.into(),
        }
    }
}

/// What the message alone gives to know.
pub(super) fn of_message(denial: &Denial) -> Vec<Hint> {
    let mut hints = Vec::new();
    if denial.has_encoded_part() {
        hints.push(Hint::new(
            "decode_message",
            "the message has an encoded part that says more, the statement that decided included: `aws sts \
             decode-authorization-message --encoded-message ...` reads it, for who may call `sts:DecodeAuthorizationMessage`",
        ));
    }
    if let Some(setting) = denial.public_access_setting() {
        hints.push(Hint::new(
            "block_public_access",
            format!(
                "S3's Block Public Access refused it, by its setting `{setting}` of the bucket, the access point, the account or the \
                 organization: no policy outweighs it. {}",
                match setting {
                    "BlockPublicPolicy" => "Write a policy that lets in callers, networks or sources which somebody chose",
                    "RestrictPublicBuckets" => "The policy lets in the public: while it does, only callers of the owner's account and AWS's services pass",
                    _ => "Leave out the access control list, or give one that is not public",
                }
            ),
        ));
    }
    let is = |call: &str| {
        let told = denial.action().filter(|told| told.service() == "sts");
        told.is_some_and(|told| told.name().eq_ignore_ascii_case(call)) || denial.call() == Some(call)
    };
    if is("AssumeRoleWithWebIdentity") {
        hints.push(Hint::new(
            "web_identity",
            "AWS says this where the role does not exist, and where its trust policy does not allow \
             `sts:AssumeRoleWithWebIdentity` to the token's issuer: `Principal` has to be `{\"Federated\": \"arn:aws:iam::<account>:oidc-provider/<issuer>\"}`, \
             and the conditions on `<issuer>:aud` and `<issuer>:sub` have to fit the token's claims",
        ));
    }
    if is("AssumeRoleWithSAML") {
        hints.push(Hint::new(
            "saml",
            "AWS says this where the role's trust policy does not allow `sts:AssumeRoleWithSAML` to the provider: `Principal` has to \
             be `{\"Federated\": \"arn:aws:iam::<account>:saml-provider/<name>\"}`, with `StringEquals` on `SAML:aud`",
        ));
    }
    if let Some(resource) = denial.resource()
        && resource != "*"
        && !resource.starts_with("arn:")
    {
        hints.push(Hint::new(
            "no_arn",
            format!("`{resource}` is no ARN: give the resource's own by `--resource`, so that the policies can be asked"),
        ));
    }
    hints
}

/// That an account cannot be read.
pub(super) fn of_masked_account() -> Hint {
    Hint::new(
        "masked",
        "an account in the message is masked, so nothing can be granted by it: give the ARNs themselves by `--principal` and \
         `--resource`, the resource's from where it was made",
    )
}

/// That a grant needs to know on what.
pub(super) fn of_resource(action: &ActionName) -> Hint {
    let more = match action.service() {
        "kms" => {
            " AWS says no more where the key of a ciphertext does not exist in the Region that was asked, and where its key policy \
             does not let the caller know of it: CloudTrail has the key's ARN."
        }
        _ => "",
    };
    Hint::new(
        "resource_not_told",
        format!(
            "the message does not tell the resource, and to grant `{action}` on `*` would be to grant it on everything: give the ARN by \
             `--resource`.{more}"
        ),
    )
}

/// Of whom a policy of a resource cannot name as it is meant.
pub(super) fn of_caller(caller: &Principal) -> Option<Hint> {
    match caller.kind() {
        PrincipalKind::Anonymous => Some(Hint::new(
            "anonymous",
            "the request came without credentials, or AWS does not say whose: sign it, or ask with the caller's ARN. To grant it to \
             `*` would open the resource to everybody, so that is not proposed",
        )),
        PrincipalKind::RoleSession if caller.as_str().contains("/AWSReservedSSO_") => Some(Hint::new(
            "session_role_path",
            "a session's ARN does not tell the path of its role: those of IAM Identity Center lie below \
             `role/aws-reserved/sso.amazonaws.com/`, so take the role's ARN from `aws iam get-role`",
        )),
        _ => None,
    }
}
