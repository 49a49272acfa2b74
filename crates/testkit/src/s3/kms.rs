//! KMS as S3 uses it: a key must exist, be enabled, and let the caller use it.
//!
//! Nothing is encrypted: an object only remembers which key it would need.

use s3s::{S3Error, S3ErrorCode, S3Result, s3_error};

use super::Store;
use crate::authorize::{self, Question};
use crate::world::{Bucket, Caller, Encryption, KmsKeyState};

/// What S3 asks KMS for on behalf of the caller.
///
/// Source: "Using server-side encryption with AWS KMS keys (SSE-KMS)", "Permissions", S3 user guide.
#[derive(Debug, Clone, Copy)]
pub(super) enum KeyUse {
    Encrypt,
    Decrypt,
}

/// The id of the key that S3 manages in every account (alias `aws/s3`).
const MANAGED: &str = "aws-s3";

impl Store {
    /// The ARN of the key that a request names, or of the one that S3 manages.
    pub(super) fn key_arn(&self, bucket: &Bucket, key: Option<&str>) -> String {
        let id = match key {
            None | Some("alias/aws/s3") => MANAGED,
            Some(arn) if arn.starts_with("arn:") => return arn.to_owned(),
            Some(id) => id,
        };
        let partition = self.gate.partition_of(bucket.account());
        format!(
            "arn:{partition}:kms:{}:{}:key/{id}",
            bucket.region(),
            bucket.account()
        )
    }

    /// Whether the caller may use the key that an object is encrypted with, if KMS has it, in all of these ways.
    pub(super) fn check_use(
        &self,
        caller: &Caller,
        bucket: &Bucket,
        key: &str,
        encryption: &Encryption,
        uses: &[KeyUse],
    ) -> S3Result<()> {
        let Encryption::Kms { key: arn } = encryption else {
            return Ok(());
        };
        uses.iter()
            .try_for_each(|what| self.check_key(caller, bucket, key, arn, *what))
    }

    /// Whether the caller may use the key for this object.
    pub(super) fn check_key(
        &self,
        caller: &Caller,
        bucket: &Bucket,
        key: &str,
        arn: &str,
        what: KeyUse,
    ) -> S3Result<()> {
        if arn == self.key_arn(bucket, None) {
            // Its policy cannot be changed: it serves those whom S3 lets pass, of its own account.
            let is_own = caller.account() == Some(bucket.account());
            return if is_own {
                Ok(())
            } else {
                Err(s3_error!(AccessDenied, "Access Denied"))
            };
        }
        let found = self.gate.world.identities().kms_key(arn);
        let found =
            found.ok_or_else(|| kms_error("KMS.NotFoundException", format!("Key '{arn}' does not exist")))?;
        if found.state == KmsKeyState::Disabled {
            return Err(kms_error("KMS.DisabledException", format!("{arn} is disabled.")));
        }
        let mut context = self.gate.scene.context();
        context.push(("kms:ViaService", format!("s3.{}.amazonaws.com", bucket.region())));
        context.push((
            "kms:CallerAccount",
            caller.account().unwrap_or_default().to_owned(),
        ));
        context.push((
            "kms:EncryptionContext:aws:s3:arn",
            format!(
                "arn:{}:s3:::{}/{key}",
                self.gate.partition_of(bucket.account()),
                bucket.name()
            ),
        ));
        let question = Question {
            caller,
            action: match what {
                KeyUse::Encrypt => "kms:GenerateDataKey",
                KeyUse::Decrypt => "kms:Decrypt",
            },
            resource: arn,
            resource_account: &found.account,
            resource_policy: Some(&found.policy),
            now: self.gate.world.clock().now(),
            context,
            tags: Vec::new(),
        };
        let denied = |message| S3Error::with_message(S3ErrorCode::AccessDenied, message);
        authorize::decide(&question).map_err(denied)
    }
}

/// Source: "Error responses", S3 API reference.
fn kms_error(code: &str, message: String) -> S3Error {
    let mut error = S3Error::with_message(S3ErrorCode::Custom(code.into()), message);
    error.set_status_code(http::StatusCode::BAD_REQUEST);
    error
}
