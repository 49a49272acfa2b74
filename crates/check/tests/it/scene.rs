//! One customer with a key and a role, and their vendor; every test spoils one thing.

use std::sync::Arc;

use bucketline_auth::{
    AccessKey, AssumeRole, AwsSts, Cached, Fixed, SecretAccessKey, SessionPolicy, VendorAccount,
};
use bucketline_check::{Access, Place, Reach, Report, ReportKind, Role, Settings, Stores, Target, check};
use bucketline_policy::Document;
use bucketline_policy::exporter::template::{ExportScope, SessionScope, least_privilege, session_policy};
use bucketline_sink::{BucketName, Encryption, Error, S3Sink};
use bucketline_testkit::seed::{self, Account, KmsKey, User};
use bucketline_testkit::{Seed, Testkit};

pub(crate) const CUSTOMER: &str = "111122223333";
pub(crate) const BUCKET: &str = "acme-events";
pub(crate) const KMS_KEY: &str =
    "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
pub(crate) const EXTERNAL_ID: &str = "acme-9f2b7c4e1d6a8053";
const VENDOR: &str = "999988887777";
const KEY: (&str, &str) = ("AKIAACMEBUCKETLINE01", "acme-secret");
const OURS: (&str, &str) = ("AKIAVENDOREXAMPLE001", "vendor-secret");
const ASSUME: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}}"#;

/// The least that delivery needs.
pub(crate) fn policy() -> Document {
    let scope = ExportScope::new(BUCKET.parse().unwrap()).folder("currents");
    least_privilege(&scope).unwrap()
}

pub(crate) fn trust(condition: &str) -> String {
    format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {{"AWS": "arn:aws:iam::{VENDOR}:root"}}{condition}}}}}"#
    )
}

pub(crate) fn asks_for(external_id: &str) -> String {
    trust(&format!(
        r#", "Condition": {{"StringEquals": {{"sts:ExternalId": "{external_id}"}}}}"#
    ))
}

pub(crate) struct Scene {
    pub(crate) kit: Testkit,
    pub(crate) place: Place,
    pub(crate) secret: &'static str,
}

impl Scene {
    pub(crate) async fn new() -> Self {
        Self::with_bucket(seed::Bucket::new(BUCKET).region("eu-central-1")).await
    }

    pub(crate) async fn with_bucket(bucket: seed::Bucket) -> Self {
        let vendor = Account::new(VENDOR).user(
            User::new("vendor")
                .access_key(OURS.0, OURS.1)
                .policy("assume", ASSUME),
        );
        let customer = Account::new(CUSTOMER)
            .user(
                User::new("acme")
                    .access_key(KEY.0, KEY.1)
                    .policy("write", policy().to_json()),
            )
            .role(seed::Role::new("export", asks_for(EXTERNAL_ID)).policy("write", policy().to_json()))
            .kms_key(KmsKey::new(KMS_KEY))
            .bucket(bucket);
        let world = Seed::new().account(vendor).account(customer).build().unwrap();
        let kit = Testkit::start(world).await.unwrap();
        let place = Place {
            bucket: BUCKET.to_owned(),
            folder: "currents".to_owned(),
            region: Some("eu-central-1".to_owned()),
            owner: Some(CUSTOMER.parse().unwrap()),
            custom_endpoint: false,
            claims: true,
            encryption: Encryption::BucketDefault,
            policy: Some(policy()),
            stores: Arc::new(Nowhere),
        };
        Self {
            kit,
            place,
            secret: KEY.1,
        }
    }

    pub(crate) async fn of_key(&self) -> Report {
        let key = access_key(KEY.0, self.secret);
        let signer = Signer::Key(key.clone());
        self.check(Access::Key(sts(&self.kit, &key)), signer, &Settings::default())
            .await
    }

