//! The set-up in Terraform's JSON syntax, with every value in place. It wants the AWS provider alone.

use super::BucketSource;
use super::tree::Node;
use crate::setup::{BucketEncryption, Method, Setup, TAG, UNFINISHED_UPLOADS_DAYS, UNFINISHED_UPLOADS_RULE};

/// The set-up in Terraform's JSON syntax (`main.tf.json`), with every value in place.
#[must_use]
pub fn terraform(setup: &Setup, bucket: BucketSource) -> String {
    let mut resources = Vec::new();
    if bucket == BucketSource::New {
        resources.extend(bucket_resources(setup));
    }
    let policy = Node::text(literal(&setup.policy().to_json()));
    let (holder, output) = match setup.method() {
        Method::Role { .. } => ("role", "role_arn"),
        Method::User => ("user", "user_arn"),
    };
    let mut holder_node = Node::map([
        ("name", Node::text(setup.name().as_str())),
        ("path", Node::text(setup.path().as_str())),
        ("tags", tags(setup)),
    ]);
    if let Some(trust) = setup.trust() {
        holder_node = holder_node
            .with("description", Node::text(literal(setup.description().as_str())))
            .with("assume_role_policy", Node::text(literal(&trust.to_json())));
    }
    let kind = format!("aws_iam_{holder}");
    resources.push((kind.clone(), vec![("delivery", holder_node)]));
    let inline = Node::map([
        ("name", Node::text(setup.policy_name().as_str())),
        (holder, Node::text(format!("${{{kind}.delivery.name}}"))),
        ("policy", policy),
    ]);
    resources.push((format!("{kind}_policy"), vec![("delivery", inline)]));
    let resources = resources.into_iter().map(|(kind, named)| {
        let named = named.into_iter().map(|(name, value)| (name.to_owned(), value));
        (kind, Node::Map(named.collect()))
    });
    let arn = Node::map([("value", Node::text(format!("${{{kind}.delivery.arn}}")))]);
    Node::map([
        ("terraform", providers()),
        (
            "provider",
            Node::map([(
                "aws",
                Node::map([("region", Node::text(setup.region().as_str()))]),
            )]),
        ),
        ("resource", Node::Map(resources.collect())),
        ("output", Node::map([(output, arn)])),
    ])
    .to_json_pretty()
}

fn providers() -> Node {
    let aws = Node::map([
        ("source", Node::text("hashicorp/aws")),
        ("version", Node::text(">= 5.0")),
    ]);
    Node::map([("required_providers", Node::map([("aws", aws)]))])
}

fn bucket_resources(setup: &Setup) -> Vec<(String, Vec<(&'static str, Node)>)> {
    let bucket = || Node::text("${aws_s3_bucket.events.id}");
    let yes = || Node::Bool(true);
    let made = Node::map([
        ("bucket", Node::text(setup.bucket().as_str())),
        ("tags", tags(setup)),
    ]);
    let closed = Node::map([
        ("bucket", bucket()),
        ("block_public_acls", yes()),
        ("block_public_policy", yes()),
        ("ignore_public_acls", yes()),
        ("restrict_public_buckets", yes()),
    ]);
    let owned = Node::map([
        ("bucket", bucket()),
        (
            "rule",
            Node::map([("object_ownership", Node::text("BucketOwnerEnforced"))]),
        ),
    ]);
    let rule = Node::map([
        ("id", Node::text(UNFINISHED_UPLOADS_RULE)),
        ("status", Node::text("Enabled")),
        ("filter", Node::Map(Vec::new())),
        (
            "abort_incomplete_multipart_upload",
            Node::map([(
                "days_after_initiation",
                Node::Number(UNFINISHED_UPLOADS_DAYS.into()),
            )]),
        ),
    ]);
    let ends = Node::map([("bucket", bucket()), ("rule", rule)]);
    let mut resources = vec![
        ("aws_s3_bucket".to_owned(), vec![("events", made)]),
        (
            "aws_s3_bucket_public_access_block".to_owned(),
            vec![("events", closed)],
        ),
        (
            "aws_s3_bucket_ownership_controls".to_owned(),
            vec![("events", owned)],
        ),
        (
            "aws_s3_bucket_lifecycle_configuration".to_owned(),
            vec![("events", ends)],
        ),
    ];
    if let BucketEncryption::Kms(key) = setup.encryption() {
        let by_default = Node::map([
            ("sse_algorithm", Node::text("aws:kms")),
            ("kms_master_key_id", Node::text(key.as_str())),
        ]);
        let rule = Node::map([
            ("apply_server_side_encryption_by_default", by_default),
            ("bucket_key_enabled", yes()),
        ]);
        let encrypts = Node::map([("bucket", bucket()), ("rule", rule)]);
        let kind = "aws_s3_bucket_server_side_encryption_configuration";
        resources.push((kind.to_owned(), vec![("events", encrypts)]));
    }
    resources
}

fn tags(setup: &Setup) -> Node {
    Node::map([(TAG, Node::text(setup.name().as_str()))])
}

/// Text that Terraform takes as it stands: `${` and `%{` would begin a template.
fn literal(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}
