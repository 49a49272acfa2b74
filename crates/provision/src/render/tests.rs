//! The renderings say what the set-up says, and nothing in a value leaves its place.

use std::collections::BTreeSet;

use bucketline_auth::AccessKey;
use serde_json::Value;

use super::*;
use crate::setup::{Integration, Method, Setup, SetupBuilder, Vendor};

fn builder() -> SetupBuilder {
    let vendor = Vendor::Account("999988887777".parse().unwrap());
    let external_id = "acme-0192f3b4".parse().unwrap();
    Setup::builder("acme-events".parse().unwrap(), "eu-central-1".parse().unwrap())
        .method(Method::Role { vendor, external_id })
}

fn with_everything() -> Setup {
    let key = "kms:arn:aws:kms:eu-central-1:111122223333:key/1234abcd"
        .parse()
        .unwrap();
    builder()
        .integration(Integration::Both)
        .folder("it's ${here}/$(id)")
        .encryption(key)
        .description("what's \"this\" for, ${x} `id`?".parse().unwrap())
        .build()
        .unwrap()
}

fn actions(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == ':' || c == '*'));
    let action = |word: &&str| {
        ["s3:", "kms:", "sts:"]
            .iter()
            .any(|service| word.starts_with(service))
    };
    let keys = ["s3:prefix", "kms:ViaService", "sts:ExternalId"];
    words
        .filter(action)
        .filter(|word| !keys.contains(word) && !word.ends_with(':'))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_rendering_grants_what_the_policy_grants_and_nothing_else() {
    for setup in [builder().build().unwrap(), with_everything()] {
        let trust = setup.trust().unwrap().to_json();
        let expected = actions(&(setup.policy().to_json() + &trust));
        for (name, text) in [
            ("cloudformation", cloudformation(&setup, BucketSource::New)),
            ("terraform json", terraform(&setup, BucketSource::New)),
            ("script", script(&setup, BucketSource::New)),
            ("console", console(&setup, BucketSource::New)),
            ("json", json(&setup)),
        ] {
            assert_eq!(actions(&text), expected, "{name}");
            assert!(
                text.contains("acme-0192f3b4") && text.contains("999988887777"),
                "{name}"
            );
        }
    }
}

#[test]
fn the_template_has_one_parameter_and_the_link_fills_it() {
    let setup = with_everything();
    let template = cloudformation(&setup, BucketSource::New);
    let parameters = template.split("Resources:").next().unwrap();
    assert_eq!(parameters.matches("Type: \"String\"").count(), 1, "{parameters}");
    assert!(template.contains("Ref: \"ExternalId\""), "{template}");
    assert!(template.contains("DeletionPolicy: \"Retain\""), "{template}");
    let there = cloudformation(&setup, BucketSource::Existing);
    assert!(!there.contains("AWS::S3::Bucket\""), "{there}");
    let link = QuickCreate::new(&setup, "https://s3.amazonaws.com/templates/cfn.yaml?v=1&x").link();
    assert_eq!(
        link,
        "https://eu-central-1.console.aws.amazon.com/cloudformation/home?region=eu-central-1#/stacks/create/review?templateURL=https%3A%2F%2Fs3%2Eamazonaws%2Ecom%2Ftemplates%2Fcfn%2Eyaml%3Fv%3D1%26x&stackName=bucketline-acme-events&param_ExternalId=acme%2D0192f3b4"
    );
}

/// Source: "JSON Configuration Syntax", Terraform language documentation.
#[test]
fn terraforms_json_has_its_syntax_and_values_are_no_templates() {
    let setup = with_everything();
    let text = terraform(&setup, BucketSource::New);
    let json: Value = serde_json::from_str(&text).unwrap();
    let blocks: Vec<&String> = json.as_object().unwrap().keys().collect();
    assert!(
        blocks
            .iter()
            .all(|block| ["terraform", "provider", "resource", "output"].contains(&block.as_str())),
        "{blocks:?}"
    );
    assert_eq!(json["provider"]["aws"]["region"], "eu-central-1");
    for (kind, named) in json["resource"].as_object().unwrap() {
        assert!(kind.starts_with("aws_"), "{kind}");
        for (name, body) in named.as_object().unwrap() {
            assert!(
                body.is_object() && name.chars().all(|c| c.is_ascii_lowercase()),
                "{name}"
            );
        }
    }
    let role = &json["resource"]["aws_iam_role"]["delivery"];
    assert_eq!(role["description"], "what's \"this\" for, $${x} `id`?");
    let trust = role["assume_role_policy"].as_str().unwrap();
    assert_eq!(trust, setup.trust().unwrap().to_json());
    let policy = json["resource"]["aws_iam_role_policy"]["delivery"]["policy"]
        .as_str()
        .unwrap();
    assert!(!policy.replace("$${", "").contains("${"), "{policy}");
    assert_eq!(policy.replace("$${", "${"), setup.policy().to_json());
}

