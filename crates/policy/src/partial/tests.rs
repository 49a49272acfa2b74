use super::{Answer, Demand, Partial, Remaining, Unknown, authorize_partly};
use crate::{Decision, Document, Layer, Layers, PolicySet, Request, authorize};

const ADA: &str = "arn:aws:iam::123456789012:user/ada";

fn set(statements: &str) -> PolicySet {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    PolicySet::compile(&[Document::parse(&text).unwrap()])
}

fn get() -> Request {
    let caller = ADA.parse().unwrap();
    Request::new(caller, "s3:GetObject".parse().unwrap(), "arn:aws:s3:::acme/ada/f")
}

fn ask(layers: &Layers, unknown: &[&str]) -> Partial {
    authorize_partly(layers, &get(), &Unknown::keys(unknown))
}

fn keys(demands: &[Demand]) -> Vec<(bool, &str)> {
    let each = demands.iter().map(|demand| match &demand.remaining {
        Remaining::Condition { key, .. } => (demand.holds, key.as_str()),
        Remaining::Resource { .. } => (demand.holds, "Resource"),
    });
    each.collect()
}

#[test]
fn layers_leave_their_conditions_together() {
    let layers = Layers::new(set(
        r#"{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}"#,
    ))
    .service_control([set(
        r#"{"Effect":"Allow","Action":"*","Resource":"*"},
           {"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}}}"#,
    )]);
    let found = ask(&layers, &["aws:MultiFactorAuthPresent", "aws:RequestedRegion"]);
    assert_eq!(found.answer, Answer::Depends);
    let cases = found.allowed_when.unwrap();
    assert_eq!(cases.len(), 1);
    assert_eq!(
        keys(&cases[0]),
        [
            (false, "aws:RequestedRegion"),
            (true, "aws:MultiFactorAuthPresent")
        ]
    );
    assert_eq!(
        found.statements.iter().map(|open| open.layer).collect::<Vec<_>>(),
        [Layer::ServiceControl(0), Layer::Identity]
    );
    // The factor is known to be absent.
    assert_eq!(ask(&layers, &["aws:RequestedRegion"]).answer, Answer::Refused);
}

#[test]
fn contradictions_are_no_cases() {
    // Allowed from inside, denied from inside: refused wherever it comes from.
    let layers = Layers::new(set(
        r#"{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.1.0.0/16"}}},
           {"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}"#,
    ));
    assert_eq!(ask(&layers, &["aws:SourceIp"]).answer, Answer::Refused);
    // One of two that leave nothing out.
    let layers = Layers::new(set(
        r#"{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Null":{"aws:SourceVpc":"true"}}},
           {"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Null":{"aws:SourceVpc":"false"}}}"#,
    ));
    assert_eq!(
        ask(&layers, &["aws:SourceVpc"]).answer,
        Answer::Decided(Decision::Allow)
    );
}

#[test]
fn variables_that_are_not_known_remain() {
    let own =
        r#"{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::acme/${aws:PrincipalTag/home}/*"}"#;
    let layers = Layers::new(set(own));
    let found = ask(&layers, &["aws:PrincipalTag/*"]);
    assert_eq!(found.answer, Answer::Depends);
    assert_eq!(keys(&found.allowed_when.unwrap()[0]), [(true, "Resource")]);
    assert_eq!(
        ask(&layers, &["aws:SourceIp"]).answer,
        Answer::Decided(Decision::ImplicitDeny),
        "the tag is known to be absent"
    );
    let elsewhere = own.replace("acme/", "other/");
    assert_eq!(
        ask(&Layers::new(set(&elsewhere)), &["aws:PrincipalTag/home"]).answer,
        Answer::Decided(Decision::ImplicitDeny)
    );
    let all_but = own.replace("\"Resource\"", "\"NotResource\"");
    let found = ask(&Layers::new(set(&all_but)), &["aws:PrincipalTag/home"]);
    assert_eq!(keys(&found.allowed_when.unwrap()[0]), [(false, "Resource")]);
    let all_but_elsewhere = elsewhere.replace("\"Resource\"", "\"NotResource\"");
    assert_eq!(
        ask(&Layers::new(set(&all_but_elsewhere)), &["aws:PrincipalTag/home"]).answer,
        Answer::Decided(Decision::Allow)
    );
    let with_key = r#"{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"s3:prefix":"${aws:PrincipalTag/home}"}}}"#;
    let request = get().context("s3:prefix", "x");
    let found = authorize_partly(
        &Layers::new(set(with_key)),
        &request,
        &Unknown::keys(["aws:principaltag/home"]),
    );
    assert_eq!(found.answer, Answer::Depends);
}

#[test]
fn a_caller_never_has_some_keys() {
    let bucket = set(
        r#"{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}}"#,
    );
    let layers = Layers::default().resource(bucket);
    let ask = |caller: &str| {
        let request = Request::new(
            caller.parse().unwrap(),
            "s3:GetObject".parse().unwrap(),
            "arn:aws:s3:::acme/f",
        );
        authorize_partly(&layers, &request, &Unknown::all_others()).answer
    };
    assert_eq!(ask("anonymous"), Answer::Decided(Decision::ImplicitDeny));
    assert_eq!(ask(ADA), Answer::Depends);
}

#[test]
fn too_many_conditions_are_listed_without_cases() {
    let many: Vec<String> = (0..12)
        .map(|n| {
            format!(
                r#"{{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{{"StringEquals":{{"aws:PrincipalTag/t{n}":"x"}}}}}}"#
            )
        })
        .collect();
    let found = ask(&Layers::new(set(&many.join(","))), &["aws:PrincipalTag/*"]);
    assert_eq!(found.answer, Answer::Depends);
    assert_eq!((found.allowed_when, found.statements.len()), (None, 12));
}

/// Every claim against every way in which three keys can turn out.
#[test]
fn what_is_claimed_holds_in_every_case() {
    let tests = [
        r#"{"StringEquals":{"aws:PrincipalTag/a":"x"}}"#,
        r#"{"StringNotEquals":{"aws:PrincipalTag/a":["x","y"]}}"#,
        r#"{"StringLikeIfExists":{"aws:PrincipalTag/a":"x*"}}"#,
        r#"{"Null":{"aws:PrincipalTag/a":"true"}}"#,
        r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#,
        r#"{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}"#,
        r#"{"StringEquals":{"s3:prefix":"${aws:PrincipalTag/a}"}}"#,
        r#"{"ForAllValues:StringEquals":{"aws:PrincipalTag/a":["x"]},"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#,
    ];
    let resources = [
        "*",
        "arn:aws:s3:::acme/${aws:PrincipalTag/a}/*",
        "arn:aws:s3:::acme/ada/*",
    ];
    let mut row = 7_u64;
    let mut below = |bound: usize| {
        row = row
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(row >> 33).unwrap() % bound
    };
    let mut depended = 0;
    for _ in 0..400 {
        let mut statement = |effect: &str| {
            let (test, resource) = (tests[below(tests.len())], resources[below(resources.len())]);
            let not = if below(4) == 0 { "Not" } else { "" };
            format!(
                r#"{{"Effect":"{effect}","Action":"s3:*","{not}Resource":"{resource}","Condition":{test}}}"#
            )
        };
        let identity = format!(
            "{},{},{}",
            statement("Allow"),
            statement("Allow"),
            statement("Deny")
        );
        let boundary = statement("Allow");
        let layers = Layers::new(set(&identity)).boundary(set(&boundary));
        let request = get().context("s3:prefix", "x");
        let unknown = Unknown::keys(["aws:PrincipalTag/a", "aws:MultiFactorAuthPresent"]);
        let found = authorize_partly(&layers, &request, &unknown);
        depended += usize::from(found.answer == Answer::Depends);
        for tag in [None, Some("x"), Some("xx"), Some("y"), Some("ada"), Some("z")] {
            for factor in [None, Some("true"), Some("false")] {
                let mut case = request.clone();
                for (key, value) in [
                    ("aws:PrincipalTag/a", tag),
                    ("aws:MultiFactorAuthPresent", factor),
                ] {
                    if let Some(value) = value {
                        case = case.context(key, value);
                    }
                }
                let decision = authorize(&layers, &case).decision();
                let claim = match found.answer {
                    Answer::Decided(claimed) => claimed == decision,
                    Answer::Refused => decision != Decision::Allow,
                    Answer::Depends => {
                        let Some(cases) = &found.allowed_when else {
                            continue;
                        };
                        let met = |demand: &Demand| holds(&demand.remaining, &case) == demand.holds;
                        cases.iter().any(|demands| demands.iter().all(met)) == decision.is_allowed()
                    }
                };
                assert!(claim, "{identity}\n{boundary}\n{case}: {decision}, but {found}");
            }
        }
    }
    assert!(depended > 100, "{depended}");
}

/// Whether a request meets what remained, as a policy of that condition alone says.
fn holds(remaining: &Remaining, request: &Request) -> bool {
    let statement = match remaining {
        Remaining::Condition {
            operator,
            key,
            values,
        } => format!(
            r#"{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{"{operator}":{{"{key}":{values:?}}}}}}}"#
        ),
        Remaining::Resource { listed } => {
            format!(r#"{{"Effect":"Allow","Action":"*","Resource":{listed:?}}}"#)
        }
    };
    set(&statement)
        .decide(crate::DocumentKind::Identity, request)
        .is_allowed()
}
