//! The set-up as a Terraform module, whose values are variables with this set-up's as their defaults: principal, external ID,
//! bucket, folders, KMS key; and out comes the role. It wants the AWS provider alone, and the caller's own.

use super::BucketSource;
use super::tree::Node;
use crate::setup::{
    BucketEncryption, Integration, Method, Setup, TAG, UNFINISHED_UPLOADS_DAYS, UNFINISHED_UPLOADS_RULE,
    Vendor,
};

/// Stands for a folder in the policy that the module's is made of.
const FOLDER: &str = "folder-of-the-module";
/// Stands for a key.
const KEY: &str = "00000000-0000-0000-0000-000000000000";

/// The module (`main.tf`); none for a user, whose key's secret would lie in Terraform's state.
#[must_use]
pub fn module(setup: &Setup, bucket: BucketSource) -> Option<String> {
    let Method::Role { vendor, external_id } = setup.method() else {
        return None;
    };
    let policy = Template::of(setup)?;
    let principal = match vendor {
        Vendor::Account(account) => format!("arn:{}:iam::{account}:root", setup.partition()),
        Vendor::Principal(arn) => arn.to_string(),
    };
    let trust = setup.trust().map(Node::document)?;
    let trust = trust.map_texts(&|text| match text {
        text if text == principal => reference("var.principal"),
        text if text == external_id.as_str() => reference("var.external_id"),
        text => Node::Text(text),
    });
    let folders = match setup.integration() {
        Integration::DataExport => String::new(),
        _ => variable(
            "folders",
            "list(string)",
            "The folders that are delivered into, without a slash at either end",
            &Printer::default().print(&Node::List(setup.folders().iter().map(Node::text).collect()), 1),
            Some((
                r#"alltrue([for folder in var.folders : !can(regex("[*?$]|^/|/$|^$", folder))])"#,
                "A folder has no wildcards, and no slash at either end.",
            )),
        ),
    };
    let key = match setup.encryption() {
        BucketEncryption::Kms(key) => quoted(key.as_str()),
        BucketEncryption::S3Keys => "null".to_owned(),
    };
    let mut out = format!(
        "# {bucket}: a role that may deliver into it and do nothing else.\n\
         #\n\
         # module \"bucketline\" {{\n\
         #   source      = \"./module\"\n\
         #   external_id = \"as the vendor told you\"\n\
         # }}\n\n\
         terraform {{\n  required_providers {{\n    aws = {{\n      source  = \"hashicorp/aws\"\n      version = \">= 5.0\"\n    }}\n  }}\n}}\n",
        bucket = setup.bucket()
    );
    for variable in [
        variable(
            "principal",
            "string",
            "Who may assume the role: the vendor's account, or a role of it",
            &quoted(&principal),
            None,
        ),
        variable(
            "external_id",
            "string",
            "What the vendor has to know to assume the role: made by the vendor, for you alone",
            &quoted(external_id.as_str()),
            Some((
                r#"can(regex("^[A-Za-z0-9_+=,.@:/-]{2,1224}$", var.external_id))"#,
                "An external ID has 2 to 1,224 letters, digits and _+=,.@:/-",
            )),
        ),
        variable(
            "bucket",
            "string",
            "The bucket",
            &quoted(setup.bucket().as_str()),
            None,
        ),
        variable(
            "region",
            "string",
            "The region of the bucket, which is the provider's",
            &quoted(setup.region().as_str()),
            None,
        ),
        folders,
        variable(
            "kms_key_arn",
            "string",
            "The KMS key that the bucket encrypts with; S3's own keys where null",
            &key,
            None,
        ),
        variable(
            "name",
            "string",
            "The name of the role",
            &quoted(setup.name().as_str()),
            None,
        ),
    ] {
        out.push_str(&variable);
    }
    if bucket == BucketSource::New {
        out.push_str(&bucket_resources());
    }
    let printer = policy.printer();
    out.push_str(&format!(
        "\nresource \"aws_iam_role\" \"delivery\" {{\n  name        = var.name\n  path        = {path}\n  description = {description}\n  \
         assume_role_policy = jsonencode({trust})\n  tags = {{\n    {tag} = var.name\n  }}\n}}\n\n\
         resource \"aws_iam_role_policy\" \"delivery\" {{\n  name = {policy_name}\n  role = aws_iam_role.delivery.name\n  \
         policy = jsonencode({{\n    Version = \"2012-10-17\"\n    Statement = concat(\n      {always},\n      \
         [for statement in {with_key} : statement if var.kms_key_arn != null],\n    )\n  }})\n}}\n\n\
         output \"role_arn\" {{\n  description = \"Give it to the vendor\"\n  value       = aws_iam_role.delivery.arn\n}}\n",
        path = quoted(setup.path().as_str()),
        description = quoted(setup.description().as_str()),
        trust = Printer::default().print(&trust, 1),
        tag = quoted(TAG),
        policy_name = quoted(setup.policy_name().as_str()),
        always = printer.print(&Node::List(policy.always.clone()), 3),
        with_key = printer.print(&Node::List(policy.with_key.clone()), 3),
    ));
    Some(out)
}

