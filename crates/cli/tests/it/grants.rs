//! Everything that a customer's grant may lack, one by one: each is told at its step, with AWS's code and whose turn it is, and
//! what is to be pasted makes the check pass once it is pasted.

use bucketline_testkit::seed::{Account, Bucket, KmsKey, Role, User};
use bucketline_testkit::{KeyStatus, Testkit, World};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::cloud::{ACME_SECRET, VENDOR_SECRET};
use crate::site::Site;

const CUSTOMER: &str = "111122223333";
const KEY: &str = "AKIAACMEBUCKETLINE01";
const EXTERNAL_ID: &str = "acme-5c0f2b1d9e8a4736";
const KMS_KEY: &str = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const CONNECTOR: &str = "5f1e0c2ab7d94e00a1b2c3d4";

/// How the customer lets the vendor in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Key,
    Role,
}

struct Customer {
    way: Way,
    kit: Testkit,
    site: Site,
    _runtime: Runtime,
}

/// What delivery needs.
fn rights() -> String {
    r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetBucketLocation"], "Resource": "arn:aws:s3:::acme-events"},
        {"Effect": "Allow", "Action": ["s3:PutObject", "s3:GetObject"], "Resource": "arn:aws:s3:::acme-events/*"}]}"#
        .to_owned()
}

fn trust(condition: &str) -> String {
    format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {{"AWS": "arn:aws:iam::999988887777:root"}}{condition}}}]}}"#
    )
}

fn asking_for(external_id: &str) -> String {
    trust(&format!(
        r#", "Condition": {{"StringEquals": {{"sts:ExternalId": "{external_id}"}}}}"#
    ))
}

impl Customer {
    fn new(way: Way) -> Self {
        Self::with(way, Bucket::new("acme-events").region("eu-central-1"), "")
    }

    /// `settings` are of the connector.
    fn with(way: Way, bucket: Bucket, settings: &str) -> Self {
        let assume = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}]}"#;
        let vendor = Account::new("999988887777").user(
            User::new("exporter")
                .access_key("AKIAVENDOREXPORTER01", VENDOR_SECRET)
                .policy("assume", assume),
        );
        let customer = Account::new(CUSTOMER)
            .bucket(bucket)
            .kms_key(KmsKey::new(KMS_KEY))
            .user(
                User::new("export")
                    .access_key(KEY, ACME_SECRET)
                    .policy("delivery", rights()),
            )
            .role(Role::new("export", asking_for(EXTERNAL_ID)).policy("delivery", rights()));
        let world = World::builder()
            .account(vendor)
            .account(customer)
            .build()
            .unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let kit = runtime.block_on(Testkit::start(world)).unwrap();
        let grant = match way {
            Way::Key => format!(
                "type = \"access_key\"\naccess_key_id = \"{KEY}\"\nsecret_access_key = {{ env = \"ACME_SECRET\" }}"
            ),
            Way::Role => format!(
                "type = \"assume_role\"\nrole_arn = \"arn:aws:iam::{CUSTOMER}:role/export\"\nexternal_id = \"{EXTERNAL_ID}\""
            ),
        };
        let site = Site::new(&format!(
            "\n[[grant]]\nid = \"acme\"\n{grant}\n\n[[connector]]\nid = \"{CONNECTOR}\"\nworkspace = \"acme\"\n\
             grant = \"acme\"\nbucket = \"acme-events\"\n{settings}\n"
        ));
        let site = site
            .set("AWS_ENDPOINT_URL", &kit.endpoint())
            .set("AWS_REGION", "eu-central-1")
            .set("AWS_ACCESS_KEY_ID", "AKIAVENDOREXPORTER01")
            .set("AWS_SECRET_ACCESS_KEY", VENDOR_SECRET)
            .set("ACME_SECRET", ACME_SECRET);
        Self {
            way,
            kit,
            site,
            _runtime: runtime,
        }
    }

    fn check(&self) -> (i32, Value) {
        let ran = self.site.program().args(["check", "--format", "json"]).run();
        let reports: Value =
            serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}", ran.all()));
        assert_eq!(reports["ok"], ran.code == 0);
        (ran.code, reports["reports"][0].clone())
    }

    fn passes(&self) {
        let (code, report) = self.check();
        assert_eq!(code, 0, "{:?}: {report:#}", self.way);
    }

    /// The step that the check fails at, which is the first and has this code and cause.
    fn fails(&self, step: &str, code: &str, cause: &str) -> Value {
        let (exit, report) = self.check();
        assert_eq!(exit, 1, "{:?}: {report:#}", self.way);
        let steps = report["steps"].as_array().unwrap();
        let failed = steps.iter().find(|step| step["verdict"] == "fail").unwrap();
        assert_eq!(
            (&failed["step"], &failed["cause"]),
            (&step.into(), &cause.into()),
            "{:?}: {failed:#}",
            self.way
        );
        let told = if code.is_empty() { Value::Null } else { code.into() };
        assert_eq!(failed["code"], told, "{failed:#}");
        assert!(
            failed["remedy"].is_string() && failed["turn"].is_string(),
            "{failed:#}"
        );
        failed.clone()
    }

    fn set_rights(&self, document: &str) {
        let world = self.kit.world();
        let set = match self.way {
            Way::Key => world.set_user_policy(CUSTOMER, "export", "delivery", Some(document)),
            Way::Role => world.set_role_policy(CUSTOMER, "export", "delivery", Some(document)),
        };
        set.unwrap();
    }

    /// Pastes what the step says, as a person would.
    fn paste(&self, failed: &Value) {
        let pastes = failed["paste"].as_array().unwrap();
        assert!(!pastes.is_empty(), "{failed:#}");
        for paste in pastes {
            let document = paste["json"].to_string();
            match paste["kind"].as_str().unwrap() {
                "policy" => self.set_rights(&document),
                "trust" => self
                    .kit
                    .world()
                    .set_trust_policy(CUSTOMER, "export", &document)
                    .unwrap(),
                other => panic!("{other}"),
            }
        }
    }
}

