use crate::evaluate::{Decision, Layer, Mismatch, Principal};
use crate::{Document, Layers, PolicySet, Request, authorize};

fn set(statements: &str) -> PolicySet {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":{statements}}}"#);
    PolicySet::compile(&[text.parse::<Document>().unwrap()])
}

fn caller() -> Principal {
    "arn:aws:sts::123456789012:assumed-role/Export/job"
        .parse()
        .unwrap()
}

fn list(prefix: Option<&str>) -> Request {
    let request = Request::new(caller(), "s3:ListBucket".parse().unwrap(), "arn:aws:s3:::acme");
    match prefix {
        Some(prefix) => request.context("s3:prefix", prefix),
        None => request,
    }
}

#[test]
fn a_condition_is_named_with_both_sides_and_its_variables_replaced() {
    let identity = set(
        r#"{"Sid":"List","Effect":"Allow","Action":"s3:ListBucket","Resource":"*","Condition":{"StringLike":{"s3:prefix":"${aws:username}/*"}}}"#,
    );
    let layers = Layers::new(&identity);
    let request = list(Some("other/")).context("aws:username", "alice");
    let why = authorize(&layers, &request).explain();
    assert_eq!(
        why.statements[0].mismatches,
        [Mismatch::Condition {
            operator: "StringLike".into(),
            key: "s3:prefix".into(),
            wanted: vec!["alice/*".into()],
            found: vec!["other/".into()],
        }]
    );
    assert!(
        why.to_string()
            .contains("condition: `StringLike` on `s3:prefix` wants `alice/*`, and the request has `other/`")
    );
}

#[test]
fn an_absent_key_is_named() {
    let identity = set(
        r#"{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*","Condition":{"StringLike":{"s3:prefix":"currents/*"}}}"#,
    );
    let layers = Layers::new(&identity);
    let request = list(None);
    let why = authorize(&layers, &request).explain();
    assert_eq!(why.absent_keys, ["s3:prefix"]);
    assert!(
        why.to_string()
            .contains("and the request does not carry that key")
    );
}

#[test]
fn the_deciding_layer_is_named() {
    let allow = set(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
    let silent = set(r#"{"Effect":"Allow","Action":"ec2:*","Resource":"*"}"#);
    let denies = set(
        r#"[{"Effect":"Allow","Action":"*","Resource":"*"},{"Sid":"No","Effect":"Deny","Action":"s3:*","Resource":"*"}]"#,
    );
    let levels = [allow.clone(), silent.clone()];
    let refusing = [denies];
    let request = list(None);
    for (layers, decision, headline) in [
        (
            Layers::new(&allow).session(&silent),
            Decision::ImplicitDeny,
            "implicit deny: no session policy allows `s3:ListBucket` on `arn:aws:s3:::acme`",
        ),
        (
            Layers::new(&allow).boundary(&silent),
            Decision::ImplicitDeny,
            "implicit deny: no permissions boundary allows",
        ),
        (
            Layers::new(&allow).service_control(&levels),
            Decision::ImplicitDeny,
            "implicit deny: no service control policy of level 2 allows",
        ),
        (
            Layers::new(&allow).service_control(&refusing),
            Decision::ExplicitDeny,
            "explicit deny: service control policy 1 of level 1, statement 2 `No` denies",
        ),
        (
            Layers::new(&allow),
            Decision::Allow,
            "allow: identity policy 1, statement 1 allows `s3:ListBucket`",
        ),
    ] {
        let why = authorize(&layers, &request).explain();
        assert_eq!(why.decision, decision);
        assert!(why.to_string().starts_with(headline), "{why}");
    }
}

#[test]
fn what_can_never_work_is_remarked() {
    let identity = set(
        r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":["10.0.0.0/99"]},"StringEquals":{"aws:TagKeys":"a"},"NumericLessThan":{"k:n":"5"}}}"#,
    );
    let layers = Layers::new(&identity);
    let request = list(None)
        .context("aws:TagKeys", "a")
        .context("aws:TagKeys", "b")
        .context("k:n", "many");
    let why = authorize(&layers, &request).explain();
    let remarks: Vec<&str> = why.remarks.iter().map(|remark| remark.message.as_str()).collect();
    assert_eq!(remarks.len(), 3, "{remarks:?}");
    assert_eq!(
        remarks[0],
        "`10.0.0.0/99` under `IpAddress` cannot be read and never matches"
    );
    assert!(remarks[1].starts_with("`aws:TagKeys` has several values and `StringEquals` does not say"));
    assert_eq!(
        remarks[2],
        "the request's `many` for `k:n` cannot be read by `NumericLessThan`"
    );
    assert!(why.remarks.iter().all(|remark| remark.layer == Layer::Identity));
}

#[test]
fn negated_elements_and_absent_ones_read_well() {
    let resource = set(
        r#"[{"Effect":"Allow","NotPrincipal":{"AWS":"arn:aws:iam::123456789012:role/Export"},"NotAction":"s3:List*","NotResource":"arn:aws:s3:::acme"},{"Effect":"Allow","Action":"*"}]"#,
    );
    let identity = PolicySet::default();
    let layers = Layers::new(&identity).resource(&resource);
    let request = list(None);
    let text = authorize(&layers, &request).explain().to_string();
    for line in [
        "principal: `arn:aws:sts::123456789012:assumed-role/Export/job` is excluded by `arn:aws:iam::123456789012:role/Export`",
        "action: `s3:ListBucket` is excluded by `s3:List*`",
        "resource: `arn:aws:s3:::acme` is excluded by `arn:aws:s3:::acme`",
        "principal: the statement names none, so it does not reach",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn machines_get_the_same_as_json() {
    let identity = set(r#"{"Effect":"Allow","Action":"ec2:*","Resource":"*"}"#);
    let layers = Layers::new(&identity);
    let request = list(None);
    let json = serde_json::to_value(authorize(&layers, &request).explain()).unwrap();
    assert_eq!(json["decision"], "ImplicitDeny");
    assert_eq!(json["by"]["missing"], "identity");
    assert_eq!(json["statements"][0]["mismatches"][0]["element"], "action");
}

#[test]
fn rules_without_a_policy_are_named() {
    let none = PolicySet::default();
    let layers = Layers::new(&none);
    let root: Principal = "arn:aws:iam::123456789012:root".parse().unwrap();
    let request = Request::new(root, "s3:ListBucket".parse().unwrap(), "arn:aws:s3:::acme");
    assert!(
        authorize(&layers, &request)
            .explain()
            .to_string()
            .contains("root user needs no policy")
    );
    let whoami = Request::new(caller(), "sts:GetCallerIdentity".parse().unwrap(), "*");
    assert!(
        authorize(&layers, &whoami)
            .explain()
            .to_string()
            .contains("cannot be denied")
    );
}
