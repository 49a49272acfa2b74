//! The newtypes: what they accept, what they refuse, and that text and JSON bring them back.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use bucketline_policy::{
    AccountId, ActionName, Arn, BucketName, ErrorKind, Operator, Partition, Principal, PrincipalKind,
};

fn accepts<T>(good: &[&str])
where
    T: FromStr<Err: Debug> + Display + PartialEq + Debug + serde::Serialize + serde::de::DeserializeOwned,
{
    for text in good {
        let name: T = text.parse().unwrap();
        assert_eq!(name.to_string(), *text);
        let json = serde_json::to_string(&name).unwrap();
        assert_eq!(json, format!("{text:?}"));
        assert_eq!(serde_json::from_str::<T>(&json).unwrap(), name);
    }
}

fn refuses<T: FromStr<Err = bucketline_policy::Error> + Debug + serde::de::DeserializeOwned>(bad: &[&str]) {
    for text in bad {
        let error = text.parse::<T>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidName, "{text}");
        assert!(
            serde_json::from_str::<T>(&serde_json::to_string(text).unwrap()).is_err(),
            "{text}"
        );
    }
}

#[test]
fn account_ids_are_twelve_digits() {
    accepts::<AccountId>(&["123456789012", "000000000001"]);
    refuses::<AccountId>(&[
        "",
        "12345678901",
        "1234567890123",
        "12345678901x",
        "１２３４",
        "-12345678901",
    ]);
}

#[test]
fn bucket_names_follow_the_rules_of_s3() {
    let longest = "a".repeat(63);
    accepts::<BucketName>(&["abc", "a.b-c", "1bucket", "amzn-s3-demo-bucket", &longest]);
    let too_long = "a".repeat(64);
    refuses::<BucketName>(&[
        "ab",
        &too_long,
        "Abc",
        "a_b",
        "-abc",
        "abc-",
        ".abc",
        "a..b",
        "192.168.5.4",
        "xn--abc",
        "sthree-abc",
        "abc-s3alias",
        "abc--ol-s3",
        "abc.mrap",
        "abc--x-s3",
        "abc--table-s3",
        "bücket",
        "a/b",
    ]);
}

#[test]
fn arns_have_six_fields() {
    accepts::<Arn>(&[
        "arn:aws:s3:::bucket/key:with:colons/*",
        "arn:aws-cn:sqs:cn-north-1:123456789012:queue",
        "arn:aws-us-gov:iam::123456789012:role/path/name",
        "arn:*:s3:::b",
        "arn:aws:iam::aws:policy/ReadOnlyAccess",
        "arn:minio:s3:::b",
    ]);
    let too_long = format!("arn:aws:s3:::{}", "a".repeat(2_048));
    refuses::<Arn>(&[
        "",
        "arn:aws:s3::b",
        "urn:aws:s3:::b",
        "arn::s3:::b",
        "arn:AWS:s3:::b",
        "arn:aws::::b",
        "arn:aws:s3:::",
        "arn:aws:s3:::a\nb",
        &too_long,
    ]);
    let arn: Arn = "arn:aws:sqs:eu-central-1:123456789012:q:1".parse().unwrap();
    assert_eq!(
        (arn.partition(), arn.service(), arn.region()),
        ("aws", "sqs", "eu-central-1")
    );
    assert_eq!((arn.account_field(), arn.resource()), ("123456789012", "q:1"));
}

#[test]
fn actions_and_partitions() {
    accepts::<ActionName>(&["s3:PutObject", "s3-object-lambda:GetObject"]);
    refuses::<ActionName>(&[
        "",
        "s3",
        "s3:",
        ":PutObject",
        "s3:Put*",
        "s3:Put Object",
        "*",
        "s3:a:b",
    ]);
    assert_eq!("S3:putobject".parse::<ActionName>().unwrap().service(), "s3");
    accepts::<Partition>(&["aws", "aws-cn", "aws-us-gov", "aws-iso-b", "minio"]);
    refuses::<Partition>(&["", "AWS", "a b", "aws:cn", "*"]);
    assert!(!"minio".parse::<Partition>().unwrap().is_aws());
}

#[test]
fn every_operator_is_read_in_any_case_and_printed_as_aws_spells_it() {
    for test in bucketline_policy::Test::ALL {
        for (prefix, suffix) in [
            ("", ""),
            ("ForAllValues:", ""),
            ("ForAnyValue:", "IfExists"),
            ("", "IfExists"),
        ] {
            let text = format!("{prefix}{}{suffix}", test.as_str());
            let read = text.to_lowercase().parse::<Operator>();
            if text.contains("NullIfExists") {
                assert!(read.is_err());
            } else {
                assert_eq!(read.unwrap().to_string(), text);
            }
        }
    }
    assert!("StringIs".parse::<Operator>().is_err());
    assert!("ForSomeValues:StringEquals".parse::<Operator>().is_err());
}

#[test]
fn callers_are_told_apart() {
    for (text, kind, account) in [
        (
            "arn:aws:iam::123456789012:root",
            PrincipalKind::Root,
            Some("123456789012"),
        ),
        ("123456789012", PrincipalKind::Root, Some("123456789012")),
        (
            "arn:aws:iam::123456789012:user/team/alice",
            PrincipalKind::User,
            Some("123456789012"),
        ),
        (
            "arn:aws:iam::123456789012:role/r",
            PrincipalKind::Role,
            Some("123456789012"),
        ),
        (
            "arn:aws:sts::123456789012:assumed-role/r/s",
            PrincipalKind::RoleSession,
            Some("123456789012"),
        ),
        (
            "arn:aws:sts::123456789012:federated-user/bob",
            PrincipalKind::FederatedUser,
            Some("123456789012"),
        ),
        ("lambda.amazonaws.com", PrincipalKind::Service, None),
        ("cognito-identity.amazonaws.com", PrincipalKind::Federated, None),
        ("anonymous", PrincipalKind::Anonymous, None),
    ] {
        let caller: Principal = text.parse().unwrap();
        assert_eq!(caller.kind(), kind, "{text}");
        assert_eq!(
            caller.account().map(|account| account.to_string()).as_deref(),
            account,
            "{text}"
        );
    }
    for bad in [
        "",
        "alice",
        "arn:aws:iam::123456789012:group/g",
        "arn:aws:sts::123456789012:assumed-role/r",
        "arn:aws:iam::123456789012:user/",
    ] {
        assert!(bad.parse::<Principal>().is_err(), "{bad}");
    }
}
