//! An AWS in the test's own process, so that what it holds survives whatever happens to the program.

use bucketline_testkit::seed::{Account, Bucket, Role, User};
use bucketline_testkit::{Testkit, World};
use tokio::runtime::Runtime;

use crate::site::{ACME, GLOBEX, Site};

pub(crate) const VENDOR_SECRET: &str = "canary-vendor-7fb3c1d2";
pub(crate) const ACME_SECRET: &str = "canary-acme-90aa6be4";
/// A key of Acme's in KMS.
pub(crate) const ACME_KEY: &str =
    "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
pub(crate) const EXTERNAL_ID: &str = "globex-4f1c9a72";

/// Two customers: Acme gave an access key, Globex a role that asks for an external ID.
#[derive(Debug)]
pub(crate) struct Cloud {
    kit: Testkit,
    _runtime: Runtime,
}

impl Cloud {
    pub(crate) fn new() -> Self {
        Self::with(|bucket| bucket)
    }

    /// As [`new`](Self::new), but for what the buckets' store does.
    pub(crate) fn with(bucket: impl Fn(Bucket) -> Bucket) -> Self {
        let acme = Account::new("111122223333")
            .bucket(bucket(Bucket::new("acme-events").region("eu-central-1")))
            .user(
                User::new("bucketline")
                    .access_key("AKIAACMEBUCKETLINE01", ACME_SECRET)
                    .policy("write", access("acme-events"))
                    .policy(
                        "encrypt",
                        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                            "Action": ["kms:GenerateDataKey", "kms:Decrypt"], "Resource": "*"}]}"#,
                    ),
            )
            .kms_key(ACME_KEY);
        let globex = Account::new("444455556666")
            .bucket(bucket(Bucket::new("globex-events")))
            .role(Role::new("export", trust()).policy("write", access("globex-events")));
        Self::of([acme, globex])
    }

    /// The vendor, and these customers.
    pub(crate) fn of(customers: impl IntoIterator<Item = Account>) -> Self {
        let vendor = Account::new("999988887777").user(
            User::new("exporter").access_key("AKIAVENDOREXPORTER01", VENDOR_SECRET).policy(
                "assume",
                r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}]}"#,
            ),
        );
        let world = customers
            .into_iter()
            .fold(World::builder().account(vendor), |world, account| {
                world.account(account)
            });
        let world = world.build().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let kit = runtime.block_on(Testkit::start(world)).unwrap();
        Self {
            kit,
            _runtime: runtime,
        }
    }

    pub(crate) const fn kit(&self) -> &Testkit {
        &self.kit
    }

    /// A site for what goes wrong before anything is asked for: nobody listens where it points to.
    pub(crate) fn new_without_a_server() -> Site {
        Site::new(&Self::connectors())
            .set("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
            .set("ACME_SECRET", ACME_SECRET)
    }

    /// The configuration of both connectors.
    pub(crate) fn connectors() -> String {
        format!(
            r#"
[[grant]]
id = "acme-key"
type = "access_key"
access_key_id = "AKIAACMEBUCKETLINE01"
secret_access_key = {{ env = "ACME_SECRET" }}

[[grant]]
id = "globex-role"
type = "assume_role"
role_arn = "arn:aws:iam::444455556666:role/export"
external_id = "{EXTERNAL_ID}"

[[connector]]
id = "{ACME}"
name = "Acme"
workspace = "acme"
grant = "acme-key"
bucket = "acme-events"
bucket_owner = "111122223333"
encryption = "aes256"

[[connector]]
id = "{GLOBEX}"
name = "Globex"
workspace = "globex"
grant = "globex-role"
bucket = "globex-events"
folder = "vendor/currents"
"#
        )
    }

    /// A site with this behind the common part of its configuration.
    pub(crate) fn site_with(&self, rest: &str) -> Site {
        Site::new(rest)
            .set("AWS_ENDPOINT_URL", &self.kit.endpoint())
            .set("AWS_REGION", "us-east-1")
            .set("AWS_ACCESS_KEY_ID", "AKIAVENDOREXPORTER01")
            .set("AWS_SECRET_ACCESS_KEY", VENDOR_SECRET)
            .set("ACME_SECRET", ACME_SECRET)
    }

    pub(crate) fn site(&self) -> Site {
        self.site_with(&Self::connectors())
    }

    /// The keys of a bucket.
    pub(crate) fn keys(&self, bucket: &str) -> Vec<String> {
        self.kit
            .world()
            .objects(bucket)
            .into_iter()
            .map(|object| object.key)
            .collect()
    }
}

/// Whom a customer's role trusts: the vendor, who has to bring the external ID.
pub(crate) fn trust() -> String {
    format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {{"AWS": "arn:aws:iam::999988887777:root"}},
            "Condition": {{"StringEquals": {{"sts:ExternalId": "{EXTERNAL_ID}"}}}}}}]}}"#
    )
}

/// What Bucketline asks its customers for, and no more.
pub(crate) fn access(bucket: &str) -> String {
    format!(
        r#"{{"Version": "2012-10-17", "Statement": [
            {{"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetBucketLocation"], "Resource": "arn:aws:s3:::{bucket}"}},
            {{"Effect": "Allow", "Action": ["s3:PutObject", "s3:GetObject"], "Resource": "arn:aws:s3:::{bucket}/*"}}]}}"#
    )
}