const BOTH: [Way; 2] = [Way::Key, Way::Role];

#[test]
fn a_right_key_and_a_right_role_pass() {
    for way in BOTH {
        Customer::new(way).passes();
    }
}

#[test]
fn a_wrong_secret_and_a_key_that_is_off_are_told_apart() {
    let mut customer = Customer::new(Way::Key);
    customer
        .kit
        .world()
        .set_key_status(KEY, KeyStatus::Inactive)
        .unwrap();
    let failed = customer.fails("identity", "InvalidClientTokenId", "unknown_key");
    assert_eq!(failed["turn"], "customer");
    customer
        .kit
        .world()
        .set_key_status(KEY, KeyStatus::Active)
        .unwrap();
    customer.passes();
    customer.site = customer.site.set("ACME_SECRET", "another");
    customer.fails("identity", "SignatureDoesNotMatch", "wrong_secret");
}

#[test]
fn another_external_id_and_none_at_all_are_mended_by_the_trust_policy_to_paste() {
    let customer = Customer::new(Way::Role);
    let world = customer.kit.world();
    world
        .set_trust_policy(CUSTOMER, "export", &asking_for("acme-other-0000000000"))
        .unwrap();
    let failed = customer.fails("identity", "AccessDenied", "role_refused");
    customer.paste(&failed);
    customer.passes();
    world.set_trust_policy(CUSTOMER, "export", &trust("")).unwrap();
    let failed = customer.fails("external_id_required", "", "external_id_not_required");
    assert_eq!(failed["turn"], "customer");
    customer.paste(&failed);
    customer.passes();
}

#[test]
fn each_missing_right_is_named_and_mended_by_the_policy_to_paste() {
    for way in BOTH {
        for (action, step) in [
            ("s3:GetBucketLocation", "bucket_region"),
            ("s3:ListBucket", "list"),
            ("s3:PutObject", "put"),
            ("s3:GetObject", "read_back"),
        ] {
            let customer = Customer::new(way);
            customer.set_rights(&rights().replace(&format!("\"{action}\""), "\"s3:GetBucketTagging\""));
            let failed = customer.fails(step, "AccessDenied", "denied");
            assert_eq!(failed["action"], action, "{failed:#}");
            assert!(failed["request_id"].is_string(), "{failed:#}");
            customer.paste(&failed);
            customer.passes();
        }
    }
}

#[test]
fn a_missing_bucket_and_anothers_are_told_as_what_they_are() {
    for way in BOTH {
        let customer = Customer::with(way, Bucket::new("acme-event"), "");
        customer.fails("bucket_region", "NoSuchBucket", "no_such_bucket");
        let customer = Customer::with(
            way,
            Bucket::new("acme-events").region("eu-central-1"),
            "bucket_owner = \"444455556666\"",
        );
        let failed = customer.fails("bucket_owner", "AccessDenied", "foreign_owner");
        let what = failed["what"].as_str().unwrap();
        assert!(what.contains("belongs to another account"), "{failed:#}");
        assert_eq!(failed["paste"], Value::Array(Vec::new()), "no policy helps");
    }
}

#[test]
fn a_kms_key_that_may_not_be_used_is_mended_by_the_policy_to_paste() {
    for way in BOTH {
        let customer = Customer::with(
            way,
            Bucket::new("acme-events").region("eu-central-1"),
            &format!("encryption = {{ kms = \"{KMS_KEY}\" }}"),
        );
        let failed = customer.fails("put", "AccessDenied", "key_denied");
        assert_eq!(failed["action"], "kms:GenerateDataKey", "{failed:#}");
        customer.paste(&failed);
        customer.passes();
    }
}

#[test]
fn a_store_that_forgets_the_encryption_is_told_so() {
    for way in BOTH {
        let customer = Customer::with(
            way,
            Bucket::new("acme-events")
                .region("eu-central-1")
                .hide_encryption(),
            "encryption = \"aes256\"",
        );
        customer.fails("encryption", "", "encryption_ignored");
    }
}
