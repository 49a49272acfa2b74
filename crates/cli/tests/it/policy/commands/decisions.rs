//! `evaluate` and `explain`.

use super::*;

#[test]
fn a_request_is_made_now_unless_its_time_is_given() {
    let dir = folder();
    let until_2020 = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"},
        {"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}}]}"#;
    fs::write(dir.path().join("until.json"), until_2020).unwrap();
    let asked = [
        "until.json",
        "--principal",
        CALLER,
        "--action",
        "s3:ListAllMyBuckets",
    ];
    let ask = |command: &str, more: &[&str]| {
        let said = policy(dir.path(), &[&[command], &asked[..], more].concat()).expect_code(0);
        said.stdout.lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(ask("evaluate", &[]), "ExplicitDeny");
    assert!(ask("explain", &[]).starts_with("explicit deny"));
    let earlier = ["--context", "aws:CurrentTime=2019-12-31T23:59:59Z"];
    assert_eq!(ask("evaluate", &earlier), "Allow");
    let unknown = ask("evaluate", &["--unknown-others"]);
    assert!(unknown.starts_with("depends"), "{unknown}");
}

#[test]
fn evaluate_and_explain_answer_one_request() {
    let dir = folder();
    let inside = ["--resource", "arn:aws:s3:::acme-events/currents/1.avro"];
    let outside = ["--resource", "arn:aws:s3:::acme-events/other/1.avro"];
    assert_eq!(
        put(dir.path(), "evaluate", &inside).expect_code(0).stdout,
        "Allow\n"
    );
    assert_eq!(
        put(dir.path(), "evaluate", &outside).expect_code(0).stdout,
        "ImplicitDeny\n"
    );
    let plain_http = [
        &inside[..],
        &[
            "--resource-policy",
            "guard.json",
            "--context",
            "aws:SecureTransport=false",
        ],
    ]
    .concat();
    assert_eq!(
        put(dir.path(), "evaluate", &plain_http).expect_code(0).stdout,
        "ExplicitDeny\n"
    );
    let answer = put(
        dir.path(),
        "evaluate",
        &[&inside[..], &["--format", "json"]].concat(),
    )
    .expect_code(0)
    .stdout;
    assert_eq!(
        answer,
        "{\"decision\":\"Allow\",\"by\":{\"statement\":[\"identity\",{\"document\":0,\"statement\":0}]}}\n"
    );

    put(dir.path(), "explain", &outside)
        .expect_code(0)
        .expect_said("implicit deny: no identity policy allows")
        .expect_said("is not among `arn:aws:s3:::acme-events/currents/*`");
    let why = put(
        dir.path(),
        "explain",
        &[&plain_http[..], &["--format", "json"]].concat(),
    )
    .expect_code(0)
    .stdout;
    let why = json_of(&why);
    assert_eq!(why["decision"], "ExplicitDeny");
    assert_eq!(why["statements"][0]["sid"], "DenyInsecureTransport");
}

#[test]
fn all_layers_can_be_given() {
    let dir = folder();
    fs::write(
        dir.path().join("levels.json"),
        r#"[{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"ec2:*","Resource":"*"}},
            {"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}]"#,
    )
    .unwrap();
    let inside = ["--resource", "arn:aws:s3:::acme-events/currents/1.avro"];
    let decide = |more: &[&str]| {
        put(dir.path(), "evaluate", &[&inside[..], more].concat())
            .expect_code(0)
            .stdout
    };
    assert_eq!(
        decide(&["--scp", "levels.json", "--boundary", "levels.json"]),
        "Allow\n"
    );
    assert_eq!(
        decide(&["--scp", "levels.json", "--scp", "guard.json"]),
        "ImplicitDeny\n"
    );
    assert_eq!(decide(&["--session-policy", "own.json"]), "Allow\n");
    assert_eq!(
        decide(&["--rcp", "guard.json", "--context", "aws:SecureTransport=false"]),
        "ExplicitDeny\n"
    );
    assert_eq!(decide(&["--resource-account", "210987654321"]), "ImplicitDeny\n");
}

#[test]
fn variables_of_the_caller_have_their_values() {
    let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::homes/${aws:username}/*"}}"#;
    let args = [
        "evaluate",
        "-",
        "--principal",
        CALLER,
        "--action",
        "s3:PutObject",
        "--resource",
        "arn:aws:s3:::homes/ada/f",
    ];
    let ran = policy_with_input(&args, policy.as_bytes()).expect_code(0);
    assert_eq!(ran.stdout, "Allow\n");
}

#[test]
fn what_a_request_lacks_is_said() {
    let dir = folder();
    policy(dir.path(), &["evaluate", "own.json"])
        .expect_code(2)
        .expect_said("--principal");
    policy(dir.path(), &["explain", "own.json", "--principal", CALLER])
        .expect_code(2)
        .expect_said("--action");
    put(dir.path(), "evaluate", &["--context", "aws:SourceIp"])
        .expect_code(2)
        .expect_said("aws:SourceIp=");
    put(dir.path(), "evaluate", &["--boundary", "absent.json"])
        .expect_code(2)
        .expect_said("absent.json");
}

#[test]
fn cases_stand_alone() {
    let dir = folder();
    policy(
        dir.path(),
        &["evaluate", "--cases", "-", "--boundary", "own.json"],
    )
    .expect_code(2);
    policy(dir.path(), &["lint", "--cases", "-", "own.json"]).expect_code(2);
}

#[test]
fn what_is_not_known_leaves_conditions() {
    let dir = folder();
    fs::write(
        dir.path().join("office.json"),
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*",
            "Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}}}"#,
    )
    .unwrap();
    let ask = |more: &[&str]| {
        let common = [
            "evaluate",
            "office.json",
            "--principal",
            CALLER,
            "--action",
            "s3:GetObject",
        ];
        policy(
            dir.path(),
            &[&common[..], &["--resource", "arn:aws:s3:::b/k"], more].concat(),
        )
    };
    assert_eq!(ask(&[]).expect_code(0).stdout, "ImplicitDeny\n");
    for unknown in [&["--unknown", "aws:SourceIp"][..], &["--unknown-others"]] {
        ask(unknown)
            .expect_code(0)
            .expect_said("depends: allowed where `aws:SourceIp` IpAddress `203.0.113.0/24`");
    }
    ask(&["--unknown", "aws:SourceVpc"])
        .expect_code(0)
        .expect_said("ImplicitDeny: whatever is not known");
    let found = json_of(
        &ask(&["--unknown-others", "--format", "json"])
            .expect_code(0)
            .stdout,
    );
    assert_eq!(found["decision"], "Depends");
    assert_eq!(found["allowed_when"][0][0]["key"], "aws:SourceIp");
    assert_eq!(found["allowed_when"][0][0]["holds"], true);
    assert_eq!(found["statements"][0]["place"]["statement"], 0);
    ask(&["--unknown-others", "--unknown", "aws:SourceIp"]).expect_code(2);
}
