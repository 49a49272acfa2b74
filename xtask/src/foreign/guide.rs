//! A customer's guide, walked through by boto3: against the testkit, which has to answer each step as AWS documents it; and
//! against moto, which does so but for gaps that are listed here, so that a change of either shows.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::{Outcome, Settings, python};
use crate::error::Error;
use crate::process::Server;
use crate::scene::Programs;

const GUIDE: &str = include_str!("customer_guide.py");
const MOTO_ACCOUNTS: &str = include_str!("moto_accounts.py");

/// Two accounts, each with somebody who may do anything in it.
const SEED: &str = r#"
[[account]]
id = "111122223333"

[[account.user]]
name = "admin"
access_keys = [{ id = "AKIACUSTOMERADMIN001", secret = "customer-secret" }]
policies = { all = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}' }

[[account]]
id = "999988887777"

[[account.user]]
name = "exporter"
access_keys = [{ id = "AKIAVENDOREXPORTER01", secret = "vendor-secret" }]
policies = { all = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}' }
"#;

/// The steps that AWS refuses, with its code; all others are "ok".
///
/// Source: "Errors" of each operation, IAM, STS and S3 API reference.
const REFUSED: [(&str, &str); 20] = [
    ("make the policy again", "EntityAlreadyExists"),
    ("make a policy of nonsense", "MalformedPolicyDocument"),
    ("make the user again", "EntityAlreadyExists"),
    ("make a third key", "LimitExceeded"),
    ("the user puts elsewhere", "AccessDenied"),
    ("the user deletes", "AccessDenied"),
    ("the user puts with a key that is off", "InvalidAccessKeyId"),
    ("the user puts with a wrong secret", "SignatureDoesNotMatch"),
    ("make a role of nonsense", "MalformedPolicyDocument"),
    ("assume it without the external ID", "AccessDenied"),
    ("assume it with another external ID", "AccessDenied"),
    ("assume it for longer than it allows", "ValidationError"),
    ("the session puts elsewhere", "AccessDenied"),
    ("the boxed session puts outside of it", "AccessDenied"),
    ("delete the bucket with data in it", "BucketNotEmpty"),
    ("delete the role with its policy", "DeleteConflict"),
    ("delete the user with its keys", "DeleteConflict"),
    ("delete the policy while the user has it", "DeleteConflict"),
    ("read the role that is gone", "NoSuchEntity"),
    ("read the user that is gone", "NoSuchEntity"),
];

/// Where moto 5 answers otherwise than AWS. Its trust policies do not ask for an external ID that is not given, and session
/// policies are passed over: so it cannot prove what matters most here.
const GAPS_OF_MOTO: [(&str, &str); 11] = [
    ("the user puts with a key that is off", "ok"),
    ("make a role of nonsense", "ok"),
    ("assume it without the external ID", "ok"),
    ("assume it for longer than it allows", "ok"),
    ("the boxed session puts outside of it", "ok"),
    ("lists come in pages", "differs"),
    // It deletes a policy that a user has, which then cannot be taken from the user.
    ("delete the policy while the user has it", "ok"),
    ("take the user's policy", "NoSuchEntity"),
    ("delete the user", "DeleteConflict"),
    ("delete the policy", "NoSuchEntity"),
    ("read the user that is gone", "ok"),
];

/// The testkit answers as AWS does.
pub(super) fn check(settings: &Settings) -> Result<Outcome, Error> {
    let interpreter = match python::with(settings, &["boto3"])? {
        Ok(interpreter) => interpreter,
        Err(why) => return Ok(Outcome::Skipped(why)),
    };
    let programs = Programs::build()?;
    let folder = settings.fresh_folder("guide")?;
    let seed = folder.join("accounts.toml");
    std::fs::write(&seed, SEED)?;
    let mut command = Command::new(programs.testkit());
    command.arg("--seed-file").arg(&seed).args(["--port", "0"]);
    let server = Server::start(command)?;
    let line = answer(server.first_line())?;
    let environment = [
        ("ENDPOINT", text(&line, "endpoint")),
        ("CUSTOMER_ACCOUNT", "111122223333".to_owned()),
        (
            "VENDOR_PRINCIPAL",
            "arn:aws:iam::999988887777:user/exporter".to_owned(),
        ),
        (
            "CUSTOMER_KEY",
            r#"{"id": "AKIACUSTOMERADMIN001", "secret": "customer-secret"}"#.to_owned(),
        ),
        (
            "VENDOR_KEY",
            r#"{"id": "AKIAVENDOREXPORTER01", "secret": "vendor-secret"}"#.to_owned(),
        ),
    ];
    compared(
        &python(&interpreter, &folder, "customer_guide.py", GUIDE, &environment)?,
        &[],
    )
}

