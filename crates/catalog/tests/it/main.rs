//! The catalogue as its users see it: what AWS's reference says of some services, and data of one's own.

use bucketline_iam_catalog::{AccessLevel, Catalog, ErrorKind, ValueType};

#[test]
fn what_is_known_of_some_actions() {
    let catalog = Catalog::built_in();
    assert_eq!(catalog.date(), "2026-09-26");
    assert!(catalog.source().contains("MIT") && catalog.is_complete());
    assert_eq!(catalog.prefixes().count(), catalog.services().count());
    let s3 = catalog.service("S3").unwrap();
    assert_eq!((s3.prefix(), s3.name()), ("s3", "Amazon S3"));
    let location = s3.action("GetBucketLocation").unwrap();
    assert!(location.access_levels().eq([AccessLevel::Read]));
    let resources = location.resources().iter().map(|r| r.name());
    assert!(resources.eq(["accesspoint", "bucket"]));
    assert!(
        s3.action("listbucket")
            .unwrap()
            .condition_keys()
            .any(|k| k == "s3:prefix")
    );
    assert!(
        s3.action("ListObjectsV2").is_none(),
        "the API's name, not an action's"
    );
    assert!(s3.action("ListAllMyBuckets").unwrap().resources().is_empty());
    let bucket = s3.resource_type("bucket").unwrap();
    assert!(bucket.arns().eq(["arn:${Partition}:s3:::${BucketName}"]));
    assert!(
        bucket
            .condition_keys()
            .any(|key| key == "aws:ResourceTag/${TagKey}")
    );
    let tag = s3.condition_key("aws:requesttag/Team").unwrap();
    assert_eq!(tag.key(), "aws:RequestTag/${TagKey}");
    assert!(s3.condition_key("aws:TagKeys").unwrap().is_multivalued());
    assert!(s3.condition_key("s3:nonsense").is_none());
}

#[test]
fn what_is_known_of_other_services() {
    let catalog = Catalog::built_in();
    for (prefix, action) in [
        ("ec2", "RunInstances"),
        ("lambda", "InvokeFunction"),
        ("bedrock", "InvokeModel"),
        ("dynamodb", "PutItem"),
        ("sts", "AssumeRole"),
        ("organizations", "LeaveOrganization"),
    ] {
        let service = catalog.service(prefix).unwrap();
        assert!(service.action(action).is_some(), "{prefix}:{action}");
    }
    let iam = catalog.service("iam").unwrap();
    let attach = iam.action("AttachRolePolicy").unwrap();
    assert!(attach.has_access(AccessLevel::PermissionsManagement) && attach.has_access(AccessLevel::Write));
    assert_eq!(
        iam.condition_key("iam:PolicyARN").unwrap().value_type(),
        ValueType::Arn
    );
    let lex = catalog.service("lex").unwrap();
    assert_eq!(lex.resource_type("bot").unwrap().arns().count(), 2);
    assert!(
        catalog
            .service("s3")
            .unwrap()
            .supports_resource_control_policies()
    );
    assert!(
        !catalog
            .service("ec2")
            .unwrap()
            .supports_resource_control_policies()
    );
    assert!(catalog.service("s4").is_none());
    let of_cloudfront = catalog.with_arns_of("cloudfront").map(|service| service.prefix());
    assert!(of_cloudfront.eq(["cloudfront", "cloudfront-keyvaluestore"]));
    // The reference writes two families of tags without a placeholder.
    let secrets = catalog.service("secretsmanager").unwrap();
    assert!(secrets.condition_key("secretsmanager:ResourceTag/team").is_some());
}

