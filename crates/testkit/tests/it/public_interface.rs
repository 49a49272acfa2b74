//! Written as a customer of the crate: only its public names, and no more ceremony than a test of one's own has.

use std::error::Error as _;

use bucketline_testkit::seed::{Account, Bucket, Role, User};
use bucketline_testkit::{
    Clock, Encryption, ErrorKind, Fault, FaultEffect, Faults, KeyPair, KeyStatus, ObjectEntry, Operation,
    Requests, Seed, Settings, Testkit, Times, World,
};

const ANYONE: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}}"#;

fn account() -> Account {
    Account::new("111122223333").user(User::new("one").access_key("AKIAEXAMPLE", "secret"))
}

#[tokio::test]
async fn a_test_holds_one_thing_and_reaches_everything() {
    let world: World = World::builder()
        .account(account().bucket(Bucket::new("events")))
        .build()
        .unwrap();
    let testkit: Testkit = Testkit::start_with(world, Settings::default()).await.unwrap();
    assert!(testkit.endpoint().starts_with("http://127.0.0.1:"));

    let faults: &Faults = testkit.faults();
    faults.add(
        Fault::new(FaultEffect::DelayMs(1))
            .operation(Operation::GetObject)
            .bucket("events")
            .times(3),
    );
    assert_eq!(faults.clear(), 1);
    let requests: &Requests = testkit.requests();
    assert_eq!(requests.of(Operation::PutObject), 0);
    assert!(requests.counts().is_empty());

    let world = testkit.world();
    world.put_object("events", "k", "body").unwrap();
    let listed: Vec<ObjectEntry> = world.objects("events");
    assert_eq!((listed[0].key.as_str(), listed[0].size), ("k", 4));
    let object = world.object("events", "k").unwrap();
    assert_eq!(
        (object.body().as_ref(), object.encryption()),
        (b"body".as_slice(), &Encryption::Aes256)
    );
    assert!(object.metadata().is_empty() && object.content_type().is_none() && !object.etag().is_empty());
    assert!(world.remove_object("events", "k").unwrap());
    assert!(world.objects("events").is_empty());
    let clock: &Clock = world.clock();
    assert!(clock.now() >= object.last_modified());
    let pair: KeyPair = world.rotate_key("AKIAEXAMPLE").unwrap();
    world
        .set_key_status(pair.access_key_id(), KeyStatus::Inactive)
        .unwrap();
    assert!(world.remove_bucket("events"));
}

#[test]
fn a_world_that_cannot_be_is_refused_with_its_name() {
    let cases = [
        (Seed::new().account(Account::new("1111")), ErrorKind::Seed, "1111"),
        (
            Seed::new().account(account()).account(account()),
            ErrorKind::Seed,
            "111122223333",
        ),
        (
            Seed::new().account(account().bucket(Bucket::new("Nope"))),
            ErrorKind::Seed,
            "Nope",
        ),
        (
            Seed::new().account(
                account()
                    .bucket(Bucket::new("twice"))
                    .bucket(Bucket::new("twice")),
            ),
            ErrorKind::Seed,
            "twice",
        ),
        (
            Seed::new().account(account().user(User::new("two").access_key("AKIAEXAMPLE", "x"))),
            ErrorKind::Seed,
            "AKIAEXAMPLE",
        ),
        (
            Seed::new().account(account().role(Role::new("r", "{}"))),
            ErrorKind::Policy,
            "trust policy of role `r`",
        ),
        (
            Seed::new().account(account().role(Role::new("r", ANYONE).max_session_seconds(60))),
            ErrorKind::Seed,
            "max_session_seconds of role `r`",
        ),
    ];
    for (seed, kind, named) in cases {
        let error = seed.build().unwrap_err();
        assert_eq!(error.kind(), kind);
        assert!(error.to_string().contains(named), "{error}");
    }
}