/// Moto does, but for what is known.
pub(super) fn check_moto(settings: &Settings) -> Result<Outcome, Error> {
    let packages = [("boto3", "boto3"), ("moto[server]", "moto.server")];
    let interpreter = match python::with_named(settings, &packages)? {
        Ok(interpreter) => interpreter,
        Err(why) => return Ok(Outcome::Skipped(why)),
    };
    let folder = settings.fresh_folder("guide-moto")?;
    let server = Moto::start(&interpreter)?;
    let endpoint = ("ENDPOINT", server.endpoint.clone());
    let accounts = [endpoint.clone()];
    let made = python(
        &interpreter,
        &folder,
        "moto_accounts.py",
        MOTO_ACCOUNTS,
        &accounts,
    )?;
    let account = made.get("account").cloned().unwrap_or_default();
    let environment = [
        endpoint,
        ("VENDOR_PRINCIPAL", format!("arn:aws:iam::{account}:user/vendor")),
        ("CUSTOMER_ACCOUNT", account),
        ("CUSTOMER_KEY", made.get("customer").cloned().unwrap_or_default()),
        ("VENDOR_KEY", made.get("vendor").cloned().unwrap_or_default()),
    ];
    let seen = python(&interpreter, &folder, "customer_guide.py", GUIDE, &environment)?;
    compared(&seen, &GAPS_OF_MOTO)
}

/// Each step with what it should have come to.
fn compared(seen: &BTreeMap<String, String>, gaps: &[(&str, &str)]) -> Result<Outcome, Error> {
    let wanted = |step: &str| {
        let mut known = gaps.iter().chain(&REFUSED);
        known
            .find(|(name, _)| *name == step)
            .map_or("ok", |(_, code)| *code)
    };
    let mut wrong: Vec<String> = seen
        .iter()
        .filter(|(step, code)| wanted(step) != code.as_str())
        .map(|(step, code)| format!("`{step}`: {code}, where {} was expected", wanted(step)))
        .collect();
    let missing = REFUSED.iter().filter(|(step, _)| !seen.contains_key(*step));
    wrong.extend(missing.map(|(step, _)| format!("`{step}` was not taken")));
    if !wrong.is_empty() {
        return Err(Error::failed(wrong.join("\n")));
    }
    let known = match gaps.len() {
        0 => "each as AWS documents it".to_owned(),
        gaps => format!("as AWS documents it but for {gaps} gaps that are known"),
    };
    Ok(Outcome::Passed(format!("{} steps, {known}", seen.len())))
}

/// Runs a script, which prints one JSON object of texts.
fn python(
    interpreter: &Path,
    folder: &Path,
    name: &str,
    script: &str,
    environment: &[(&str, String)],
) -> Result<BTreeMap<String, String>, Error> {
    let path = folder.join(name);
    std::fs::write(&path, script)?;
    let mut command = Command::new(interpreter);
    command.arg(&path).stderr(Stdio::inherit());
    for (name, value) in environment {
        command.env(name, value);
    }
    let output = command.output()?;
    if !output.status.success() {
        return Err(Error::failed(format!("`{name}` did not come to its end")));
    }
    let printed = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&printed).map_err(|error| Error::failed(format!("`{name}` printed {error}")))
}

fn answer(line: &str) -> Result<serde_json::Value, Error> {
    serde_json::from_str(line).map_err(|_| Error::failed(format!("the testkit's first line: `{line}`")))
}

fn text(line: &serde_json::Value, name: &str) -> String {
    let found = line.get(name).and_then(serde_json::Value::as_str);
    found.unwrap_or_default().to_owned()
}

/// Moto as a server of its own, ended when this is dropped.
struct Moto {
    child: Child,
    endpoint: String,
}

impl Moto {
    fn start(interpreter: &Path) -> Result<Self, Error> {
        // A port that is free now: moto takes no 0.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut command = Command::new(interpreter.with_file_name("moto_server"));
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let server = Self {
            child,
            endpoint: format!("http://127.0.0.1:{port}"),
        };
        for _ in 0..240 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Ok(server);
            }
            std::thread::sleep(Duration::from_millis(250));
        }
        Err(Error::failed("moto_server does not listen after a minute"))
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // Both fail only when it has ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