/// Names are found wherever they stand in their lists, and every resource type that an action names is there.
#[test]
fn everything_is_found_by_its_name() {
    let (mut actions, mut keys) = (0, 0);
    for service in Catalog::built_in().services() {
        for action in service.actions() {
            let found = service.action(&action.name().to_ascii_uppercase());
            assert_eq!(found.map(|a| a.name()), Some(action.name()));
            actions += 1;
            for resource in action.resources() {
                assert!(
                    service.resource_type(resource.name()).is_some(),
                    "{}",
                    resource.name()
                );
            }
        }
        for key in service.condition_keys() {
            assert_eq!(service.condition_key(key.key()).map(|k| k.key()), Some(key.key()));
            assert_ne!(key.value_type(), ValueType::Unknown, "{}", key.key());
            keys += 1;
        }
        for kind in service.resource_types() {
            assert!(
                kind.arns()
                    .all(|arn| arn.starts_with("arn:${Partition}:") || arn.starts_with("arn:"))
            );
        }
    }
    assert!(actions > 22_000 && keys > 2_000, "{actions} actions, {keys} keys");
}

const OWN: &str = r#"{"date":"2027-01-31","source":"mine","services":{"s3":{"name":"S3","resource_control_policies":true,
    "actions":{"FoldObject":{"access":"Permissions management, Write","resources":{"object":{"required":true,"keys":["s3:fold"]}},
    "keys":["s3:x","s3:fold","aws:TagKeys"]}},
    "resource_types":{"object":{"arn":"arn:${Partition}:s3:::${B}/${O}, arn:${Partition}:s3:::${O}","keys":["s3:x"]}},
    "condition_keys":{"s3:x":{"key":"s3:x","type":"Bool"},"s3:fold":{"key":"s3:fold","type":"ArrayOfARN"},
    "aws:TagKeys":{"key":"aws:TagKeys","type":"Tensor"}}}}}"#;

#[test]
fn data_of_ones_own_survives_packing() {
    let own = Catalog::from_json(OWN).unwrap();
    let packed = own.to_packed();
    let again = Catalog::from_packed(&packed).unwrap();
    assert_eq!(again.to_packed(), packed);
    for catalog in [&own, &again] {
        assert_eq!((catalog.date(), catalog.source()), ("2027-01-31", "mine"));
        assert!(!catalog.is_complete());
        let s3 = catalog.service("s3").unwrap();
        assert!(s3.supports_resource_control_policies());
        let fold = s3.action("foldobject").unwrap();
        assert!(
            fold.access_levels()
                .eq([AccessLevel::Write, AccessLevel::PermissionsManagement])
        );
        let [object] = fold.resources() else {
            panic!("one resource type")
        };
        assert!(object.is_required() && object.condition_keys().eq(["s3:fold"]));
        assert_eq!(fold.condition_keys().len(), 3);
        assert_eq!(s3.resource_type("object").unwrap().arns().len(), 2);
        assert!(s3.condition_key("s3:fold").unwrap().is_multivalued());
        assert_eq!(
            s3.condition_key("aws:tagkeys").unwrap().value_type(),
            ValueType::Unknown
        );
    }
}

#[test]
fn data_of_another_form_is_refused() {
    for text in [
        "",
        "[]",
        r#"{"services": {"s3": {}}}"#,
        r#"{"services":{"x":{"actions":{"A":{"access":"Odd","resources":{},"keys":[]}},"resource_types":{},"condition_keys":{}}}}"#,
    ] {
        assert_eq!(
            Catalog::from_json(text).unwrap_err().kind(),
            ErrorKind::Json,
            "{text}"
        );
    }
    let packed = Catalog::from_json(OWN).unwrap().to_packed();
    for (what, with) in [
        ("\t1\n", "\t2\n"),
        ("S\ts3", "S\ts4"),
        ("Q\t", "X\t"),
        ("!", ""),
        ("A\t", "A\tx\t"),
    ] {
        let broken = packed.replacen(what, with, 1);
        assert_eq!(
            Catalog::from_packed(&broken).unwrap_err().kind(),
            ErrorKind::Packed,
            "{broken}"
        );
    }
    for cut in 0..packed.len() {
        if let Some(text) = packed.get(..cut) {
            assert!(Catalog::from_packed(text).is_err(), "cut at {cut}");
        }
    }
}
