//! A key is replaced while both are valid, whatever happens on the way; against an IAM whose keys really sign.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bucketline_auth::{AccessKey, AwsSts, Fixed, Sts as _};
use bucketline_provision::{
    Administrator, AwsBuckets, AwsIam, Iam as _, KeyProof, KeyStatus, Replaced, Rotated, Rotation,
    RotationError, RotationStage, Unproved,
};
use bucketline_testkit::seed::{Account, User};
use bucketline_testkit::{Fault, FaultEffect, Operation, Seed, Testkit};
use tempfile::TempDir;

const ANYTHING: &str =
    r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
const FIRST: (&str, &str) = ("AKIAACMEBUCKETLINE01", "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY01");

struct Scene {
    kit: Testkit,
    folder: TempDir,
}

impl Scene {
    async fn new() -> Self {
        let customer = Account::new("111122223333")
            .user(
                User::new("admin")
                    .access_key("AKIAADMINEXAMPLE0001", "admin-secret")
                    .policy("all", ANYTHING),
            )
            .user(User::new("bucketline").access_key(FIRST.0, FIRST.1));
        let kit = Testkit::start(Seed::new().account(customer).build().unwrap())
            .await
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let scene = Self { kit, folder };
        let csv = format!("Access key ID,Secret access key\n{},{}\n", FIRST.0, FIRST.1);
        std::fs::write(scene.file(), csv).unwrap();
        scene
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("key.csv")
    }

    fn rotation(&self) -> Rotation {
        Rotation::new("bucketline".parse().unwrap(), self.file()).patience(Duration::from_millis(300))
    }

    fn administrator(&self) -> Administrator {
        let config = self.kit.sdk_config("admin").unwrap();
        let iam = AwsIam::from_sdk_config(&config).unwrap();
        let buckets = AwsBuckets::from_sdk_config(&config, "us-east-1".parse().unwrap()).unwrap();
        Administrator::new(Arc::new(iam), Arc::new(buckets))
    }

    async fn rotate(
        &self,
        rotation: &Rotation,
        proof: &dyn KeyProof,
    ) -> (Result<Rotated, RotationError>, Vec<String>) {
        let mut stages = Vec::new();
        let mut told = |stage: &RotationStage| stages.push(name(stage));
        let outcome = self.administrator().rotate_key(rotation, proof, &mut told).await;
        (outcome, stages)
    }

    /// The keys at IAM: ids, and whether they are active.
    async fn keys(&self) -> Vec<(String, bool)> {
        let iam = AwsIam::from_sdk_config(&self.kit.sdk_config("admin").unwrap()).unwrap();
        let listed = iam
            .list_access_keys(&"bucketline".parse().unwrap())
            .await
            .unwrap();
        listed
            .into_iter()
            .map(|key| (key.id.to_string(), key.status == KeyStatus::Active))
            .collect()
    }

    fn used(&self) -> AccessKey {
        AccessKey::from_aws_csv(&std::fs::read_to_string(self.file()).unwrap()).unwrap()
    }

    /// One key, which is used and signs, and nothing beside its file.
    async fn is_settled(&self) -> String {
        let used = self.used();
        assert_eq!(self.keys().await, [(used.id().to_string(), true)]);
        signs(&self.kit, &used).await.unwrap();
        let names: Vec<_> = std::fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(names, ["key.csv"]);
        used.id().to_string()
    }

    fn signing(&self) -> Signing<'_> {
        Signing {
            kit: &self.kit,
            asked: AtomicUsize::new(0),
            fails_from: usize::MAX,
        }
    }
}

async fn signs(kit: &Testkit, key: &AccessKey) -> Result<(), bucketline_auth::Error> {
    let sts = AwsSts::builder()
        .region("us-east-1".parse().unwrap())
        .endpoint(kit.endpoint())
        .credentials(Fixed::new(key))
        .build()
        .unwrap();
    sts.caller_identity().await.map(drop)
}

/// The key is good if it signs; from a given time on nothing is.
struct Signing<'a> {
    kit: &'a Testkit,
    asked: AtomicUsize,
    fails_from: usize,
}

#[async_trait]
impl KeyProof for Signing<'_> {
    async fn prove(&self, file: &Path) -> Result<(), Unproved> {
        if self.asked.fetch_add(1, Ordering::Relaxed) >= self.fails_from {
            return Err(Unproved::new("put: AccessDenied"));
        }
        let key = AccessKey::from_aws_csv(&std::fs::read_to_string(file).unwrap()).unwrap();
        let signed = signs(self.kit, &key).await;
        signed.map_err(|error| Unproved::new(error.to_string()).passing())
    }
}

fn name(stage: &RotationStage) -> String {
    let text = format!("{stage:?}");
    text.split(['(', ' ']).next().unwrap().to_owned()
}

const ALL: [&str; 6] = ["Make", "Prove", "Switch", "SwitchOff", "ProveAlone", "Delete"];

#[tokio::test]
async fn a_key_is_replaced_and_each_next_time_again() {
    let scene = Scene::new().await;
    let mut before = FIRST.0.to_owned();
    for _ in 0..2 {
        let (outcome, stages) = scene.rotate(&scene.rotation(), &scene.signing()).await;
        assert_eq!(stages, ALL);
        let rotated = outcome.unwrap();
        let now = scene.is_settled().await;
        assert_eq!(
            (rotated.from.unwrap().to_string(), rotated.to.to_string()),
            (before, now.clone())
        );
        before = now;
    }
}

