//! ListObjectsV2, ListBuckets, CreateBucket, HeadBucket, GetBucketLocation.

use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration, EncodingType};
use bucketline_testkit::seed::{Account, Bucket};

use crate::client::{ACCOUNT, BUCKET, KEY, SECRET, account, expected, plain, refusal, s3, seed, start};

#[tokio::test]
async fn keys_are_listed_in_order_page_by_page() {
    let (testkit, s3) = plain().await;
    for n in (0..25).rev() {
        testkit
            .world()
            .put_object(BUCKET, &format!("a/{n:02}"), "x")
            .unwrap();
    }
    testkit.world().put_object(BUCKET, "b", "x").unwrap();
    let (mut keys, mut token, mut pages) = (Vec::new(), None, 0);
    loop {
        let list = s3
            .list_objects_v2()
            .bucket(BUCKET)
            .prefix("a/")
            .max_keys(10)
            .set_continuation_token(token);
        let page = list.send().await.unwrap();
        assert!(page.key_count().unwrap() <= 10);
        keys.extend(
            page.contents()
                .iter()
                .map(|object| object.key().unwrap().to_owned()),
        );
        pages += 1;
        token = page.next_continuation_token().map(str::to_owned);
        assert_eq!(page.is_truncated(), Some(token.is_some()));
        if token.is_none() {
            break;
        }
    }
    let expected: Vec<String> = (0..25).map(|n| format!("a/{n:02}")).collect();
    assert_eq!(keys, expected);
    assert_eq!(pages, 3);

    let later = s3
        .list_objects_v2()
        .bucket(BUCKET)
        .start_after("a/22")
        .send()
        .await
        .unwrap();
    let keys: Vec<_> = later
        .contents()
        .iter()
        .map(|object| object.key().unwrap())
        .collect();
    assert_eq!(keys, ["a/23", "a/24", "b"]);
    let object = &later.contents()[2];
    assert_eq!(object.size(), Some(1));
    assert!(object.e_tag().is_some() && object.last_modified().is_some());
}

#[tokio::test]
async fn a_delimiter_rolls_keys_up() {
    let (testkit, s3) = plain().await;
    for key in ["a/1", "a/2", "a/b/3", "c", "d/4"] {
        testkit.world().put_object(BUCKET, key, "x").unwrap();
    }
    let page = s3
        .list_objects_v2()
        .bucket(BUCKET)
        .delimiter("/")
        .send()
        .await
        .unwrap();
    let prefixes: Vec<_> = page
        .common_prefixes()
        .iter()
        .map(|common| common.prefix().unwrap())
        .collect();
    assert_eq!(prefixes, ["a/", "d/"]);
    assert_eq!(page.contents()[0].key(), Some("c"));
    assert_eq!(page.key_count(), Some(3));
}

#[tokio::test]
async fn a_full_key_as_prefix_tells_whether_it_is_there() {
    let (testkit, s3) = plain().await;
    let list = || s3.list_objects_v2().bucket(BUCKET).prefix("k=1/a+b.avro");
    assert_eq!(list().send().await.unwrap().key_count(), Some(0));
    testkit.world().put_object(BUCKET, "k=1/a+b.avro", "x").unwrap();
    let found = list().send().await.unwrap();
    assert_eq!(found.contents()[0].key(), Some("k=1/a+b.avro"));
    let encoded = list().encoding_type(EncodingType::Url).send().await.unwrap();
    assert_eq!(encoded.contents()[0].key(), Some("k%3D1/a%2Bb.avro"));
}

#[tokio::test]
async fn a_token_that_is_none_is_refused() {
    let (_testkit, s3) = plain().await;
    let list = s3
        .list_objects_v2()
        .bucket(BUCKET)
        .continuation_token("a/22")
        .send()
        .await;
    assert_eq!(refusal(&list.unwrap_err()), expected("InvalidArgument", 400));
}

#[tokio::test]
async fn a_bucket_tells_where_it_is() {
    let seed =
        seed().account(Account::new("444455556666").bucket(Bucket::new("elsewhere").region("eu-central-1")));
    let testkit = start(seed).await;
    testkit
        .world()
        .set_bucket_policy("elsewhere", Some(crate::client::OPEN_BUCKET))
        .unwrap();
    let client = s3(&testkit.endpoint(), KEY, SECRET, "us-east-1");
    let here = client.get_bucket_location().bucket(BUCKET).send().await.unwrap();
    let here = here
        .location_constraint()
        .map(BucketLocationConstraint::as_str)
        .unwrap_or_default()
        .to_owned();
    assert_eq!(here, "", "null stands for us-east-1");
    // us-east-1 answers this for every bucket.
    let there = client
        .get_bucket_location()
        .bucket("elsewhere")
        .send()
        .await
        .unwrap();
    assert_eq!(there.location_constraint().unwrap().as_str(), "eu-central-1");
    let head = client.head_bucket().bucket(BUCKET).send().await.unwrap();
    assert_eq!(head.bucket_region(), Some("us-east-1"));
}

#[tokio::test]
async fn buckets_are_created_in_the_region_asked_for() {
    let testkit = start(bucketline_testkit::Seed::new().account(account())).await;
    let client = s3(&testkit.endpoint(), KEY, SECRET, "eu-west-1");
    let configuration = |region: &str| {
        CreateBucketConfiguration::builder()
            .location_constraint(BucketLocationConstraint::from(region))
            .build()
    };
    let create = |region: &str| {
        client
            .create_bucket()
            .bucket("new-one")
            .create_bucket_configuration(configuration(region))
    };
    let error = create("us-west-2").send().await.unwrap_err();
    assert_eq!(
        refusal(&error),
        expected("IllegalLocationConstraintException", 400)
    );
    create("eu-west-1").send().await.unwrap();
    let error = create("eu-west-1").send().await.unwrap_err();
    assert_eq!(refusal(&error), expected("BucketAlreadyOwnedByYou", 409));
    client
        .put_object()
        .bucket("new-one")
        .key("k")
        .expected_bucket_owner(ACCOUNT)
        .send()
        .await
        .unwrap();
}

#[tokio::test]
async fn an_account_lists_its_own_buckets() {
    let others = Account::new("444455556666").bucket(Bucket::new("elsewhere"));
    let testkit = start(seed().account(others)).await;
    let client = s3(&testkit.endpoint(), KEY, SECRET, "eu-west-1");
    let listed = client.list_buckets().send().await.unwrap();
    let names: Vec<_> = listed
        .buckets()
        .iter()
        .map(|bucket| bucket.name().unwrap())
        .collect();
    assert_eq!(names, [BUCKET]);
    assert_eq!(listed.buckets()[0].bucket_region(), Some("us-east-1"));
    let only = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::acme-events"}}"#;
    testkit
        .world()
        .set_user_policy(ACCOUNT, "currents", "anything", Some(only))
        .unwrap();
    let error = client.list_buckets().send().await.unwrap_err();
    assert_eq!(
        refusal(&error),
        expected("AccessDenied", 403),
        "it is about all buckets, so one bucket's ARN does not cover it"
    );
}