#[test]
fn nothing_in_a_value_leaves_its_quotes_in_the_script() {
    let text = script(&with_everything(), BucketSource::New);
    assert!(text.contains(r"--description 'what'\''s "), "{text}");
    let user = Setup::builder("acme-events".parse().unwrap(), "us-east-1".parse().unwrap())
        .build()
        .unwrap();
    let text = script(&user, BucketSource::New);
    assert!(
        !text.contains("LocationConstraint") && text.contains("umask 077"),
        "{text}"
    );
    // The key that it makes is in a file that a configuration can name.
    assert!(
        text.contains(&format!("echo '{}'\n", script::KEY_FILE_HEADING)),
        "{text}"
    );
    let file = format!(
        "{}\nAKIAIOSFODNN7EXAMPLE,wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n",
        script::KEY_FILE_HEADING
    );
    let key = AccessKey::from_secret_text(None, &file).unwrap();
    assert_eq!(key.id().as_str(), "AKIAIOSFODNN7EXAMPLE");
    let there = script(&with_everything(), BucketSource::Existing);
    assert!(
        !there.contains("bucket=") && !there.contains("region="),
        "{there}"
    );
}

#[test]
fn what_it_can_and_cannot_do_is_asked_of_the_policy() {
    let text = abilities(&builder().build().unwrap());
    let (can, cannot) = text.split_once("It cannot:").unwrap();
    for line in [
        "write below currents/",
        "read below currents/",
        "list below currents/",
        "learn the bucket's region",
    ] {
        assert!(can.contains(line), "{line}: {text}");
    }
    for line in [
        "delete below currents/",
        "write elsewhere",
        "list the whole bucket",
        "list all buckets",
        "delete the bucket",
        "write below segment-export/",
        "give itself more rights",
    ] {
        assert!(cannot.contains(line), "{line}: {text}");
    }
    let both = abilities(&with_everything());
    let (can, cannot) = both.split_once("It cannot:").unwrap();
    assert!(
        can.contains("write below segment-export/") && can.contains("encrypt with the key"),
        "{both}"
    );
    assert!(cannot.contains("delete the key"), "{both}");
}

#[test]
fn the_modules_policy_is_the_set_ups_whatever_its_folders_and_key() {
    const KEY: &str = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd";
    for (integration, folders) in [
        (Integration::Currents, &["currents"][..]),
        (Integration::Currents, &["a", "b/c"][..]),
        (Integration::DataExport, &[][..]),
        (Integration::Both, &["a"][..]),
    ] {
        for key in [None, Some(KEY)] {
            let mut wanted = builder().integration(integration);
            for folder in folders {
                wanted = wanted.folder(*folder);
            }
            if let Some(key) = key {
                wanted = wanted.encryption(format!("kms:{key}").parse().unwrap());
            }
            let wanted = wanted.build().unwrap();
            // The module is the same whichever of these it was made for.
            let template =
                module::Template::of(&builder().integration(integration).build().unwrap()).unwrap();
            let made: Value = serde_json::from_str(&template.policy(folders, key).to_json()).unwrap();
            let policy: Value = serde_json::from_str(&wanted.policy().to_json()).unwrap();
            assert_eq!(
                in_any_order(made),
                in_any_order(policy),
                "{integration:?} {folders:?} {key:?}"
            );
        }
    }
}

/// Lists of texts mean the same in any order.
fn in_any_order(value: Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().map(in_any_order).collect();
            items.sort_by_key(ToString::to_string);
            Value::Array(items)
        }
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .map(|(name, value)| (name, in_any_order(value)))
                .collect(),
        ),
        other => other,
    }
}

#[test]
fn the_modules_values_are_variables_and_no_templates() {
    let setup = with_everything();
    let text = module(&setup, BucketSource::New).unwrap();
    for name in [
        "principal",
        "external_id",
        "bucket",
        "region",
        "folders",
        "kms_key_arn",
        "name",
    ] {
        assert!(
            text.contains(&format!("variable \"{name}\" {{")),
            "{name}: {text}"
        );
    }
    assert!(text.contains("output \"role_arn\""), "{text}");
    // What a value holds stays a value; what is ours is a variable.
    assert!(text.contains("it's $${here}/$(id)"), "{text}");
    let (variables, resources) = text.split_once("resource \"aws_s3_bucket\"").unwrap();
    for value in ["acme-events", "acme-0192f3b4", "999988887777", "1234abcd"] {
        assert!(
            variables.contains(value) && !resources.contains(value),
            "{value}: {text}"
        );
    }
    let user = Setup::builder("acme-events".parse().unwrap(), "eu-central-1".parse().unwrap());
    assert!(module(&user.build().unwrap(), BucketSource::New).is_none());
}
