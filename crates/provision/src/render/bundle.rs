//! All that a customer needs to set things up without us, as files.

use super::{BucketSource, QuickCreate, abilities, cloudformation, console, module, script, terraform};
use crate::setup::{Integration, Method, Setup};

/// One file of a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BundleFile {
    /// Its name.
    pub name: &'static str,
    /// Its text.
    pub text: String,
    /// Whether it is to be run.
    pub executable: bool,
}

/// The files. `template_url` is where `cfn.yaml` was put, if it was: CloudFormation reads templates from S3 alone.
#[must_use]
pub fn bundle(setup: &Setup, bucket: BucketSource, template_url: Option<&str>) -> Vec<BundleFile> {
    let mut files = Vec::new();
    let mut add = |name, text, executable| {
        files.push(BundleFile {
            name,
            text,
            executable,
        });
    };
    let line = |mut text: String| {
        text.push('\n');
        text
    };
    add("README.md", readme(setup, template_url), false);
    add("policy.json", line(setup.policy().to_json_pretty()), false);
    if let Some(trust) = setup.trust() {
        add("trust.json", line(trust.to_json_pretty()), false);
    }
    add("cfn.yaml", cloudformation(setup, bucket), false);
    add("main.tf.json", terraform(setup, bucket), false);
    if let Some(module) = module(setup, bucket) {
        add("module/main.tf", module, false);
    }
    add("setup.sh", script(setup, bucket), true);
    add("console.md", console(setup, bucket), false);
    add("can-cannot.txt", abilities(setup), false);
    add("bucketline.toml", configuration(setup), false);
    files
}

fn readme(setup: &Setup, template_url: Option<&str>) -> String {
    let (what, hand_over) = match setup.method() {
        Method::Role { .. } => ("a role that the vendor may assume", "the role's ARN"),
        Method::User => ("a user with an access key", "the access key, by a safe way"),
    };
    let quick = match template_url {
        Some(url) => format!(
            "[Open it in the console]({}): compare the external ID, tick that IAM resources with names are made, and create the stack.",
            QuickCreate::new(setup, url).link()
        ),
        None => format!(
            "In the console, in the region `{}`: CloudFormation, Create stack, With new resources, Upload a template file.",
            setup.region()
        ),
    };
    format!(
        "# Deliveries into `{bucket}`\n\n\
         This sets up, in your AWS account and by your own hands, {what}, which may deliver into the bucket `{bucket}` in `{region}` and do nothing else. \
         What exactly it can and cannot do is in `can-cannot.txt`, computed from the policy in `policy.json`.\n\n\
         Take **one** of these ways:\n\n\
         - **CloudFormation**: `cfn.yaml`. {quick}\n\
         - **Terraform**: `main.tf.json` (provider `hashicorp/aws`): `terraform init && terraform apply`; of a role also as a module with variables, `module/main.tf`.\n\
         - **AWS CLI**: read `setup.sh`, then run it.\n\
         - **By hand**: `console.md`.\n\
         - **Bucketline**: `bucketline setup apply`, with your administrator's credentials.\n\n\
         Then give the vendor {hand_over}.\n\n\
         `bucketline.toml` is the vendor's part: it is here so that you see what is configured for you.\n",
        bucket = setup.bucket(),
        region = setup.region().as_str(),
    )
}

/// The vendor's part of the configuration. What only the vendor or the finished set-up knows is left to fill in.
fn configuration(setup: &Setup) -> String {
    let text = |text: &str| super::tree::Node::text(text).to_json();
    let mut out = String::from(
        "# The vendor's part. What is in capital letters is to be filled in.\n\n[[grant]]\nid = ",
    );
    out.push_str(&text(setup.name().as_str()));
    match setup.method() {
        Method::Role { external_id, .. } => {
            let arn = format!(
                "arn:{}:iam::ACCOUNT:role{}{}",
                setup.partition(),
                setup.path(),
                setup.name()
            );
            out.push_str(&format!(
                "\ntype = \"assume_role\"\nrole_arn = {}\nexternal_id = {}\n",
                text(&arn),
                text(external_id.as_str())
            ));
        }
        Method::User => {
            out.push_str("\ntype = \"access_key\"\nsecret_access_key = { file = \"KEY-FILE.csv\" }\n")
        }
    }
    let destination = format!(
        "workspace = \"WORKSPACE\"\ngrant = {}\nbucket = {}\nbucket_owner = \"ACCOUNT\"\nregion = {}\n",
        text(setup.name().as_str()),
        text(setup.bucket().as_str()),
        text(setup.region().as_str())
    );
    if setup.integration() != Integration::DataExport {
        for folder in setup.folders() {
            out.push_str(&format!(
                "\n[[connector]]\nid = \"CONNECTOR\"\nfolder = {}\n{destination}",
                text(folder)
            ));
        }
    }
    if setup.integration() != Integration::Currents {
        out.push_str(&format!("\n[[data_export]]\n{destination}"));
    }
    out
}
