//! Google Cloud Storage and Azure Blob Storage as sinks, held to the contract where there is an emulator that others wrote. The package is no member
//! of the workspace, and is compiled here alone.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::{Outcome, Settings};
use crate::cargo::{self, locked, run_one_test};
use crate::error::Error;

const MANIFEST: &str = "object-store/Cargo.toml";
const BUCKET: &str = "customer-bucket";
const AZURITE: &str = "azurite@3";

pub(super) fn check(settings: &Settings) -> Result<Outcome, Error> {
    let target = settings.kept_folder("object-store")?;
    let test = |name: &str, environment: &[(&str, &str)]| -> Result<(), Error> {
        let mut command = locked("test");
        command.args([
            "--manifest-path",
            MANIFEST,
            "--features",
            "gcs,azure",
            "--target-dir",
        ]);
        command
            .arg(&target)
            .args(["--test", "it", "--", "--include-ignored", "--exact", name]);
        command.envs(environment.iter().copied()).env("BUCKET", BUCKET);
        run_one_test(command).map(drop)
    };
    let mut all = locked("test");
    all.args([
        "--manifest-path",
        MANIFEST,
        "--features",
        "gcs,azure",
        "--target-dir",
    ]);
    all.arg(&target);
    cargo::run(all)?;
    let mut held = vec!["object_store's memory"];
    // The emulator that there is, fake-gcs-server, serves Google's JSON interface, and `object_store` speaks the one in XML.
    let mut not_run = vec!["Google Cloud Storage: fake-gcs-server as released does not serve XML".to_owned()];

    match azurite(settings)? {
        Ok(server) => {
            test(
                "emulators::azure_blob_storage_keeps_the_contract",
                &[("AZURITE_BLOB_STORAGE_URL", &server.endpoint)],
            )?;
            held.push("Azurite");
        }
        Err(why) => not_run.push(why),
    }
    Ok(Outcome::Passed(format!(
        "the contract holds on {}; not run: {}",
        held.join(", "),
        not_run.join(", ")
    )))
}

struct Emulator {
    child: Child,
    endpoint: String,
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn azurite(settings: &Settings) -> Result<Result<Emulator, String>, Error> {
    let folder = settings.kept_folder("npm")?;
    let program: PathBuf = folder.join("node_modules/.bin/azurite-blob");
    if !program.exists() {
        println!("npm install {AZURITE} (the first time)");
        let mut command = Command::new("npm");
        command
            .args(["install", "--no-audit", "--no-fund", "--prefix"])
            .arg(&folder)
            .arg(AZURITE);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        if !command.status().is_ok_and(|status| status.success()) {
            return Ok(Err(format!("`npm install {AZURITE}` did not work")));
        }
    }
    let port = free_port()?;
    let mut command = Command::new(program);
    command.args([
        "--inMemoryPersistence",
        "--skipApiVersionCheck",
        "--silent",
        "--disableTelemetry",
    ]);
    command.args(["--blobHost", "127.0.0.1", "--blobPort", &port.to_string()]);
    let server = started(command, port)?;
    // A container is made by a signed request, which the client library of `object_store` does not make.
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/foreign/create_container.mjs");
    let made = Command::new("node")
        .arg(script)
        .arg(format!("{}/devstoreaccount1", server.endpoint))
        .arg(BUCKET)
        .status()?;
    if made.success() {
        Ok(Ok(server))
    } else {
        Err(Error::failed("Azurite made no container"))
    }
}

fn free_port() -> Result<u16, Error> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Starts an emulator and waits until something listens at its port.
fn started(mut command: Command, port: u16) -> Result<Emulator, Error> {
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
    let emulator = Emulator {
        child,
        endpoint: format!("http://127.0.0.1:{port}"),
    };
    for _ in 0..300 {
        if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Ok(emulator);
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    Err(Error::failed("an emulator did not get ready"))
}
