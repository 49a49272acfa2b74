//! The demo's objects in other hands: boto3 fetches them, fastavro reads them, and each event is compared with its input.

use std::process::Command;

use super::{Outcome, Settings, python};
use crate::error::Error;
use crate::scene::{Programs, Scene};

const SCRIPT: &str = include_str!("read_objects.py");

/// Enough for every event type of the generator to occur, few enough for a Python loop.
const EVENTS: u64 = 50_000;

pub(super) fn check(settings: &Settings) -> Result<Outcome, Error> {
    let interpreter = match python::with(settings, &["boto3", "fastavro"])? {
        Ok(interpreter) => interpreter,
        Err(why) => return Ok(Outcome::Skipped(why)),
    };
    let programs = Programs::build()?;
    let folder = settings.fresh_folder("readers")?;
    let (scene, _testkit) = Scene::on_testkit(&programs, &folder)?;
    scene.generate(EVENTS, 7)?;
    scene.deliver()?;
    let script = folder.join("read_objects.py");
    std::fs::write(&script, SCRIPT)?;
    let mut command = Command::new(interpreter);
    command.arg(script).arg(scene.input());
    for (name, value) in scene.reader_environment() {
        command.env(name, value);
    }
    let output = command.stderr(std::process::Stdio::inherit()).output()?;
    let seen = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() {
        Ok(Outcome::Passed(seen))
    } else {
        Err(Error::failed(seen))
    }
}
