//! The encryption that a connector or an export asks for. Asks no store whether the key is there.

use bucketline_policy::Arn;
use bucketline_sink::{Encryption, Kms};
use toml::Spanned;

use super::super::raw;
use super::Checker;

/// What can be written.
const ADVICE: &str = "write `none`, `aes256` or `{ kms = \"<key arn>\" }`";

impl Checker<'_> {
    /// `region` is the bucket's, where it is written.
    pub(super) fn encryption(
        &mut self,
        raw: Option<&Spanned<raw::Encryption>>,
        region: Option<&str>,
    ) -> Option<Encryption> {
        let Some(raw) = raw else {
            return Some(Encryption::BucketDefault);
        };
        let (what, advice) = match raw.get_ref() {
            raw::Encryption::Named(name) if name == "none" => return Some(Encryption::BucketDefault),
            raw::Encryption::Named(name) if name == "aes256" => return Some(Encryption::Aes256),
            raw::Encryption::Named(name) => {
                (format!("`{}` is not an encryption", name.escape_debug()), ADVICE)
            }
            raw::Encryption::Kms(raw) => match kms(raw, region) {
                Ok(kms) => return Some(kms.into()),
                Err(said) => said,
            },
        };
        self.problem(&raw.span(), what, advice);
        None
    }
}

/// The key with its options, or what is wrong and what to do.
fn kms(raw: &raw::Kms, region: Option<&str>) -> Result<Kms, (String, &'static str)> {
    let mut kms = Kms::new(raw.kms.as_str()).dsse(raw.dsse);
    kms.bucket_key = raw.bucket_key;
    kms.context.clone_from(&raw.context);
    kms.check().map_err(|error| {
        let said = error.message().unwrap_or("it cannot be used").to_owned();
        (format!("`encryption` cannot be used: {said}"), "")
    })?;
    if !raw.kms.starts_with("arn:") {
        // A key's id or alias means the bucket's own account, and other stores have names of their own.
        return Ok(kms);
    }
    let shown = raw.kms.escape_debug();
    let Ok(arn) = raw.kms.parse::<Arn>() else {
        return Err((format!("`{shown}` is not an ARN"), KEY));
    };
    let named = arn.resource().starts_with("key/") || arn.resource().starts_with("alias/");
    if arn.service() != "kms" || !named {
        return Err((format!("`{shown}` is not the ARN of a KMS key"), KEY));
    }
    match region {
        Some(region) if !arn.region().is_empty() && arn.region() != region => Err((
            format!("the key `{shown}` is not in the bucket's region `{region}`"),
            "S3 takes only a key of the bucket's own region",
        )),
        _ => Ok(kms),
    }
}

/// What the ARN of a key looks like.
const KEY: &str =
    "it looks like `arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab`";
