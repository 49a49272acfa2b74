//! What the user or role can do, and what it cannot: each line asked of the policy evaluator, and none of them written down.

use bucketline_auth::AccountId;
use bucketline_policy::exporter::template::DATA_EXPORT_ROOTS;
use bucketline_policy::{Document, Layers, PolicySet, Principal, Request, authorize};

use crate::setup::{Method, Setup};

/// Whose account it is does not matter to the policy: bucket and caller are of the same.
const SOME_ACCOUNT: &str = "111122223333";

/// A key's policy as KMS makes it: it leaves the key to the account's own policies.
const KEY_POLICY: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": "*",
    "Principal": {"AWS": "arn:aws:iam::111122223333:root"}}]}"#;

/// The lines that a customer reads before agreeing, in two lists.
#[must_use]
pub fn abilities(setup: &Setup) -> String {
    let what = match setup.method() {
        Method::Role { .. } => "role",
        Method::User => "user",
    };
    let (mut can, mut cannot) = (Vec::new(), Vec::new());
    for question in questions(setup) {
        match question.is_allowed(setup) {
            true => can.push(question),
            false => cannot.push(question),
        }
    }
    let list = |title: &str, questions: &[Question]| {
        let lines = questions.iter().map(|question| {
            format!(
                "  {:44} {} on {}\n",
                question.words, question.action, question.resource
            )
        });
        format!("{title}\n\n{}", lines.collect::<String>())
    };
    format!(
        "What the {what} `{}` can do, and what it cannot, by its policy alone.\n\
         Computed by asking the policy for each line; everything that is not listed is refused unless another policy allows it.\n\n\
         {}\n{}",
        setup.name(),
        list("It can:", &can),
        list("It cannot:", &cannot)
    )
}

struct Question {
    words: String,
    action: &'static str,
    resource: String,
    /// `s3:prefix` of a listing.
    prefix: Option<String>,
}

impl Question {
    fn is_allowed(&self, setup: &Setup) -> bool {
        let principal = format!("arn:{}:iam::{SOME_ACCOUNT}:user/delivery", setup.partition());
        let parsed = (
            principal.parse::<Principal>(),
            self.action.parse(),
            SOME_ACCOUNT.parse::<AccountId>(),
        );
        let (Ok(principal), Ok(action), Ok(account)) = parsed else {
            return false;
        };
        let mut request = Request::new(principal, action, self.resource.as_str()).resource_account(account);
        if let Some(prefix) = &self.prefix {
            request = request.context("s3:prefix", prefix);
        }
        if self.action.starts_with("kms:") {
            let service = format!(
                "s3.{}.{}",
                setup.region().as_str(),
                setup.partition().dns_suffix()
            );
            request = request.context("kms:ViaService", service);
        }
        let set = PolicySet::compile(std::slice::from_ref(setup.policy()));
        let mut layers = Layers::new(set);
        if self.action.starts_with("kms:")
            && let Ok(key_policy) =
                Document::parse(&KEY_POLICY.replace("arn:aws:", &format!("arn:{}:", setup.partition())))
        {
            layers = layers.resource(PolicySet::compile(std::slice::from_ref(&key_policy)));
        }
        authorize(&layers, &request).is_allowed()
    }
}

fn questions(setup: &Setup) -> Vec<Question> {
    let bucket = format!("arn:{}:s3:::{}", setup.partition(), setup.bucket());
    let elsewhere = format!("arn:{}:s3:::another-bucket", setup.partition());
    let mut questions = Vec::new();
    let mut ask = |words: String, action, resource: String, prefix: Option<&str>| {
        questions.push(Question {
            words,
            action,
            resource,
            prefix: prefix.map(str::to_owned),
        });
    };
    let mut places: Vec<&str> = setup.folders().iter().map(String::as_str).collect();
    places.extend(DATA_EXPORT_ROOTS);
    places.push("_bucketline");
    for place in places {
        let objects = format!("{bucket}/{place}/object");
        let below = format!("{place}/");
        ask(
            format!("write below {below}"),
            "s3:PutObject",
            objects.clone(),
            None,
        );
        ask(
            format!("read below {below}"),
            "s3:GetObject",
            objects.clone(),
            None,
        );
        ask(
            format!("list below {below}"),
            "s3:ListBucket",
            bucket.clone(),
            Some(&below),
        );
        ask(
            format!("delete below {below}"),
            "s3:DeleteObject",
            objects.clone(),
            None,
        );
        ask(
            format!("abort an upload below {below}"),
            "s3:AbortMultipartUpload",
            objects.clone(),
            None,
        );
        ask(
            format!("change the ACL of an object below {below}"),
            "s3:PutObjectAcl",
            objects,
            None,
        );
    }
    let other = format!("{bucket}/another-folder/object");
    ask(
        "write elsewhere in the bucket".into(),
        "s3:PutObject",
        other.clone(),
        None,
    );
    ask(
        "read elsewhere in the bucket".into(),
        "s3:GetObject",
        other.clone(),
        None,
    );
    ask(
        "delete elsewhere in the bucket".into(),
        "s3:DeleteObject",
        other,
        None,
    );
    ask(
        "list the whole bucket".into(),
        "s3:ListBucket",
        bucket.clone(),
        Some(""),
    );
    for (words, action) in [
        ("learn the bucket's region", "s3:GetBucketLocation"),
        ("read the bucket's policy", "s3:GetBucketPolicy"),
        ("change the bucket's policy", "s3:PutBucketPolicy"),
        (
            "change who may reach it from outside",
            "s3:PutBucketPublicAccessBlock",
        ),
        ("change its lifecycle rules", "s3:PutLifecycleConfiguration"),
        ("delete the bucket", "s3:DeleteBucket"),
    ] {
        ask(words.into(), action, bucket.clone(), None);
    }
    ask("list all buckets".into(), "s3:ListAllMyBuckets", "*".into(), None);
    ask(
        "write into another bucket".into(),
        "s3:PutObject",
        format!("{elsewhere}/object"),
        None,
    );
    ask(
        "read from another bucket".into(),
        "s3:GetObject",
        format!("{elsewhere}/object"),
        None,
    );
    ask("list another bucket".into(), "s3:ListBucket", elsewhere, Some(""));
    let user = format!("arn:{}:iam::{SOME_ACCOUNT}:user/anyone", setup.partition());
    ask(
        "make an access key".into(),
        "iam:CreateAccessKey",
        user.clone(),
        None,
    );
    ask("give itself more rights".into(), "iam:PutUserPolicy", user, None);
    let role = format!("arn:{}:iam::{SOME_ACCOUNT}:role/anything", setup.partition());
    ask("become another role".into(), "sts:AssumeRole", role, None);
    if let crate::setup::BucketEncryption::Kms(key) = setup.encryption() {
        ask(
            "encrypt with the key, through S3".into(),
            "kms:GenerateDataKey",
            key.to_string(),
            None,
        );
        ask(
            "decrypt with the key, through S3".into(),
            "kms:Decrypt",
            key.to_string(),
            None,
        );
        ask(
            "delete the key".into(),
            "kms:ScheduleKeyDeletion",
            key.to_string(),
            None,
        );
    }
    questions
}
