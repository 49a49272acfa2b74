//! Times reading, compiling and deciding. Prints one line of JSON per figure; files given as arguments (real policies, for
//! instance) are timed too.
#![expect(clippy::print_stdout, reason = "figures go to standard output")]
#![expect(clippy::unwrap_used, reason = "a bench may panic")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use bucketline_policy::account::Account;
use bucketline_policy::exporter::template::{
    DocumentedForm, ExportScope, Holder, Integration, documented, least_privilege,
};
use bucketline_policy::{Document, DocumentKind, Layers, PolicySet, Request, Statement, authorize};

fn main() {
    let currents =
        documented(&DocumentedForm::new(Integration::Currents, Holder::Role).bucket("acme".parse().unwrap()));
    let narrow = least_privilege(&ExportScope::new("acme".parse().unwrap()).folder("currents")).unwrap();
    let object = "arn:aws:s3:::acme/currents/event_type=users.messages.email.Open/1.avro";
    decide("currents_allow", &currents, &put(object));
    decide(
        "currents_deny",
        &currents,
        &put("arn:aws:s3:::acme-prod/currents/f"),
    );
    decide("least_privilege_put", &narrow, &put(object));
    let list = "s3:ListBucket".parse().unwrap();
    let list =
        Request::new(caller(), list, "arn:aws:s3:::acme").context("s3:prefix", "currents/event_type=x/");
    decide("least_privilege_list", &narrow, &list);
    let hundred = hundred_statements();
    decide(
        "hundred_statements_last",
        &hundred,
        &put("arn:aws:s3:::bucket-99/99/f"),
    );
    layered(&narrow, &put(object));
    text("currents", &currents.to_json());
    text("hundred_statements", &hundred.to_json());
    whole_account();
    for (name, hostile) in hostile() {
        at_once(name, &hostile);
    }
    for file in std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
    {
        let read = std::fs::read_to_string(&file).unwrap();
        decide(&file, &read.parse().unwrap(), &put(object));
        text(&file, &read);
    }
}

fn caller() -> bucketline_policy::Principal {
    "arn:aws:sts::123456789012:assumed-role/Export/job"
        .parse()
        .unwrap()
}

fn put(resource: &str) -> Request {
    Request::new(caller(), "s3:PutObject".parse().unwrap(), resource)
}

fn hundred_statements() -> Document {
    let statement = |n: usize| {
        Statement::allow()
            .actions(["s3:GetObject", "s3:Put*"])
            .resources([format!("arn:aws:s3:::bucket-{n}/{n}/*")])
            .build()
            .unwrap()
    };
    Document::new((0..100).map(statement).collect())
}

