//! Another evaluator beside ours: npm's `@cloud-copilot/iam-simulate` answers generated cases, and so does
//! `bucketline policy evaluate`.
//!
//! The package is under the AGPL; it is installed below the target directory and run as a program of its own, and nothing of
//! it becomes part of the project. A difference is not proof of a mistake of either: those that are known are listed here with
//! the page of AWS's that decides them, and any other fails the check.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::{Outcome, Settings};
use crate::error::Error;
use crate::scene::Programs;

const PACKAGE: &str = "@cloud-copilot/iam-simulate";
const VERSION: &str = "0.1.173";
const SCRIPT: &str = include_str!("simulate.mjs");
const CASES: u64 = 10_000;
const SEED: u64 = 12;

pub(super) fn check(settings: &Settings) -> Result<Outcome, Error> {
    let folder = settings.kept_folder("simulate")?;
    if let Err(why) = install(&folder) {
        return Ok(Outcome::Skipped(why));
    }
    let programs = Programs::build()?;
    let mut random = Random(SEED);
    let cases: Vec<Value> = (0..CASES).map(|id| random.case(id)).collect();
    let file = folder.join("cases.jsonl");
    std::fs::write(
        &file,
        cases.iter().map(|case| format!("{case}\n")).collect::<String>(),
    )?;
    let mut ours = Command::new(programs.bucketline());
    ours.args(["policy", "evaluate", "--cases", "-"]);
    let ours = answers(ours, &file)?;
    let mut theirs = Command::new("node");
    theirs.arg("simulate.mjs").current_dir(&folder);
    let theirs = answers(theirs, &file)?;
    if ours.len() != cases.len() || theirs.len() != cases.len() {
        return Err(Error::failed(format!(
            "{} cases, {} answers of ours and {} of theirs",
            cases.len(),
            ours.len(),
            theirs.len()
        )));
    }
    let (mut allowed, mut same, mut known, mut different) = (0, 0, [0; KNOWN.len()], Vec::new());
    for (case, (ours, theirs)) in cases.iter().zip(ours.iter().zip(&theirs)) {
        let answers = (text(ours, "decision"), text(theirs, "decision"));
        let (Some(mine), Some(other)) = answers else {
            different.push(format!("ours {ours}, theirs {theirs}: {case}"));
            continue;
        };
        let (mine, other) = (mine == "Allow", other == "Allowed");
        if mine == other {
            same += 1;
            allowed += u32::from(mine);
        } else if let Some((_, count)) = KNOWN
            .iter()
            .zip(&mut known)
            .find(|(known, _)| (known.is)(case, mine))
        {
            *count += 1;
        } else {
            different.push(format!("ours {ours}, theirs {theirs}: {case}"));
        }
    }
    println!(
        "{same} of {} answered alike, {allowed} of them allowed",
        cases.len()
    );
    for (known, count) in KNOWN.iter().zip(known) {
        println!("{count} answered otherwise: {}\n  {}", known.what, known.page);
    }
    for difference in different.iter().take(20) {
        println!("{difference}");
    }
    if different.is_empty() {
        Ok(Outcome::Passed(format!(
            "{same} of {} generated cases answered as {PACKAGE} {VERSION} answers them, the others as AWS's pages say",
            cases.len()
        )))
    } else {
        Err(Error::failed(format!(
            "{} cases are answered otherwise, and no page of AWS's is named for them",
            different.len()
        )))
    }
}

/// A difference that AWS's documentation decides.
struct Known {
    what: &'static str,
    page: &'static str,
    /// Whether the case is one of these, given what we answer.
    is: fn(&Value, bool) -> bool,
}

const KNOWN: [Known; 1] = [Known {
    what: "a resource policy that names the session itself, or everyone, is not limited by the silence of the session's policy",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session",
    is: |case, allowed| {
        let session = case
            .get("request")
            .and_then(|request| text(request, "principal"))
            .unwrap_or_default();
        let statements = case
            .get("resource_policy")
            .and_then(|policy| policy.get("Statement"));
        let named = |statement: &Value| {
            let principal = statement
                .get("Principal")
                .map(Value::to_string)
                .unwrap_or_default();
            principal.contains(session) || principal.contains("\"*\"")
        };
        let mut statements = statements.and_then(Value::as_array).into_iter().flatten();
        allowed
            && session.contains(":assumed-role/")
            && case.get("session_policy").is_some()
            && statements.any(named)
    },
}];

