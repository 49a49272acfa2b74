//! `check-no-new-access`, `check-access-not-granted` and `check-no-public-access`.

use super::*;

#[test]
fn a_pipeline_sees_new_access() {
    let dir = folder();
    let check = |old: &str, new: &str, more: &[&str]| {
        policy(
            dir.path(),
            &[&["check-no-new-access", old, new][..], more].concat(),
        )
    };
    assert_eq!(
        check("wide.json", "own.json", &[]).expect_code(0).stdout,
        "pass\n"
    );
    check("own.json", "wide.json", &[])
        .expect_code(1)
        .expect_said(
            "wide.json: /Statement/0: NEW_ACCESS: the new policy allows what the old one did not: `s3:",
        )
        .expect_said("fail");
    check("own.json", "wide.json", &["--boundary", "own.json"]).expect_code(0);
    let found = json_of(
        &check("own.json", "wide.json", &["--format", "json"])
            .expect_code(1)
            .stdout,
    );
    assert_eq!(found["passes"], false);
    assert!(found["findings"][0]["witness"]["action"].is_string());
    let log = json_of(
        &check("own.json", "wide.json", &["--format", "sarif"])
            .expect_code(1)
            .stdout,
    );
    let result = &log["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "NEW_ACCESS");
    assert_eq!(
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
        "wide.json"
    );
    check("own.json", "absent.json", &[])
        .expect_code(2)
        .expect_said("absent.json");
}

#[test]
fn a_pipeline_sees_what_should_not_be_granted() {
    let dir = folder();
    let check = |more: &[&str]| policy(dir.path(), &[&["check-access-not-granted"][..], more].concat());
    check(&["own.json", "--action", "s3:DeleteObject"]).expect_code(0);
    check(&["wide.json", "--action", "s3:DeleteObject"])
        .expect_code(1)
        .expect_said("ACCESS_GRANTED: access is granted that should not be: `s3:DeleteObject`");
    check(&["own.json", "--resource", "arn:aws:s3:::other/*"]).expect_code(0);
    check(&["own.json", "--action", "Delete"])
        .expect_code(2)
        .expect_said("`Delete` is no action");
    check(&["own.json"]).expect_code(2).expect_said("--action");
}

#[test]
fn a_pipeline_sees_the_public() {
    let dir = folder();
    let site = |id: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Id":"{id}","Statement":{{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::site/*"}}}}"#
        )
    };
    let bucket = ["check-no-public-access", "-", "--type", "AWS::S3::Bucket"];
    policy_with_input(&bucket, site("").as_bytes())
        .expect_code(1)
        .expect_said("/Statement: PUBLIC_ACCESS: the public may do this: `s3:GetObject`")
        .expect_said("by `anonymous`");
    policy_with_input(&bucket, site("check-allow PUBLIC_ACCESS: a web site").as_bytes())
        .expect_code(0)
        .expect_said("meant: a web site");
    policy(
        dir.path(),
        &[
            "check-no-public-access",
            "guard.json",
            "--type",
            "AWS::S3::Bucket",
        ],
    )
    .expect_code(0);
    policy(
        dir.path(),
        &["check-no-public-access", "guard.json", "--type", "bucket"],
    )
    .expect_code(2)
    .expect_said("AWS::S3::Bucket");
}

