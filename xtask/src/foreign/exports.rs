//! Exports told to software that others wrote: the mail by aiosmtpd over TLS with a log-in, the callback by `standardwebhooks`,
//! which checks its signature; and the zip read by Python.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::{Outcome, Settings, python};
use crate::error::Error;
use crate::scene::Programs;

const SCRIPT: &str = include_str!("receive_exports.py");
/// Of the example in the specification of Standard Webhooks.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const PASSWORD: &str = "mail-password-1";

pub(super) fn check(settings: &Settings) -> Result<Outcome, Error> {
    let interpreter = match python::with(settings, &["aiosmtpd", "standardwebhooks", "cryptography"])? {
        Ok(interpreter) => interpreter,
        Err(why) => return Ok(Outcome::Skipped(why)),
    };
    let programs = Programs::build()?;
    let folder = settings.fresh_folder("exports")?;
    let script = folder.join("receive_exports.py");
    std::fs::write(&script, SCRIPT)?;
    let mut receivers = Command::new(&interpreter)
        .arg(&script)
        .arg(&folder)
        .args([SECRET, "bucketline", PASSWORD])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let stdin = receivers.stdin.take();
    let stdout = receivers
        .stdout
        .take()
        .ok_or_else(|| Error::failed("no output"))?;
    let mut output = BufReader::new(stdout);
    let mut line = String::new();
    output.read_line(&mut line)?;
    let told = json(&line).and_then(|ports| export(&programs, &folder, &ports));
    // The end of its input is the receivers' sign to say what came.
    drop(stdin);
    let mut rest = String::new();
    output.read_to_string(&mut rest)?;
    receivers.wait()?;
    let link = told?;
    let came = json(&rest)?;
    for (what, expected) in [
        ("/mails/0/to/0", Value::from("ada@example.com")),
        ("/mails/0/subject", Value::from("Your CSV export of s1 is ready")),
        ("/mails/0/encrypted", Value::from(true)),
        ("/mails/0/logged_in", Value::from(true)),
        ("/callbacks/0/success", Value::from(true)),
        ("/callbacks/0/url", Value::from(link.as_str())),
    ] {
        if came.pointer(what) != Some(&expected) {
            return Err(Error::failed(format!("{what} is not {expected}: {came}")));
        }
    }
    let rows = unzipped(&interpreter, &link)?;
    Ok(Outcome::Passed(format!(
        "a mail over TLS with a log-in, a callback that was turned away once and came again with a right signature, {rows}"
    )))
}

/// Runs a report and a segment export without a storage, and the callback again; the link of the export.
fn export(programs: &Programs, folder: &Path, ports: &Value) -> Result<String, Error> {
    let port = |name: &str| ports.get(name).and_then(Value::as_u64).unwrap_or_default();
    std::fs::write(
        folder.join("bucketline.toml"),
        format!(
            "[[workspace]]\nid = \"acme\"\n\n[exports]\ncallback_secret = {{ env = \"CALLBACK_SECRET\" }}\n\n\
             [mail]\nhost = \"localhost\"\nport = {}\nuser = \"bucketline\"\npassword = {{ env = \"MAIL_PASSWORD\" }}\n\
             from = \"Reports <reports@example.com>\"\nca = \"ca.pem\"\n",
            port("mail")
        ),
    )?;
    let rows: String = (0..12_000).map(|n| format!("{{\"id\":{n}}}\n")).collect();
    std::fs::write(folder.join("users.ndjson"), rows)?;
    let job = "workspace = \"acme\"\nsegment = \"s1\"\nrows = { ndjson = \"users.ndjson\" }\n";
    std::fs::write(
        folder.join("csv.toml"),
        format!("{job}kind = \"csv-export\"\nmail_to = [\"Ada <ada@example.com>\"]\n"),
    )?;
    std::fs::write(
        folder.join("segment.toml"),
        format!(
            "{job}kind = \"segment-export\"\ncallback_endpoint = \"http://127.0.0.1:{}/done\"\n",
            port("web")
        ),
    )?;
    let run = |arguments: &[&str]| -> Result<Value, Error> {
        let output = Command::new(programs.bucketline())
            .arg("export")
            .args(arguments)
            .current_dir(folder)
            .env("CALLBACK_SECRET", SECRET)
            .env("MAIL_PASSWORD", PASSWORD)
            .stderr(Stdio::inherit())
            .output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            return Err(Error::failed(format!("`export {}`: {text}", arguments.join(" "))));
        }
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    };
    run(&["run", "csv.toml", "--format", "json"])?;
    let segment = run(&["run", "segment.toml", "--format", "json"])?;
    // The receiver turned the callback away: it is tried again after five seconds, by whatever command comes then.
    for _ in 0..10 {
        std::thread::sleep(std::time::Duration::from_secs(1));
        run(&["resume"])?;
    }
    let link = segment.pointer("/answer/url").and_then(Value::as_str);
    link.map(str::to_owned)
        .ok_or_else(|| Error::failed(format!("the export has no link: {segment}")))
}

/// What Python's own zip reader finds.
fn unzipped(interpreter: &Path, link: &str) -> Result<String, Error> {
    const READ: &str = "import json, sys, zipfile\n\
        file = zipfile.ZipFile(sys.argv[1])\n\
        assert file.testzip() is None\n\
        rows = [json.loads(line) for line in file.open(file.namelist()[0])]\n\
        assert [row['id'] for row in rows] == list(range(12000)), len(rows)\n\
        print(len(rows), 'rows unzipped by Python')";
    let output = Command::new(interpreter)
        .args(["-c", READ, link])
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(Error::failed(format!("Python could not read `{link}`")));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn json(text: &str) -> Result<Value, Error> {
    serde_json::from_str(text)
        .map_err(|error| Error::failed(format!("the receivers said `{}`: {error}", text.trim())))
}