/// The policy of a set-up like this one, of one folder and one key that stand for all.
pub(super) struct Template {
    /// The statements that are always there.
    pub(super) always: Vec<Node>,
    /// Those that are there with a key.
    pub(super) with_key: Vec<Node>,
    key: String,
    bucket: String,
    region: String,
}

impl Template {
    pub(super) fn of(setup: &Setup) -> Option<Self> {
        let key = format!(
            "arn:{}:kms:{}:000000000000:key/{KEY}",
            setup.partition(),
            setup.region().as_str()
        );
        let statements = |encryption| {
            let mut like = Setup::builder(setup.bucket().clone(), setup.region().clone())
                .method(setup.method().clone())
                .integration(setup.integration())
                .encryption(encryption);
            if setup.integration() != Integration::DataExport {
                like = like.folder(FOLDER);
            }
            match Node::document(like.build().ok()?.policy()) {
                Node::Map(members) => members.into_iter().find_map(|(name, value)| match value {
                    Node::List(statements) if name == "Statement" => Some(statements),
                    _ => None,
                }),
                _ => None,
            }
        };
        let always = statements(BucketEncryption::S3Keys)?;
        let mut with_key = statements(BucketEncryption::Kms(key.parse().ok()?))?;
        with_key.retain(|statement| !always.contains(statement));
        Some(Self {
            always,
            with_key,
            key,
            bucket: format!(":::{}", setup.bucket()),
            region: format!("s3.{}.", setup.region().as_str()),
        })
    }

    /// What stands for a variable, and which.
    fn printer(&self) -> Printer<'_> {
        Printer {
            variables: vec![
                (&self.key, "${var.kms_key_arn}"),
                (&self.bucket, ":::${var.bucket}"),
                (&self.region, "s3.${var.region}."),
                (FOLDER, "${folder}"),
            ],
        }
    }

    /// The policy of these folders and this key: what Terraform makes of the module's, for a test to compare.
    #[cfg(test)]
    pub(super) fn policy(&self, folders: &[&str], key: Option<&str>) -> Node {
        let with_key = self.with_key.iter().filter(|_| key.is_some());
        let statements = self.always.iter().chain(with_key).cloned();
        let key = key.unwrap_or_default();
        let statements = statements.map(|statement| {
            let keyed = statement.map_texts(&|text| Node::Text(text.replace(&self.key, key)));
            each_folder(keyed, folders)
        });
        Node::map([
            ("Version", Node::text("2012-10-17")),
            ("Statement", Node::List(statements.collect())),
        ])
    }
}

#[cfg(test)]
fn each_folder(node: Node, folders: &[&str]) -> Node {
    match node {
        Node::Map(members) => Node::Map(
            members
                .into_iter()
                .map(|(name, value)| (name, each_folder(value, folders)))
                .collect(),
        ),
        Node::List(items) => {
            let (of_folders, others): (Vec<Node>, Vec<Node>) = items.into_iter().partition(is_of_a_folder);
            let named = folders.iter().flat_map(|folder| {
                of_folders
                    .iter()
                    .cloned()
                    .map(|item| item.map_texts(&|text| Node::Text(text.replace(FOLDER, folder))))
            });
            let others = others.into_iter().map(|item| each_folder(item, folders));
            Node::List(named.chain(others).collect())
        }
        other => other,
    }
}