    /// The vendor's own user may deliver into the customer's bucket.
    pub(crate) fn let_a_key_of_the_vendor_in(&self) {
        let world = self.kit.world();
        let policy = policy().to_json();
        world
            .set_user_policy(VENDOR, "vendor", "write", Some(&policy))
            .unwrap();
        let lets_in = policy.replace(
            r#""Effect""#,
            &format!(r#""Principal":{{"AWS":"arn:aws:iam::{VENDOR}:user/vendor"}},"Effect""#),
        );
        world.set_bucket_policy(BUCKET, Some(&lets_in)).unwrap();
    }

    pub(crate) async fn of_vendors_key(&self) -> Report {
        let key = access_key(OURS.0, OURS.1);
        let signer = Signer::Key(key.clone());
        self.check(Access::Key(sts(&self.kit, &key)), signer, &Settings::default())
            .await
    }

    pub(crate) async fn of_role(&self) -> Report {
        self.of_role_with(&Settings::default()).await
    }

    pub(crate) async fn of_role_with(&self, settings: &Settings) -> Report {
        let scope = SessionScope::new(BUCKET.parse().unwrap(), "currents").kms_of_bucket("eu-central-1");
        let role = Role {
            sts: sts(&self.kit, &access_key(OURS.0, OURS.1)),
            vendor: Some(VENDOR.parse().unwrap()),
            role: format!("arn:aws:iam::{CUSTOMER}:role/export").parse().unwrap(),
            external_id: EXTERNAL_ID.parse().unwrap(),
            session_name: "bucketline-5f1e0c2a".parse().unwrap(),
            session_policy: Some(SessionPolicy::new(&session_policy(&scope).unwrap()).unwrap()),
        };
        self.check(Access::Role(role.clone()), Signer::Role(Box::new(role)), settings)
            .await
    }

    async fn check(&self, access: Access, signer: Signer, settings: &Settings) -> Report {
        let mut place = self.place.clone();
        place.stores = Arc::new(AtTestkit {
            endpoint: self.kit.endpoint(),
            bucket: place.bucket.clone(),
            owner: place.owner.map(|owner| owner.to_string()),
            signer,
        });
        let target = Target {
            kind: ReportKind::Connector,
            id: "5f1e0c2ab7d94e00a1b2c3d4".to_owned(),
            access,
            place: Some(place),
        };
        check(&target, settings).await
    }
}

fn access_key(id: &str, secret: &str) -> AccessKey {
    AccessKey::new(id.parse().unwrap(), SecretAccessKey::parse(secret).unwrap())
}

fn sts(kit: &Testkit, key: &AccessKey) -> Arc<AwsSts> {
    let builder = AwsSts::builder()
        .region("us-east-1".parse().unwrap())
        .endpoint(kit.endpoint())
        .credentials(Fixed::new(key));
    Arc::new(builder.build().unwrap())
}

#[derive(Debug)]
enum Signer {
    Key(AccessKey),
    Role(Box<Role>),
}

#[derive(Debug)]
struct AtTestkit {
    endpoint: String,
    bucket: String,
    owner: Option<String>,
    signer: Signer,
}

impl Stores for AtTestkit {
    fn open(&self, region: Option<&str>, reach: Reach) -> Result<S3Sink, Error> {
        let mut sink = S3Sink::builder(BucketName::parse(self.bucket.clone())?).endpoint(&self.endpoint);
        if let Some(region) = region {
            sink = sink.region(region.parse()?);
        }
        let owner = match reach {
            Reach::AnyOwner => None,
            Reach::OwnedBy(account) => Some(account.to_string()),
            Reach::Production | Reach::Unboxed => self.owner.clone(),
        };
        if let Some(owner) = owner {
            sink = sink.expected_owner(owner.parse()?);
        }
        sink = match &self.signer {
            Signer::Key(key) => sink.credentials(Fixed::new(key)),
            Signer::Role(role) => {
                let Role {
                    sts,
                    role,
                    external_id,
                    session_policy,
                    ..
                } = &**role;
                let assume = AssumeRole::new(
                    sts.clone(),
                    VendorAccount::Unknown,
                    role.clone(),
                    external_id.clone(),
                );
                let mut assume = assume.unwrap();
                if let Some(policy) = session_policy.as_ref().filter(|_| reach != Reach::Unboxed) {
                    assume = assume
                        .session_policy(&Document::parse(policy.as_str()).unwrap())
                        .unwrap();
                }
                sink.credentials(Cached::new(assume))
            }
        };
        sink.build()
    }
}

#[derive(Debug)]
struct Nowhere;

impl Stores for Nowhere {
    fn open(&self, _: Option<&str>, _: Reach) -> Result<S3Sink, Error> {
        S3Sink::builder(BucketName::parse(BUCKET)?).build()
    }
}