fn install(folder: &Path) -> Result<(), String> {
    let runs = |program: &str| {
        let mut command = Command::new(program);
        command
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    if !runs("node") || !runs("npm") {
        return Err("needs node and npm".to_owned());
    }
    std::fs::write(folder.join("simulate.mjs"), SCRIPT).map_err(|e| e.to_string())?;
    let manifest: PathBuf = folder.join("node_modules").join(PACKAGE).join("package.json");
    let installed =
        std::fs::read_to_string(manifest).is_ok_and(|text| text.contains(&format!("\"{VERSION}\"")));
    if installed {
        return Ok(());
    }
    let mut command = Command::new("npm");
    command
        .args(["install", "--silent", "--no-fund", "--no-audit", "--prefix", "."])
        .arg(format!("{PACKAGE}@{VERSION}"))
        .current_dir(folder);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        _ => Err(format!("`npm install {PACKAGE}@{VERSION}` did not work")),
    }
}

/// What a program answers to the lines of a file, a line each.
fn answers(mut command: Command, cases: &Path) -> Result<Vec<Value>, Error> {
    let output = command
        .stdin(File::open(cases)?)
        .stderr(Stdio::inherit())
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines()
        .map(|line| serde_json::from_str(line).map_err(|e| Error::failed(format!("{e}: {line}"))))
        .collect()
}

fn text<'v>(value: &'v Value, member: &str) -> Option<&'v str> {
    value.get(member).and_then(Value::as_str)
}

/// A small generator of its own, so that the same seed gives the same cases for ever.
struct Random(u64);

const HOME: &str = "111122223333";
const AWAY: &str = "444455556666";

/// Action, a resource of its, wildcards that cover both, and whether resource policies and RCPs are generated for it.
const CALLS: &[(&str, &str, &[&str], &[&str])] = &[
    (
        "s3:GetObject",
        "arn:aws:s3:::acme/in/a.avro",
        &["s3:GetObject", "s3:Get*", "s3:*", "s3:?etObject", "*"],
        &[
            "arn:aws:s3:::acme/in/a.avro",
            "arn:aws:s3:::acme/*",
            "arn:aws:s3:::ac*/in/?.avro",
            "*",
        ],
    ),
    (
        "s3:PutObject",
        "arn:aws:s3:::acme/in/b.avro",
        &["s3:PutObject", "s3:Put*", "s3:*", "*"],
        &["arn:aws:s3:::acme/in/*", "arn:aws:s3:::acme/*", "*"],
    ),
    (
        "s3:ListBucket",
        "arn:aws:s3:::acme",
        &["s3:ListBucket", "s3:List*", "*"],
        &["arn:aws:s3:::acme", "arn:aws:s3:::*", "*"],
    ),
    (
        "sqs:SendMessage",
        "arn:aws:sqs:eu-west-1:111122223333:jobs",
        &["sqs:SendMessage", "sqs:*", "SQS:sendmessage", "*"],
        &[
            "arn:aws:sqs:eu-west-1:111122223333:jobs",
            "arn:aws:sqs:*:111122223333:jobs",
            "arn:aws:sqs:eu-west-1:*:*",
            "*",
        ],
    ),
    (
        "dynamodb:GetItem",
        "arn:aws:dynamodb:eu-west-1:111122223333:table/events",
        &["dynamodb:GetItem", "dynamodb:Get*", "*"],
        &[
            "arn:aws:dynamodb:eu-west-1:111122223333:table/events",
            "arn:aws:dynamodb:*:*:table/*",
            "*",
        ],
    ),
];

const PRINCIPALS: &[(&str, &str)] = &[
    ("arn:aws:iam::111122223333:user/ada", HOME),
    ("arn:aws:sts::111122223333:assumed-role/export/job", HOME),
    ("arn:aws:iam::444455556666:user/eve", AWAY),
    ("arn:aws:sts::444455556666:assumed-role/reader/job", AWAY),
];