fn is_of_a_folder(node: &Node) -> bool {
    matches!(node, Node::Text(text) if text.contains(FOLDER))
}

/// A name that is printed as it stands.
fn reference(name: &str) -> Node {
    Node::Text(format!("\u{0}{name}"))
}

/// Prints values as Terraform's language has them.
#[derive(Default)]
struct Printer<'a> {
    variables: Vec<(&'a str, &'static str)>,
}

impl Printer<'_> {
    fn print(&self, node: &Node, depth: usize) -> String {
        let (inner, outer) = ("  ".repeat(depth + 1), "  ".repeat(depth));
        match node {
            Node::Map(members) => {
                let members = members.iter().map(|(name, value)| {
                    let plain = name.chars().all(|c| c.is_ascii_alphanumeric());
                    let name = if plain { name.clone() } else { quoted(name) };
                    format!("{inner}{name} = {}\n", self.print(value, depth + 1))
                });
                format!("{{\n{}{outer}}}", members.collect::<String>())
            }
            Node::List(items) if items.iter().any(is_of_a_folder) => {
                let (of_folders, others): (Vec<&Node>, Vec<&Node>) =
                    items.iter().partition(|item| is_of_a_folder(item));
                let each: Vec<String> = of_folders.iter().map(|item| self.print(item, depth)).collect();
                let others = others.iter().map(|item| format!(", {}", self.print(item, depth)));
                format!(
                    "flatten([[for folder in var.folders : [{}]]{}])",
                    each.join(", "),
                    others.collect::<String>()
                )
            }
            Node::List(items) => {
                let items: Vec<String> = items.iter().map(|item| self.print(item, depth)).collect();
                format!("[{}]", items.join(", "))
            }
            Node::Text(text) => match text.strip_prefix('\u{0}') {
                Some(name) => name.to_owned(),
                None => {
                    let variables = self.variables.iter();
                    variables.fold(quoted(text), |text, (from, to)| text.replace(from, to))
                }
            },
            Node::Number(number) => number.to_string(),
            Node::Bool(value) => value.to_string(),
        }
    }
}

/// Text that Terraform takes as it stands: `${` and `%{` would begin a template.
fn quoted(text: &str) -> String {
    let json = Node::text(text).to_json();
    json.replace("${", "$${").replace("%{", "%%{")
}

fn variable(
    name: &str,
    of: &str,
    description: &str,
    default: &str,
    validation: Option<(&str, &str)>,
) -> String {
    let validation = validation.map_or_else(String::new, |(condition, message)| {
        format!(
            "\n  validation {{\n    condition     = {condition}\n    error_message = {}\n  }}\n",
            quoted(message)
        )
    });
    format!(
        "\nvariable \"{name}\" {{\n  type        = {of}\n  description = {}\n  default     = {default}\n{validation}}}\n",
        quoted(description)
    )
}

fn bucket_resources() -> String {
    format!(
        r#"
resource "aws_s3_bucket" "events" {{
  bucket = var.bucket
  tags = {{
    {tag} = var.name
  }}
}}

resource "aws_s3_bucket_public_access_block" "events" {{
  bucket                  = aws_s3_bucket.events.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}}

resource "aws_s3_bucket_ownership_controls" "events" {{
  bucket = aws_s3_bucket.events.id
  rule {{
    object_ownership = "BucketOwnerEnforced"
  }}
}}

resource "aws_s3_bucket_lifecycle_configuration" "events" {{
  bucket = aws_s3_bucket.events.id
  rule {{
    id     = {rule}
    status = "Enabled"
    filter {{}}
    abort_incomplete_multipart_upload {{
      days_after_initiation = {days}
    }}
  }}
}}

resource "aws_s3_bucket_server_side_encryption_configuration" "events" {{
  count  = var.kms_key_arn == null ? 0 : 1
  bucket = aws_s3_bucket.events.id
  rule {{
    apply_server_side_encryption_by_default {{
      sse_algorithm     = "aws:kms"
      kms_master_key_id = var.kms_key_arn
    }}
    bucket_key_enabled = true
  }}
}}
"#,
        tag = quoted(TAG),
        rule = quoted(UNFINISHED_UPLOADS_RULE),
        days = UNFINISHED_UPLOADS_DAYS,
    )
}
