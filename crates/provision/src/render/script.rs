//! The set-up as a script over the AWS command line, for whoever likes to read what is run.

use super::BucketSource;
use super::tree::Node;
use crate::setup::{BucketEncryption, Method, Setup, TAG, UNFINISHED_UPLOADS_DAYS, UNFINISHED_UPLOADS_RULE};

/// What AWS writes above a key.
pub(super) const KEY_FILE_HEADING: &str = "Access key ID,Secret access key";

/// The script (`setup.sh`). It stops at the first command that fails; `bucketline setup` is what goes on where it was.
#[must_use]
pub fn script(setup: &Setup, bucket: BucketSource) -> String {
    let mut lines = vec![
        "#!/usr/bin/env bash".to_owned(),
        format!(
            "# Sets up {} for deliveries, with the AWS CLI and the credentials of whoever administers the account.",
            setup.bucket()
        ),
        "set -euo pipefail".to_owned(),
        String::new(),
        format!("name={}", quoted(setup.name().as_str())),
    ];
    if bucket == BucketSource::New {
        bucket_lines(setup, &mut lines);
    }
    let (what, upper) = match setup.method() {
        Method::Role { .. } => ("role", "Role"),
        Method::User => ("user", "User"),
    };
    lines.push(String::new());
    lines.push(format!("# The {what}, and what it may do."));
    let mut create = format!(
        "arn=$(aws iam create-{what} --{what}-name \"$name\" --path {}",
        quoted(setup.path().as_str())
    );
    if let Some(trust) = setup.trust() {
        create.push_str(&format!(
            " \\\n  --description {} \\\n  --assume-role-policy-document {}",
            quoted(setup.description().as_str()),
            quoted(&trust.to_json())
        ));
    }
    create.push_str(&format!(
        " \\\n  --tags \"Key={TAG},Value=$name\" --query {}.Arn --output text)",
        upper
    ));
    lines.push(create);
    lines.push(format!(
        "aws iam put-{what}-policy --{what}-name \"$name\" --policy-name {} \\\n  --policy-document {}",
        quoted(setup.policy_name().as_str()),
        quoted(&setup.policy().to_json())
    ));
    lines.push(format!("aws iam wait {what}-exists --{what}-name \"$name\""));
    lines.push(String::new());
    match setup.method() {
        Method::Role { .. } => lines.push("echo \"Give the vendor this role: $arn\"".to_owned()),
        Method::User => {
            lines.push("# The secret is told once: it goes into a file for you alone.".to_owned());
            lines.push("umask 077".to_owned());
            // In the form of the file that the console gives, which is what configurations name.
            lines.push(format!(
                "{{\n  echo {}\n  aws iam create-access-key --user-name \"$name\" \\\n    --query 'AccessKey.[AccessKeyId,SecretAccessKey]' --output text | tr '\\t' ','\n}} > \"$name-key.csv\"",
                quoted(KEY_FILE_HEADING)
            ));
            lines.push(
                "echo \"Hand over $name-key.csv by a safe way, and then delete it. The user is $arn\""
                    .to_owned(),
            );
        }
    }
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

fn bucket_lines(setup: &Setup, lines: &mut Vec<String>) {
    lines.push(format!("bucket={}", quoted(setup.bucket().as_str())));
    lines.push(format!("region={}", quoted(setup.region().as_str())));
    lines.push(String::new());
    lines.push("# The bucket: closed to the public, and its owner owns every object.".to_owned());
    lines.push(match setup.region().as_str() {
        // This region takes no constraint.
        "us-east-1" => "aws s3api create-bucket --bucket \"$bucket\" --region \"$region\"".to_owned(),
        _ => "aws s3api create-bucket --bucket \"$bucket\" --region \"$region\" \\\n  --create-bucket-configuration \"LocationConstraint=$region\"".to_owned(),
    });
    let mut put = |command: &str, option: &str, value: &str| {
        lines.push(format!(
            "aws s3api {command} --bucket \"$bucket\" --region \"$region\" \\\n  --{option} {value}"
        ));
    };
    put(
        "put-bucket-tagging",
        "tagging",
        &format!("\"TagSet=[{{Key={TAG},Value=$name}}]\""),
    );
    put(
        "put-public-access-block",
        "public-access-block-configuration",
        "'BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true'",
    );
    put(
        "put-bucket-ownership-controls",
        "ownership-controls",
        "'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'",
    );
    let days = Node::map([(
        "DaysAfterInitiation",
        Node::Number(UNFINISHED_UPLOADS_DAYS.into()),
    )]);
    let rule = Node::map([
        ("ID", Node::text(UNFINISHED_UPLOADS_RULE)),
        ("Status", Node::text("Enabled")),
        ("Filter", Node::map([("Prefix", Node::text(""))])),
        ("AbortIncompleteMultipartUpload", days),
    ]);
    let rules = Node::map([("Rules", Node::list([rule]))]);
    put(
        "put-bucket-lifecycle-configuration",
        "lifecycle-configuration",
        &quoted(&rules.to_json()),
    );
    if let BucketEncryption::Kms(key) = setup.encryption() {
        let by_default = Node::map([
            ("SSEAlgorithm", Node::text("aws:kms")),
            ("KMSMasterKeyID", Node::text(key.as_str())),
        ]);
        let rule = Node::map([
            ("ApplyServerSideEncryptionByDefault", by_default),
            ("BucketKeyEnabled", Node::Bool(true)),
        ]);
        let rules = Node::map([("Rules", Node::list([rule]))]);
        put(
            "put-bucket-encryption",
            "server-side-encryption-configuration",
            &quoted(&rules.to_json()),
        );
    }
}

/// A word of the shell that says this and nothing else.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}