#[test]
fn block_public_access_and_grants_are_layers() {
    let dir = folder();
    let site = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::site/*"}}"#;
    fs::write(dir.path().join("site.json"), site).unwrap();
    let ask = |more: &[&str]| {
        let common = [
            "evaluate",
            "--resource-policy",
            "site.json",
            "--principal",
            "anonymous",
        ];
        let object = ["--action", "s3:GetObject", "--resource", "arn:aws:s3:::site/f"];
        policy(dir.path(), &[&common[..], &object, more].concat())
            .expect_code(0)
            .stdout
    };
    assert_eq!(ask(&[]), "Allow\n");
    assert_eq!(ask(&["--block-public-access", "123456789012"]), "ExplicitDeny\n");
    let bucket = ["check-no-public-access", "site.json", "--type", "AWS::S3::Bucket"];
    policy(
        dir.path(),
        &[&bucket[..], &["--block-public-access", "123456789012"]].concat(),
    )
    .expect_code(0);

    let grants = r#"{"Grants":[{"KeyId":"arn:aws:kms:eu-west-1:123456789012:key/1","GrantId":"0a",
        "GranteePrincipal":"arn:aws:iam::123456789012:user/ada","Operations":["Decrypt"]}]}"#;
    fs::write(dir.path().join("grants.json"), grants).unwrap();
    let ask = |action: &str| {
        let common = [
            "evaluate",
            "--kms-grants",
            "grants.json",
            "--principal",
            CALLER,
            "--action",
            action,
        ];
        let key = ["--resource", "arn:aws:kms:eu-west-1:123456789012:key/1"];
        policy(dir.path(), &[&common[..], &key].concat())
            .expect_code(0)
            .stdout
    };
    assert_eq!(ask("kms:Decrypt"), "Allow\n");
    assert_eq!(ask("kms:Encrypt"), "ImplicitDeny\n");
}

#[test]
fn a_layer_without_bearing_is_an_error() {
    let dir = folder();
    let all = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#;
    let site = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::site/*"}}"#;
    fs::write(dir.path().join("all.json"), all).unwrap();
    fs::write(dir.path().join("site.json"), site).unwrap();
    let public = ["check-no-public-access", "site.json", "--type", "AWS::S3::Bucket"];
    for option in [
        "--scp",
        "--boundary",
        "--session-policy",
        "--resource-policy",
        "--kms-grants",
    ] {
        let run = policy(dir.path(), &[&public[..], &[option, "all.json"]].concat()).expect_code(2);
        assert!(
            run.stderr.contains(&format!("`{option}` has no bearing")),
            "{}",
            run.stderr
        );
    }
    let granted = ["check-access-not-granted", "all.json", "--action", "s3:PutObject"];
    let owner = ["--block-public-access", "123456789012"];
    policy(dir.path(), &[&granted[..], &owner].concat()).expect_code(2);
    policy(dir.path(), &[&granted[..], &["--scp", "all.json"]].concat()).expect_code(1);
    let asked = [
        "evaluate",
        "all.json",
        "--principal",
        CALLER,
        "--action",
        "s3:GetObject",
    ];
    policy(dir.path(), &[&asked[..], &owner].concat()).expect_code(2);
}

#[test]
fn access_points_stand_before_their_bucket() {
    let dir = folder();
    let point = "arn:aws:s3:eu-west-1:123456789012:accesspoint/reports";
    let own = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"{point}/object/*"}}}}"#
    );
    let delegating = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*",
        "Condition":{"StringEquals":{"s3:DataAccessPointAccount":"123456789012"}}}}"#;
    fs::write(dir.path().join("point.json"), own).unwrap();
    fs::write(dir.path().join("bucket.json"), delegating).unwrap();
    let object = format!("{point}/object/f");
    let asked = [
        "evaluate",
        "--principal",
        "anonymous",
        "--action",
        "s3:GetObject",
        "--bucket",
        "site",
    ];
    let ask = |resource: &str, more: &[&str]| {
        policy(
            dir.path(),
            &[&asked[..], &["--resource", resource], more].concat(),
        )
    };
    let (of_point, of_bucket) = (
        ["--access-point-policy", "point.json"],
        ["--resource-policy", "bucket.json"],
    );
    let both = [&of_point[..], &of_bucket].concat();
    assert_eq!(ask(&object, &both).expect_code(0).stdout, "Allow\n");
    assert_eq!(ask(&object, &of_point).expect_code(0).stdout, "ImplicitDeny\n");
    assert_eq!(ask(&object, &of_bucket).expect_code(0).stdout, "ImplicitDeny\n");
    let restricted = [&both[..], &["--block-public-access", "123456789012"]].concat();
    assert_eq!(ask(&object, &restricted).expect_code(0).stdout, "ExplicitDeny\n");
    let run = ask("arn:aws:s3:::site/f", &both).expect_code(2);
    assert!(
        run.stderr.contains("is not the ARN of an access point"),
        "{}",
        run.stderr
    );
}
