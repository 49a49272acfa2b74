//! A whole `bucketline run` that is blocked and recovers, told to software that others wrote: by mail to aiosmtpd over TLS with a
//! log-in, and by webhooks whose signatures `standardwebhooks` checks.

use std::process::Stdio;

use serde_json::Value;

use super::receivers::{PASSWORD, Receivers, SECRET};
use super::{Outcome, Settings};
use crate::error::Error;
use crate::http;
use crate::scene::{Programs, Scene};

/// Acme's key in the scene's accounts.
const KEY: &str = "AKIAACMEBUCKETLINE01";
/// What a run ends with that could not deliver everything.
const NOT_DELIVERED: i32 = 3;

pub(super) fn check(settings: &Settings) -> Result<Outcome, Error> {
    let folder = settings.fresh_folder("notices")?;
    let receivers = match Receivers::start(settings, &folder)? {
        Ok(receivers) => receivers,
        Err(why) => return Ok(Outcome::Skipped(why)),
    };
    let programs = Programs::build()?;
    let (scene, _server) = Scene::on_testkit(&programs, &folder)?;
    let told = block_and_recover(&scene, &receivers);
    let came = receivers.finish()?;
    told?;
    let webhooks = types(&came, "callbacks");
    for kind in ["connector.blocked", "connector.launched", "connector.recovered"] {
        if !webhooks.iter().any(|webhook| webhook == kind) {
            return Err(Error::failed(format!("no webhook told of `{kind}`: {came}")));
        }
    }
    if webhooks.len() != 5 {
        return Err(Error::failed(format!(
            "not each change was told once: {webhooks:?}"
        )));
    }
    let mails = came
        .get("mails")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let safe = |mail: &Value| {
        mail.get("encrypted") == Some(&true.into()) && mail.get("logged_in") == Some(&true.into())
    };
    let of_acme = |mail: &Value| {
        mail.get("subject")
            .is_some_and(|subject| subject.to_string().contains("Acme"))
    };
    if mails.len() != 4 || !mails.iter().all(|mail| safe(mail) && of_acme(mail)) {
        return Err(Error::failed(format!(
            "of two connectors of Acme that were blocked and recovered, not four mails came: {came}"
        )));
    }
    Ok(Outcome::Passed(format!(
        "{} webhooks with right signatures, the first of which was turned away once and came again, and {} mails over TLS with a \
         log-in, over three runs",
        webhooks.len(),
        mails.len()
    )))
}

/// Acme's key is disabled for two runs, and then it is not.
fn block_and_recover(scene: &Scene, receivers: &Receivers) -> Result<(), Error> {
    let configuration = std::fs::read_to_string(scene.configuration())?;
    let notify = format!(
        "\n{}\n[[notify.webhook]]\nid = \"operator\"\nurl = \"{}\"\nsecret = {{ env = \"HOOK_SECRET\" }}\nevents = [\"connector.*\"]\n\n\
         [[notify.mail]]\nid = \"acme\"\nto = [\"Acme <ops@acme.example>\"]\nworkspace = \"acme\"\nevents = [\"connector.*\"]\n",
        receivers.mail_section(),
        receivers.web_address()
    );
    std::fs::write(scene.configuration(), configuration + &notify)?;
    scene.generate(2_000, 1)?;
    key(scene, "disable")?;
    for _ in 0..2 {
        expect(scene, NOT_DELIVERED)?;
        // The first webhook was turned away; it is tried again after five seconds, by whatever runs then.
        std::thread::sleep(std::time::Duration::from_secs(8));
    }
    key(scene, "enable")?;
    expect(scene, 0)
}

fn key(scene: &Scene, action: &str) -> Result<(), Error> {
    let body = format!("{{\"access_key_id\": \"{KEY}\", \"action\": \"{action}\"}}");
    http::post(scene.endpoint(), "/_testkit/keys", &body).map(drop)
}

fn expect(scene: &Scene, code: i32) -> Result<(), Error> {
    let mut job = scene.job();
    job.args(["--drain-timeout", "10s"])
        .env("HOOK_SECRET", SECRET)
        .env("MAIL_PASSWORD", PASSWORD)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let status = job.status()?;
    if status.code() == Some(code) {
        Ok(())
    } else {
        Err(Error::failed(format!(
            "the run ended with {status}, and not with {code}"
        )))
    }
}

fn types(came: &Value, list: &str) -> Vec<String> {
    let messages = came.get(list).and_then(Value::as_array).into_iter().flatten();
    let types = messages.filter_map(|message| message.get("type")?.as_str().map(str::to_owned));
    types.collect()
}