#[tokio::test]
async fn a_new_key_that_is_not_good_is_taken_back_before_and_after_the_switch() {
    let scene = Scene::new().await;
    // The first two proofs are those of the new key beside the old one; the third that of the new one alone.
    for fails_from in [0, 1, 2, 3] {
        let proof = Signing {
            fails_from,
            ..scene.signing()
        };
        let (outcome, _) = scene.rotate(&scene.rotation(), &proof).await;
        let error = outcome.unwrap_err();
        assert!(
            error.to_string().contains("put: AccessDenied") && error.to_string().contains("it was deleted"),
            "{error}"
        );
        assert_eq!(scene.is_settled().await, FIRST.0, "{fails_from}");
    }
}

#[tokio::test]
async fn stopped_after_any_stage_it_goes_on() {
    for stopped_after in 0..ALL.len() {
        let scene = Scene::new().await;
        let administrator = scene.administrator();
        let (rotation, proof) = (scene.rotation(), scene.signing());
        let mut stages = 0;
        // Dropped at the first moment at which it waits behind the stage.
        {
            let reached = std::sync::Mutex::new(false);
            let mut told = |_: &RotationStage| {
                if stages == stopped_after {
                    *reached.lock().unwrap() = true;
                }
                stages += 1;
            };
            let run = administrator.rotate_key(&rotation, &proof, &mut told);
            let mut run = std::pin::pin!(run);
            std::future::poll_fn(|context| {
                let polled = run.as_mut().poll(context).map(drop);
                match *reached.lock().unwrap() {
                    true => std::task::Poll::Ready(()),
                    false => polled,
                }
            })
            .await;
        }
        let (outcome, _) = scene.rotate(&rotation, &proof).await;
        let rotated = outcome.unwrap();
        let now = scene.is_settled().await;
        assert!(now != FIRST.0 && rotated.to.to_string() == now, "{stopped_after}");
    }
}

#[tokio::test]
async fn a_key_whose_secret_was_lost_on_the_way_is_deleted_by_the_next_run() {
    let scene = Scene::new().await;
    let lost = Fault::new(FaultEffect::ReplyLost).operation(Operation::CreateAccessKey);
    scene.kit.faults().add(lost);
    let (outcome, _) = scene.rotate(&scene.rotation(), &scene.signing()).await;
    assert!(outcome.unwrap_err().to_string().contains("goes on from there"));
    assert_eq!(scene.keys().await.len(), 2);
    let (outcome, stages) = scene.rotate(&scene.rotation(), &scene.signing()).await;
    outcome.unwrap();
    assert_eq!(
        (stages[0].as_str(), &stages[1..]),
        ("Clean", &ALL.map(str::to_owned)[..])
    );
    assert_ne!(scene.is_settled().await, FIRST.0);
}

#[tokio::test]
async fn the_replaced_key_can_stay_switched_off_and_the_next_run_deletes_it() {
    let scene = Scene::new().await;
    let rotation = scene.rotation().replaced(Replaced::SwitchedOff);
    let (outcome, stages) = scene.rotate(&rotation, &scene.signing()).await;
    let new = outcome.unwrap().to.to_string();
    assert_eq!(stages, ALL[..5]);
    let mut keys = scene.keys().await;
    keys.sort();
    let mut wanted = [(FIRST.0.to_owned(), false), (new.clone(), true)];
    wanted.sort();
    assert_eq!(keys, wanted);
    // Whatever is wrong now, a key that was switched off on purpose does not come back, and the one in use stays.
    let proof = Signing {
        fails_from: 0,
        ..scene.signing()
    };
    let (outcome, _) = scene.rotate(&rotation, &proof).await;
    let error = outcome.unwrap_err().to_string();
    assert!(error.contains("nothing was changed"), "{error}");
    let mut found = scene.keys().await;
    found.sort();
    assert_eq!(found, wanted);
    let (outcome, stages) = scene.rotate(&rotation, &scene.signing()).await;
    outcome.unwrap();
    assert_eq!(stages, ["ProveAlone", "Delete"]);
    assert_eq!(scene.is_settled().await, new);
}

#[tokio::test]
async fn what_somebody_else_made_is_left_alone() {
    let scene = Scene::new().await;
    let iam = AwsIam::from_sdk_config(&scene.kit.sdk_config("admin").unwrap()).unwrap();
    let user = "bucketline".parse().unwrap();
    let theirs = iam.create_access_key(&user).await.unwrap();
    let (outcome, stages) = scene.rotate(&scene.rotation(), &scene.signing()).await;
    let error = outcome.unwrap_err();
    assert!(
        matches!(&error, RotationError::Refused(why) if why.contains(theirs.id().as_str())),
        "{error}"
    );
    assert!(stages.is_empty());
    assert_eq!(scene.keys().await.len(), 2);

    // The key of another user.
    let rotation = Rotation::new("admin".parse().unwrap(), scene.file());
    let (outcome, _) = scene.rotate(&rotation, &scene.signing()).await;
    assert!(
        outcome
            .unwrap_err()
            .to_string()
            .contains("not one of this user's")
    );
    // A secret alone.
    std::fs::write(scene.file(), FIRST.1).unwrap();
    let (outcome, _) = scene.rotate(&scene.rotation(), &scene.signing()).await;
    let error = outcome.unwrap_err().to_string();
    assert!(
        error.contains("cannot be looked at") && !error.contains(FIRST.1),
        "{error}"
    );
}
