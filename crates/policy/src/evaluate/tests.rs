use super::*;
use crate::Document;

const USER: &str = "arn:aws:iam::123456789012:user/team/alice";

fn set(statements: &str) -> PolicySet {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":{statements}}}"#);
    PolicySet::compile(&[text.parse::<Document>().unwrap()])
}

fn get(caller: Principal) -> Request {
    Request::new(caller, "s3:GetObject".parse().unwrap(), "arn:aws:s3:::b/k")
}

fn names(principal: &str) -> PolicySet {
    set(&format!(
        r#"{{"Effect":"Allow","Principal":{principal},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}}"#
    ))
}

#[test]
fn a_federated_session_of_a_named_user_keeps_its_limits() {
    let (all, silent) = (
        set(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#),
        set(r#"{"Effect":"Allow","Action":"ec2:*","Resource":"*"}"#),
    );
    let resource = names(&format!(r#"{{"AWS":"{USER}"}}"#));
    let session: Principal = "arn:aws:sts::123456789012:federated-user/bob".parse().unwrap();
    let request = get(session.clone().federated_by(&USER.parse().unwrap()));
    let decide =
        |layers: Layers, request: &Request| authorize(&layers.resource(&resource), request).decision();
    assert_eq!(
        decide(Layers::new(&silent).session(&all), &request),
        Decision::Allow
    );
    assert_eq!(
        decide(Layers::new(&all).session(&silent), &request),
        Decision::ImplicitDeny
    );
    assert_eq!(
        decide(Layers::new(&all).session(&all).boundary(&silent), &request),
        Decision::ImplicitDeny
    );
    // Without knowing whose session it is, the grant does not reach it.
    assert_eq!(
        decide(Layers::new(&silent), &get(session)),
        Decision::ImplicitDeny
    );
    // The user itself, presented with a session policy, is such a session too.
    let user = get(USER.parse().unwrap());
    assert_eq!(
        decide(Layers::new(&all).session(&silent), &user),
        Decision::ImplicitDeny
    );
}

#[test]
fn a_canonical_user_id_stands_for_its_account() {
    let resource = names(r#"{"CanonicalUser":"79a5"}"#);
    let caller: Principal = USER.parse().unwrap();
    let decide = |caller: Principal| resource.decide(DocumentKind::Resource, &get(caller));
    assert_eq!(
        decide(caller.clone().with_canonical_user("79a5")),
        Decision::Allow
    );
    assert_eq!(
        decide(caller.clone().with_canonical_user("79a6")),
        Decision::ImplicitDeny
    );
    assert_eq!(decide(caller), Decision::ImplicitDeny);
}

#[test]
fn identity_keys_follow_from_the_caller_and_never_replace_what_was_given() {
    let keys = |caller: &str| get(caller.parse().unwrap());
    let user = keys(USER);
    assert_eq!(user.request_context().get("aws:username"), ["alice"]);
    assert_eq!(user.request_context().get("aws:PrincipalArn"), [USER]);
    assert_eq!(
        user.request_context().get("AWS:PrincipalAccount"),
        ["123456789012"]
    );
    assert_eq!(user.request_context().get("aws:PrincipalType"), ["User"]);
    let session = keys("arn:aws:sts::123456789012:assumed-role/Export/job");
    assert_eq!(
        session.request_context().get("aws:PrincipalArn"),
        ["arn:aws:iam::123456789012:role/Export"]
    );
    assert!(session.request_context().get("aws:username").is_empty());
    let nobody = keys("anonymous");
    assert!(nobody.request_context().get("aws:PrincipalArn").is_empty());
    assert!(
        nobody
            .request_context()
            .get("aws:PrincipalIsAWSService")
            .is_empty()
    );
    assert_eq!(nobody.request_context().get("aws:PrincipalType"), ["Anonymous"]);
    let service = keys("lambda.amazonaws.com");
    assert_eq!(
        service.request_context().get("aws:PrincipalIsAWSService"),
        ["true"]
    );
    assert_eq!(
        service.request_context().get("aws:PrincipalServiceName"),
        ["lambda.amazonaws.com"]
    );
    let given = get(USER.parse().unwrap()).context("aws:PrincipalArn", "mine");
    assert_eq!(given.request_context().get("aws:principalarn"), ["mine"]);
}

#[test]
fn the_kind_of_resource_is_told_by_the_request_or_by_the_caller() {
    let identity = set(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
    let request = get(USER.parse().unwrap());
    assert_eq!(ResourceKind::of(&request), ResourceKind::Bucket);
    assert!(authorize(&Layers::new(&identity), &request).is_allowed());
    let layers = Layers::new(&identity).resource_kind(ResourceKind::Key);
    assert_eq!(
        authorize(&layers, &request).by(),
        Decider::Missing(Layer::Resource)
    );
    let kind = |action: &str, resource: &str| {
        ResourceKind::of(&Request::new(
            USER.parse().unwrap(),
            action.parse().unwrap(),
            resource,
        ))
    };
    assert_eq!(
        kind("sts:AssumeRole", "arn:aws:iam::123456789012:role/r"),
        ResourceKind::Trust
    );
    assert_eq!(
        kind("iam:GetRole", "arn:aws:iam::123456789012:role/r"),
        ResourceKind::Bucket
    );
    assert_eq!(
        kind("kms:Decrypt", "arn:aws:kms:us-east-1:123456789012:key/1"),
        ResourceKind::Key
    );
    assert_eq!(kind("kms:CreateKey", "*"), ResourceKind::Bucket);
}

#[test]
fn the_decider_is_the_statement_that_spoke() {
    let identity = set(
        r#"[{"Effect":"Allow","Action":"ec2:*","Resource":"*"},{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Deny","Action":"s3:Delete*","Resource":"*"}]"#,
    );
    let layers = Layers::new(&identity);
    let place = |statement| {
        Decider::Statement(
            Layer::Identity,
            StatementRef {
                document: 0,
                statement,
            },
        )
    };
    let request = get(USER.parse().unwrap());
    assert_eq!(authorize(&layers, &request).by(), place(1));
    let delete = Request::new(
        USER.parse().unwrap(),
        "s3:DeleteObject".parse().unwrap(),
        "arn:aws:s3:::b/k",
    );
    let verdict = authorize(&layers, &delete);
    assert_eq!(
        (verdict.decision(), verdict.by()),
        (Decision::ExplicitDeny, place(2))
    );
    let other = Request::new(USER.parse().unwrap(), "iam:GetUser".parse().unwrap(), "*");
    assert_eq!(authorize(&layers, &other).by(), Decider::Missing(Layer::Identity));
}

#[test]
fn context_keys_compare_in_any_case_and_may_be_empty() {
    let mut context = Context::default();
    context.push("Aws:TagKeys", "a".into());
    context.push("aws:tagkeys", "b".into());
    context.set("k:empty", Vec::<String>::new());
    assert_eq!(context.get("AWS:TAGKEYS"), ["a", "b"]);
    assert!(context.get("k:empty").is_empty());
    assert_eq!(
        context.iter().map(|(key, _)| key).collect::<Vec<_>>(),
        ["aws:tagkeys", "k:empty"]
    );
}

#[test]
fn keys_that_are_always_present_need_not_be_asked_for() {
    let full = set(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
    let denying = |operator: &str, key: &str, value: &str| {
        set(&format!(
            r#"{{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*",
                "Condition":{{"{operator}":{{"{key}":"{value}"}}}}}}"#
        ))
    };
    for (operator, key, value) in [
        ("Bool", "aws:PrincipalIsAWSService", "false"),
        ("Bool", "aws:ViaAWSService", "false"),
        ("Bool", "aws:SecureTransport", "true"),
        ("StringEquals", "aws:ResourceAccount", "123456789012"),
        ("StringEquals", "s3:ResourceAccount", "123456789012"),
        ("StringEquals", "aws:PrincipalType", "User"),
        ("ArnEquals", "aws:PrincipalArn", USER),
    ] {
        let layers = Layers::new(&full).resource(denying(operator, key, value));
        let request = get(USER.parse().unwrap());
        let decision = authorize(&layers, &request).decision();
        assert_eq!(decision, Decision::ExplicitDeny, "{key}");
        let bare = request.without_identity_keys();
        assert_eq!(authorize(&layers, &bare).decision(), Decision::Allow, "{key}");
    }
}

#[test]
fn a_principal_in_an_identity_policy_is_told_as_what_it_is() {
    let identity = set(r#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}"#);
    let layers = Layers::new(&identity);
    let request = get(USER.parse().unwrap());
    let why = authorize(&layers, &request).explain().to_string();
    assert!(
        why.contains("cannot have a `Principal` (IAM refuses it)"),
        "{why}"
    );
    assert_eq!(identity.warnings(DocumentKind::Identity).len(), 1);
    assert!(identity.warnings(DocumentKind::Resource).is_empty());
}

#[test]
fn what_can_never_work_is_warned_of() {
    let warned = |statement: &str| {
        set(&format!("{{{statement}}}"))
            .warnings(DocumentKind::Identity)
            .len()
    };
    for statement in [
        r#""Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:us-east-1:${aws:PrincipalAccount}:q""#,
        r#""Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sq*:us-east-1:123456789012:q""#,
        r#""Effect":"Allow","Action":"sqs:*","NotResource":"queue""#,
        r#""Effect":"Allow","NotAction":"sqs","Resource":"*""#,
        r#""Effect":"Deny","Action":"sqs:a, sqs:b","Resource":"*""#,
        r#""Effect":"Deny","Action":"sqs:*""#,
        r#""Effect":"Deny","Action":"*","Resource":"*","Condition":{"DateLessThan":{"aws:CurrentTime":"2030-02-31"}}"#,
    ] {
        assert_eq!(warned(statement), 1, "{statement}");
    }
    assert_eq!(
        warned(r#""Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:*:*:${aws:username}""#),
        0
    );
}
