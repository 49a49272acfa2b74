//! Objects encrypted with a customer's own KMS key: asked for, allowed to the boxed session, and insisted on.

use bucketline_testkit::seed::{Account, Bucket, Role, User};
use bucketline_testkit::{Encryption, Testkit, World};

use crate::cloud::{ACME_SECRET, EXTERNAL_ID, VENDOR_SECRET};
use crate::site::{Site, sample};

const KEY: &str = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

fn policy(kms: &str) -> String {
    format!(
        r#"{{"Version": "2012-10-17", "Statement": [
            {{"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetBucketLocation"], "Resource": "arn:aws:s3:::acme-events"}},
            {{"Effect": "Allow", "Action": ["s3:PutObject", "s3:GetObject"], "Resource": "arn:aws:s3:::acme-events/*"}}{kms}]}}"#
    )
}

fn world(kms: &str) -> World {
    let trust = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {{"AWS": "arn:aws:iam::999988887777:root"}},
            "Condition": {{"StringEquals": {{"sts:ExternalId": "{EXTERNAL_ID}"}}}}}}]}}"#
    );
    let assume = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}]}"#;
    World::builder()
        .account(
            Account::new("999988887777").user(
                User::new("exporter")
                    .access_key("AKIAVENDOREXPORTER01", VENDOR_SECRET)
                    .policy("assume", assume),
            ),
        )
        .account(
            Account::new("111122223333")
                .bucket(Bucket::new("acme-events").region("eu-central-1"))
                .kms_key(KEY)
                .role(Role::new("export", trust).policy("write", policy(kms)))
                .user(
                    User::new("bucketline")
                        .access_key("AKIAACMEBUCKETLINE01", ACME_SECRET)
                        .policy("write", policy(kms)),
                ),
        )
        .build()
        .unwrap()
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

fn with_kit<T>(world: World, run: impl FnOnce(&Testkit) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let kit = runtime.block_on(Testkit::start(world)).unwrap();
    run(&kit)
}

fn site(kit: &Testkit, encryption: &str) -> Site {
    Site::new(&configuration(encryption))
        .set("AWS_ENDPOINT_URL", &kit.endpoint())
        .set("AWS_REGION", "us-east-1")
        .set("AWS_ACCESS_KEY_ID", "AKIAVENDOREXPORTER01")
        .set("AWS_SECRET_ACCESS_KEY", VENDOR_SECRET)
        .set("ACME_SECRET", ACME_SECRET)
}

#[test]
fn a_customers_key_encrypts_every_object_whoever_signs() {
    let allowed = format!(
        r#", {{"Effect": "Allow", "Action": ["kms:GenerateDataKey", "kms:Decrypt"], "Resource": "{KEY}"}}"#
    );
    with_kit(world(&allowed), |kit| {
        let site = site(
            kit,
            &format!("{{ kms = \"{KEY}\", context = {{ tenant = \"acme\" }} }}"),
        );
        site.write("events.ndjson", &sample(200, 5));
        site.program().args(["check"]).run().expect_code(0);
        site.run().expect_code(0);
        site.prove(200);
        let objects: Vec<String> = kit
            .world()
            .objects("acme-events")
            .into_iter()
            .map(|entry| entry.key)
            .collect();
        for folder in ["by-key/", "by-role/"] {
            assert!(objects.iter().any(|key| key.starts_with(folder)), "{objects:?}");
        }
        for key in objects.iter().filter(|key| key.starts_with("by-")) {
            let object = kit.world().object("acme-events", key).unwrap();
            assert_eq!(
                *object.encryption(),
                Encryption::Kms { key: KEY.to_owned() },
                "{key}"
            );
        }
    });
}

#[test]
fn without_the_keys_permission_nothing_is_delivered_and_it_is_said_why() {
    with_kit(world(""), |kit| {
        let site = site(kit, &format!("{{ kms = \"{KEY}\" }}"));
        site.write("events.ndjson", &sample(20, 5));
        site.run().expect_code(3).expect_said("encryption");
        assert!(kit.world().objects("acme-events").is_empty());
    });
}
