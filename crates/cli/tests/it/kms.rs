//! Objects encrypted with a customer's own KMS key: asked for, allowed to the boxed session, and insisted on.

use bucketline_testkit::Encryption;
use bucketline_testkit::seed::{Account, Bucket, Role, User};

use crate::cloud::{ACME_KEY, ACME_SECRET, Cloud, EXTERNAL_ID, access, trust};
use crate::site::{Site, sample};

/// Acme with a user and a role for one bucket, and what else both are allowed.
fn cloud(key_policy: Option<&str>) -> Cloud {
    let mut user = User::new("bucketline")
        .access_key("AKIAACMEBUCKETLINE01", ACME_SECRET)
        .policy("write", access("acme-events"));
    let mut role = Role::new("export", trust()).policy("write", access("acme-events"));
    if let Some(policy) = key_policy {
        user = user.policy("encrypt", policy);
        role = role.policy("encrypt", policy);
    }
    let acme = Account::new("111122223333")
        .bucket(Bucket::new("acme-events").region("eu-central-1"))
        .kms_key(ACME_KEY);
    Cloud::of([acme.user(user).role(role)])
}

fn configuration(encryption: &str) -> String {
    format!(
        r#"
[[grant]]
id = "key"
type = "access_key"
access_key_id = "AKIAACMEBUCKETLINE01"
secret_access_key = {{ env = "ACME_SECRET" }}

[[grant]]
id = "role"
type = "assume_role"
role_arn = "arn:aws:iam::111122223333:role/export"
external_id = "{EXTERNAL_ID}"

[[connector]]
id = "5f1e0c2ab7d94e00a1b2c3d4"
workspace = "acme"
grant = "key"
bucket = "acme-events"
folder = "by-key"
encryption = {encryption}

[[connector]]
id = "60aa11bb22cc33dd44ee55ff"
workspace = "globex"
grant = "role"
bucket = "acme-events"
folder = "by-role"
encryption = {encryption}
"#
    )
}

fn site(cloud: &Cloud, encryption: &str) -> Site {
    let site = cloud.site_with(&configuration(encryption));
    site.write("events.ndjson", &sample(20, 5));
    site
}

#[test]
fn a_customers_key_encrypts_every_object_whoever_signs() {
    let allowed = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow",
            "Action": ["kms:GenerateDataKey", "kms:Decrypt"], "Resource": "{ACME_KEY}"}}]}}"#
    );
    let cloud = cloud(Some(&allowed));
    let site = site(
        &cloud,
        &format!("{{ kms = \"{ACME_KEY}\", context = {{ tenant = \"acme\" }} }}"),
    );
    site.write("events.ndjson", &sample(200, 5));
    site.program().args(["check"]).run().expect_code(0);
    site.run().expect_code(0);
    site.prove(200);
    let keys = cloud.keys("acme-events");
    for folder in ["by-key/", "by-role/"] {
        assert!(keys.iter().any(|key| key.starts_with(folder)), "{keys:?}");
    }
    for key in keys.iter().filter(|key| key.starts_with("by-")) {
        let object = cloud.kit().world().object("acme-events", key).unwrap();
        let by_ours = Encryption::Kms {
            key: ACME_KEY.to_owned(),
        };
        assert_eq!(*object.encryption(), by_ours, "{key}");
    }
}

#[test]
fn without_the_keys_permission_nothing_is_delivered_and_it_is_said_why() {
    let cloud = cloud(None);
    let site = site(&cloud, &format!("{{ kms = \"{ACME_KEY}\" }}"));
    site.run().expect_code(3).expect_said("encryption");
    assert!(cloud.keys("acme-events").is_empty());
}
