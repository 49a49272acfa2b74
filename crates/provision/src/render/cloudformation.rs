//! The set-up as a CloudFormation template, and the link that opens it in the console.

use bucketline_policy::Document;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::BucketSource;
use super::tree::Node;
use crate::setup::{BucketEncryption, Method, Setup, TAG, UNFINISHED_UPLOADS_DAYS, UNFINISHED_UPLOADS_RULE};

/// The template's one parameter. The console's quick-create page shows every parameter that is declared, and the customer
/// should see and compare this one alone.
const PARAMETER: &str = "ExternalId";

/// The template, in YAML. Of a user it makes no key: a stack would show its secret to whoever may read the stack.
///
/// It names what it makes, so that it wants `CAPABILITY_NAMED_IAM`.
#[must_use]
pub fn cloudformation(setup: &Setup, bucket: BucketSource) -> String {
    let mut template = Node::map([
        ("AWSTemplateFormatVersion", Node::text("2010-09-09")),
        ("Description", Node::text(setup.description().as_str())),
    ]);
    if let Method::Role { external_id, .. } = setup.method() {
        let parameter = Node::map([
            ("Type", Node::text("String")),
            (
                "Description",
                Node::text("The external ID that the vendor shows you. Compare it, and do not change it."),
            ),
            ("Default", Node::text(external_id.as_str())),
            ("AllowedPattern", Node::text("[A-Za-z0-9_+=,.@:/-]{2,1224}")),
        ]);
        template = template.with("Parameters", Node::map([(PARAMETER, parameter)]));
    }
    let mut resources = Node::Map(Vec::new());
    if bucket == BucketSource::New {
        resources = resources.with("Bucket", bucket_resource(setup));
    }
    let (holder, output) = match setup.method() {
        Method::Role { .. } => ("Role", "RoleArn"),
        Method::User => ("User", "UserArn"),
    };
    resources = resources.with(holder, holder_resource(setup));
    let arn = Node::map([("Fn::GetAtt", Node::list([Node::text(holder), Node::text("Arn")]))]);
    let what = match setup.method() {
        Method::Role { .. } => "Give this to the vendor",
        Method::User => "Make an access key for this user, and hand it over by a safe way",
    };
    let output_node = Node::map([("Description", Node::text(what)), ("Value", arn)]);
    template
        .with("Resources", resources)
        .with("Outputs", Node::map([(output, output_node)]))
        .to_yaml()
}

fn bucket_resource(setup: &Setup) -> Node {
    let yes = || Node::Bool(true);
    let closed = Node::map([
        ("BlockPublicAcls", yes()),
        ("BlockPublicPolicy", yes()),
        ("IgnorePublicAcls", yes()),
        ("RestrictPublicBuckets", yes()),
    ]);
    let ownership = Node::map([("ObjectOwnership", Node::text("BucketOwnerEnforced"))]);
    let days = Node::map([(
        "DaysAfterInitiation",
        Node::Number(UNFINISHED_UPLOADS_DAYS.into()),
    )]);
    let rule = Node::map([
        ("Id", Node::text(UNFINISHED_UPLOADS_RULE)),
        ("Status", Node::text("Enabled")),
        ("AbortIncompleteMultipartUpload", days),
    ]);
    let mut properties = Node::map([
        ("BucketName", Node::text(setup.bucket().as_str())),
        ("PublicAccessBlockConfiguration", closed),
        (
            "OwnershipControls",
            Node::map([("Rules", Node::list([ownership]))]),
        ),
        (
            "LifecycleConfiguration",
            Node::map([("Rules", Node::list([rule]))]),
        ),
    ]);
    if let BucketEncryption::Kms(key) = setup.encryption() {
        let by_default = Node::map([
            ("SSEAlgorithm", Node::text("aws:kms")),
            ("KMSMasterKeyID", Node::text(key.as_str())),
        ]);
        let rule = Node::map([
            ("ServerSideEncryptionByDefault", by_default),
            ("BucketKeyEnabled", yes()),
        ]);
        let rules = Node::map([("ServerSideEncryptionConfiguration", Node::list([rule]))]);
        properties = properties.with("BucketEncryption", rules);
    }
    // What it holds outlives the stack.
    Node::map([
        ("Type", Node::text("AWS::S3::Bucket")),
        ("DeletionPolicy", Node::text("Retain")),
        ("UpdateReplacePolicy", Node::text("Retain")),
        ("Properties", properties.with("Tags", tags(setup))),
    ])
}

fn holder_resource(setup: &Setup) -> Node {
    let inline = Node::map([
        ("PolicyName", Node::text(setup.policy_name().as_str())),
        ("PolicyDocument", Node::document(setup.policy())),
    ]);
    let policies = Node::list([inline]);
    let (kind, name) = match setup.method() {
        Method::Role { .. } => ("AWS::IAM::Role", "RoleName"),
        Method::User => ("AWS::IAM::User", "UserName"),
    };
    let mut properties = Node::map([
        (name, Node::text(setup.name().as_str())),
        ("Path", Node::text(setup.path().as_str())),
    ]);
    if let (Method::Role { external_id, .. }, Some(trust)) = (setup.method(), setup.trust()) {
        properties = properties
            .with("Description", Node::text(setup.description().as_str()))
            .with(
                "AssumeRolePolicyDocument",
                parametrised(trust, external_id.as_str()),
            );
    }
    let properties = properties.with("Policies", policies).with("Tags", tags(setup));
    Node::map([("Type", Node::text(kind)), ("Properties", properties)])
}

/// The trust policy with the parameter in the place of the external ID.
fn parametrised(trust: &Document, external_id: &str) -> Node {
    Node::document(trust).map_texts(&|text| match text == external_id {
        true => Node::map([("Ref", Node::text(PARAMETER))]),
        false => Node::Text(text),
    })
}

fn tags(setup: &Setup) -> Node {
    let tag = Node::map([
        ("Key", Node::text(TAG)),
        ("Value", Node::text(setup.name().as_str())),
    ]);
    Node::list([tag])
}

/// The link that opens the console's page with the template filled in.
#[derive(Clone, Debug)]
pub struct QuickCreate<'a> {
    setup: &'a Setup,
    template_url: &'a str,
}

impl<'a> QuickCreate<'a> {
    /// Of a template that was put into a bucket: CloudFormation reads it from S3 alone.
    #[must_use]
    pub fn new(setup: &'a Setup, template_url: &'a str) -> Self {
        Self { setup, template_url }
    }

    /// The link.
    #[must_use]
    pub fn link(&self) -> String {
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let region = self.setup.region().as_str();
        let console = match self.setup.partition().as_str() {
            "aws-cn" => "console.amazonaws.cn",
            "aws-us-gov" => "console.amazonaws-us-gov.com",
            _ => "console.aws.amazon.com",
        };
        // The name of a stack has letters, digits and hyphens alone.
        let stack = self.setup.name().as_str();
        let stack: String = stack
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        let mut link = format!(
            "https://{region}.{console}/cloudformation/home?region={region}#/stacks/create/review?templateURL={}&stackName={stack}",
            encoded(self.template_url),
        );
        if let Method::Role { external_id, .. } = self.setup.method() {
            link.push_str(&format!("&param_{PARAMETER}={}", encoded(external_id.as_str())));
        }
        link
    }
}
