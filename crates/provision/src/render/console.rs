//! The set-up as steps in the AWS console, with what to paste.

use super::BucketSource;
use crate::setup::{BucketEncryption, Method, Setup, TAG, UNFINISHED_UPLOADS_DAYS, Vendor};

/// The steps, in Markdown.
#[must_use]
pub fn console(setup: &Setup, bucket: BucketSource) -> String {
    let mut text = format!("# Set up `{}` in the AWS console\n", setup.bucket());
    let mut number = 0;
    let mut section = |title: &str, body: &str| {
        number += 1;
        text.push_str(&format!("\n## {number}. {title}\n\n{body}"));
    };
    if bucket == BucketSource::New {
        section("The bucket", &bucket_steps(setup));
    }
    let policy = setup.policy().to_json_pretty();
    match setup.method() {
        Method::Role { vendor, external_id } => {
            section("The role", &role_steps(setup, vendor, external_id.as_str()));
            section(
                "What the role may do",
                &format!(
                    "Open the role, **Add permissions**, **Create inline policy**, **JSON**, and paste:\n\n```json\n{policy}\n```\n\nName it `{}` and create it.\n",
                    setup.policy_name()
                ),
            );
            section(
                "Hand over",
                "Give the vendor the role's ARN, which stands at the top of its page. Nothing in it is secret.\n",
            );
        }
        Method::User => {
            section(
                "The user",
                &format!(
                    "**IAM**, **Users**, **Create user**. Name it `{}`, without access to the console, and in **no group**: a member of a group of administrators may do anything in your account, and so could whoever got hold of its key. Add the tag `{TAG}` with the value `{}`.\n",
                    setup.name(),
                    setup.name()
                ),
            );
            section(
                "What the user may do",
                &format!(
                    "Open the user, **Add permissions**, **Create inline policy**, **JSON**, and paste:\n\n```json\n{policy}\n```\n\nName it `{}` and create it.\n",
                    setup.policy_name()
                ),
            );
            section(
                "The access key",
                "Open the user, **Security credentials**, **Create access key**, **Third-party service**. Download the `.csv` file: the secret is shown once. Hand it over by a safe way, and then delete it.\n",
            );
        }
    }
    text
}

fn bucket_steps(setup: &Setup) -> String {
    let encryption = match setup.encryption() {
        BucketEncryption::S3Keys => "leave the default, S3 managed keys".to_owned(),
        BucketEncryption::Kms(key) => format!("SSE-KMS with `{key}`, and a bucket key"),
    };
    format!(
        "**S3**, **Create bucket**, in the region `{}`:\n\n\
         - name: `{}`\n\
         - object ownership: ACLs disabled\n\
         - block **all** public access\n\
         - encryption: {encryption}\n\
         - tag: `{TAG}` with the value `{}`\n\n\
         Then, under **Management**, **Create lifecycle rule**, for all objects: delete incomplete multipart uploads after {UNFINISHED_UPLOADS_DAYS} days.\n",
        setup.region().as_str(),
        setup.bucket(),
        setup.name()
    )
}

fn role_steps(setup: &Setup, vendor: &Vendor, external_id: &str) -> String {
    let whom = match vendor {
        Vendor::Account(account) => format!("the AWS account `{account}`"),
        Vendor::Principal(arn) => format!("the role `{arn}` of the vendor"),
    };
    let trust = setup.trust().map(bucketline_policy::Document::to_json_pretty);
    format!(
        "**IAM**, **Roles**, **Create role**, **Custom trust policy**. It lets {whom} in, with the external ID `{external_id}` and no other. Paste:\n\n```json\n{}\n```\n\n\
         Add no permissions yet. Name the role `{}`, describe it as \"{}\", and add the tag `{TAG}` with the value `{}`.\n",
        trust.unwrap_or_default(),
        setup.name(),
        setup.description().as_str(),
        setup.name()
    )
}