/// Documents of about 20 KB that try to make reading or matching slow.
fn hostile() -> [(&'static str, String); 4] {
    let with_resource = |pattern: String| {
        format!(r#"{{"Statement":{{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::{pattern}"}}}}"#)
    };
    [
        ("hostile_stars", with_resource("*a".repeat(10_000))),
        (
            "hostile_holes",
            with_resource(format!("*{}b", "a?".repeat(10_000))),
        ),
        ("hostile_depth", "[".repeat(20_000)),
        ("hostile_list", hostile_list()),
    ]
}

fn hostile_list() -> String {
    let patterns = vec!["arn:aws:s3:::*a?a*aaa*a?b"; 680];
    serde_json::json!({"Statement": {"Effect": "Allow", "Action": "*", "Resource": patterns}}).to_string()
}

fn decide(name: &str, document: &Document, request: &Request) {
    let set = PolicySet::compile(std::slice::from_ref(document));
    report(&format!("decide/{name}"), || {
        black_box(set.decide(DocumentKind::Identity, black_box(request)));
    });
}

fn layered(document: &Document, request: &Request) {
    let set = PolicySet::compile(std::slice::from_ref(document));
    let layers = Layers::new(&set).boundary(&set).session(&set);
    report("authorize/three_layers", || {
        black_box(authorize(&layers, black_box(request)).decision());
    });
}

fn text(name: &str, text: &str) {
    report(&format!("read/{name}"), || {
        black_box(Document::parse(black_box(text)).unwrap());
    });
    let documents = [Document::parse(text).unwrap()];
    report(&format!("compile/{name}"), || {
        black_box(PolicySet::compile(black_box(&documents)));
    });
    report(&format!("print/{name}"), || {
        black_box(documents.each_ref().map(Document::to_json));
    });
}

/// Reads, compiles and asks once: what a hostile document can cost.
fn at_once(name: &str, text: &str) {
    let request = put(&format!("arn:aws:s3:::{}", "a".repeat(1_000)));
    report(&format!("read_compile_decide/{name}"), || {
        if let Ok(document) = Document::parse(black_box(text)) {
            black_box(PolicySet::compile(&[document]).decide(DocumentKind::Identity, &request));
        }
    });
}

/// An account of 5,000 roles, of which some assume others, hand roles to services or may do anything.
fn whole_account() {
    let text = account_of(5_000);
    let account = Account::from_json(&text).unwrap();
    report("account_of_5000_roles_read", || {
        black_box(Account::from_json(&text).unwrap());
    });
    let action = "s3:GetObject".parse().unwrap();
    report("account_of_5000_roles_who_can", || {
        black_box(account.who_can(&action, "arn:aws:s3:::app-7/f", &[]));
    });
    report("account_of_5000_roles_escalations", || {
        black_box(account.escalations(&[]));
    });
}

fn account_of(roles: usize) -> String {
    let role = |n: usize| {
        let (trusted, own) = match n % 50 {
            0 => (
                r#"{"AWS":"arn:aws:iam::123456789012:root"}"#.to_owned(),
                r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#.to_owned(),
            ),
            1 => (
                r#"{"AWS":"arn:aws:iam::123456789012:root"}"#.to_owned(),
                r#"{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::123456789012:role/role-2*"}"#.to_owned(),
            ),
            2 => (
                r#"{"Service":"lambda.amazonaws.com"}"#.to_owned(),
                r#"{"Effect":"Allow","Action":["iam:PassRole","lambda:*"],"Resource":["arn:aws:iam::123456789012:role/role-9*","arn:aws:lambda:*:*:function:app-*"]}"#.to_owned(),
            ),
            _ => (
                format!(r#"{{"AWS":"arn:aws:iam::123456789012:role/role-{}"}}"#, n / 2),
                r#"{"Effect":"Deny","Action":"iam:*","Resource":"*"}"#.to_owned(),
            ),
        };
        format!(
            r#"{{"RoleName":"role-{n}","Arn":"arn:aws:iam::123456789012:role/role-{n}","InstanceProfileList":[],
                "AssumeRolePolicyDocument":{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{trusted},"Action":"sts:AssumeRole"}}]}},
                "AttachedManagedPolicies":[],"RolePolicyList":[{{"PolicyName":"own","PolicyDocument":{{"Version":"2012-10-17","Statement":[
                    {{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::app-{n}/*","Condition":{{"Bool":{{"aws:SecureTransport":"true"}}}}}},
                    {{"Effect":"Allow","Action":["logs:*","cloudwatch:PutMetricData","dynamodb:GetItem"],"Resource":"*"}},{own}]}}}}]}}"#
        )
    };
    let all: Vec<String> = (0..roles).map(role).collect();
    format!(
        r#"{{"UserDetailList":[],"GroupDetailList":[],"Policies":[],"RoleDetailList":[{}]}}"#,
        all.join(",")
    )
}

/// The best of several rounds, since everything that disturbs a measurement makes it slower.
fn report(name: &str, mut work: impl FnMut()) {
    let mut rounds = 1_u32;
    let mut best = f64::INFINITY;
    let enough = Duration::from_millis(400);
    let begun = now();
    while begun.elapsed() < enough {
        let start = now();
        for _ in 0..rounds {
            work();
        }
        let took = start.elapsed();
        best = best.min(took.as_secs_f64() / f64::from(rounds));
        if took < Duration::from_millis(20) {
            rounds = rounds.saturating_mul(2);
        }
    }
    println!(
        r#"{{"bench":"policy/{name}","nanoseconds":{:.1},"per_second":{:.0}}}"#,
        best * 1e9,
        1.0 / best
    );
}

#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn now() -> Instant {
    Instant::now()
}