#[tokio::test]
async fn changes_to_what_is_not_there_say_so() {
    let world = World::builder()
        .account(account().role(Role::new("r", ANYONE)))
        .build()
        .unwrap();
    let gone = [
        world.set_key_status("AKIANOBODY", KeyStatus::Active),
        world.set_role_policy("111122223333", "nobody", "p", None),
        world.set_role_policy("111122223333", "r", "p", None),
        world.set_trust_policy("444455556666", "r", ANYONE),
        world.set_bucket_policy("nobodys", None),
        world.put_object("nobodys", "k", "x"),
    ];
    for result in gone {
        assert_eq!(result.unwrap_err().kind(), ErrorKind::NotFound);
    }
    let first = Testkit::start(world.clone()).await.unwrap();
    let mut settings = Settings::default();
    settings.port = first.endpoint().rsplit(':').next().unwrap().parse().unwrap();
    let error = Testkit::start_with(world, settings).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.source().is_some());
    assert_eq!(Times::default(), Times::Count(1));
}

#[tokio::test]
async fn secrets_show_nowhere() {
    let account = Account::new("111122223333")
        .root_access_key("AKIAROOT", "canary-1")
        .user(User::new("one").access_key("AKIAEXAMPLE", "canary-2"));
    let seed = Seed::new().account(account.bucket(Bucket::new("events")));
    let world = seed.clone().build().unwrap();
    let pair = world.rotate_key("AKIAEXAMPLE").unwrap();
    let testkit = Testkit::start(world.clone()).await.unwrap();
    let shown = format!("{seed:?} {world:?} {pair:?} {testkit:?}");
    assert!(
        shown.contains("AKIAROOT") && shown.contains(pair.access_key_id()),
        "{shown}"
    );
    assert!(
        !shown.contains("canary") && !shown.contains(pair.secret_access_key()),
        "{shown}"
    );
}

#[tokio::test]
async fn a_testkit_that_is_dropped_is_gone() {
    let testkit = Testkit::start(World::builder().build().unwrap()).await.unwrap();
    let address = testkit.endpoint().trim_start_matches("http://").to_owned();
    let kept_alive = tokio::net::TcpStream::connect(&address).await.unwrap();
    drop(testkit);
    // Tasks end at their next turn.
    for _ in 0..100 {
        if tokio::net::TcpStream::connect(&address).await.is_err() {
            break;
        }
        tokio::task::yield_now().await;
    }
    assert!(tokio::net::TcpStream::connect(&address).await.is_err());
    kept_alive.readable().await.unwrap();
    let ended = kept_alive.try_read(&mut [0; 1]);
    assert!(matches!(ended, Ok(0) | Err(_)), "open connections are closed too");
}

#[tokio::test]
async fn a_user_s_settings_serve_any_client_and_requests_are_remembered_without_their_signature() {
    let (testkit, _) = crate::client::plain().await;
    let settings = testkit.sdk_config("currents").unwrap();
    let identity = aws_sdk_sts::Client::new(&settings)
        .get_caller_identity()
        .send()
        .await
        .unwrap();
    assert_eq!(identity.account(), Some(crate::client::ACCOUNT));
    let of_s3 = aws_sdk_s3::config::Builder::from(&settings)
        .force_path_style(true)
        .build();
    let s3 = aws_sdk_s3::Client::from_conf(of_s3);
    s3.list_objects_v2()
        .bucket(crate::client::BUCKET)
        .prefix("currents/")
        .send()
        .await
        .unwrap();

    let recorded = testkit.requests().recorded();
    let [first, second] = recorded.as_slice() else {
        panic!("{recorded:?}")
    };
    assert_eq!(
        (first.operation, first.parameter("Action")),
        (Operation::GetCallerIdentity, Some("GetCallerIdentity"))
    );
    assert_eq!(
        (second.operation, second.parameter("prefix")),
        (Operation::ListObjectsV2, Some("currents/"))
    );
    assert_eq!(second.outcome, "200");
    assert!(second.headers.contains_key("x-amz-date") && !second.headers.contains_key("authorization"));
    assert!(testkit.sdk_config("nobody").is_err());
}
