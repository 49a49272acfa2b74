//! Exports told to software that others wrote: the mail by aiosmtpd over TLS with a log-in, the callback by `standardwebhooks`,
//! which checks its signature; and the zip read by Python.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::receivers::{PASSWORD, Receivers, SECRET};
use super::{Outcome, Settings};
use crate::error::Error;
use crate::scene::Programs;

pub(super) fn check(settings: &Settings) -> Result<Outcome, Error> {
    let folder = settings.fresh_folder("exports")?;
    let receivers = match Receivers::start(settings, &folder)? {
        Ok(receivers) => receivers,
        Err(why) => return Ok(Outcome::Skipped(why)),
    };
    let programs = Programs::build()?;
    let interpreter = receivers.interpreter().to_owned();
    let told = export(&programs, &folder, &receivers);
    let came = receivers.finish()?;
    let link = told?;
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
fn export(programs: &Programs, folder: &Path, receivers: &Receivers) -> Result<String, Error> {
    std::fs::write(
        folder.join("bucketline.toml"),
        format!(
            "[[workspace]]\nid = \"acme\"\n\n[exports]\ncallback_secret = {{ env = \"CALLBACK_SECRET\" }}\n\n{}",
            receivers.mail_section()
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
            "{job}kind = \"segment-export\"\ncallback_endpoint = \"{}\"\n",
            receivers.web_address()
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