/// Conditions on keys that are given or left out.
fn conditions() -> Vec<Value> {
    vec![
        json!({"Bool": {"aws:SecureTransport": "true"}}),
        json!({"Bool": {"aws:SecureTransport": "false"}}),
        json!({"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}),
        json!({"Null": {"aws:MultiFactorAuthPresent": "true"}}),
        json!({"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "198.51.100.7"]}}),
        json!({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/25"}}),
        json!({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}),
        json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}),
        json!({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}),
        json!({"StringLike": {"aws:UserAgent": ["aws-cli/*", "*Boto3*"]}}),
        json!({"StringNotLike": {"aws:UserAgent": "aws-cli/*"}}),
        json!({"StringEqualsIgnoreCase": {"aws:UserAgent": "BOTO3/1"}}),
        json!({"DateGreaterThan": {"aws:CurrentTime": "2026-06-01T00:00:00Z"}}),
        json!({"DateLessThanEquals": {"aws:CurrentTime": "2026-06-01"}}),
        json!({"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}),
        json!({"StringEquals": {"aws:PrincipalAccount": HOME}, "Bool": {"aws:SecureTransport": "true"}}),
        json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}),
        json!({"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:user/ada"}}),
    ]
}

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % bound.max(1)
    }

    /// True so many times of ten.
    fn often(&mut self, of_ten: usize) -> bool {
        self.below(10) < of_ten
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let at = self.below(items.len());
        items.get(at)
    }

    fn case(&mut self, id: u64) -> Value {
        let call = self.below(CALLS.len());
        let (principal, account) = *self.pick(PRINCIPALS).unwrap_or(&("", ""));
        let (action, resource, ..) = CALLS.get(call).copied().unwrap_or_default();
        let mut case = json!({
            "id": id,
            "request": {
                "principal": principal,
                "action": action,
                "resource": resource,
                "resource_account": HOME,
                "context": self.context(principal, account),
            },
            "identity_policies": [self.policy(call, None, 8)],
        });
        let Some(members) = case.as_object_mut() else {
            return case;
        };
        let mut add = |name: &str, value: Value| members.insert(name.to_owned(), value);
        if self.often(6) {
            add("resource_policy", self.policy(call, Some(principal), 6));
        }
        if self.often(3) {
            add("permissions_boundary", self.policy(call, None, 8));
        }
        if principal.contains("assumed-role") && self.often(3) {
            add("session_policy", self.policy(call, None, 8));
        }
        let full = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
        if self.often(3) {
            let level = if self.often(5) {
                full.clone()
            } else {
                self.policy(call, None, 8)
            };
            add("scps", json!([full, level]));
        }
        case
    }

    fn context(&mut self, principal: &str, account: &str) -> Value {
        let role = principal
            .replace(":sts:", ":iam:")
            .replace("assumed-role/", "role/");
        let arn = role.strip_suffix("/job").unwrap_or(&role).to_owned();
        let mut context = json!({"aws:PrincipalAccount": [account], "aws:PrincipalArn": [arn]});
        let Some(members) = context.as_object_mut() else {
            return context;
        };
        let values: &[(&str, &[&str])] = &[
            ("aws:SecureTransport", &["true", "false"]),
            ("aws:MultiFactorAuthPresent", &["true", "false"]),
            ("aws:MultiFactorAuthAge", &["60", "7200"]),
            (
                "aws:SourceIp",
                &["203.0.113.9", "203.0.113.200", "198.51.100.7", "192.0.2.1"],
            ),
            ("aws:PrincipalOrgID", &["o-a1b2c3d4e5", "o-zzzzzzzzzz"]),
            ("aws:UserAgent", &["aws-cli/2.1", "x Boto3/1", "boto3/1"]),
            (
                "aws:CurrentTime",
                &["2026-01-01T00:00:00Z", "2026-09-01T10:00:00Z"],
            ),
        ];
        for (key, choices) in values {
            if self.often(7)
                && let Some(value) = self.pick(choices)
            {
                members.insert((*key).to_owned(), json!([value]));
            }
        }
        context
    }

    /// Statements about the call, mostly allowing.
    fn policy(&mut self, call: usize, principal: Option<&str>, allows: usize) -> Value {
        let count = 1 + self.below(3);
        let statements: Vec<Value> = (0..count)
            .map(|_| self.statement(call, principal, allows))
            .collect();
        json!({"Version": "2012-10-17", "Statement": statements})
    }

    fn statement(&mut self, call: usize, principal: Option<&str>, allows: usize) -> Value {
        let about = if self.often(8) {
            call
        } else {
            self.below(CALLS.len())
        };
        let (_, _, actions, resources) = CALLS.get(about).copied().unwrap_or_default();
        let action = if self.often(9) { "Action" } else { "NotAction" };
        let resource = if self.often(9) { "Resource" } else { "NotResource" };
        let mut statement = json!({
            "Effect": if self.often(allows) { "Allow" } else { "Deny" },
            action: self.pick(actions),
            resource: self.pick(resources),
        });
        let Some(members) = statement.as_object_mut() else {
            return statement;
        };
        if let Some(principal) = principal {
            let role = principal
                .replace(":sts:", ":iam:")
                .replace("assumed-role/", "role/");
            let role = role.strip_suffix("/job").unwrap_or(&role).to_owned();
            let choices = [
                json!("*"),
                json!({"AWS": "*"}),
                json!({"AWS": principal}),
                json!({"AWS": role}),
                json!({"AWS": [AWAY, format!("arn:aws:iam::{HOME}:root")]}),
                json!({"Service": "lambda.amazonaws.com"}),
            ];
            members.insert(
                "Principal".to_owned(),
                self.pick(&choices).cloned().unwrap_or_default(),
            );
        }
        if self.often(3)
            && let Some(condition) = self.pick(&conditions()).cloned()
        {
            members.insert("Condition".to_owned(), condition);
        }
        statement
    }
}
