//! An S3 server that others wrote: MinIO, built by `go install`, with a user that has the four documented permissions.
//!
//! MinIO is AGPL-3.0: it runs as a process of its own and is never linked or shipped.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::{Outcome, Settings};
use crate::cargo::{alone, locked, run_one_test};
use crate::error::Error;
use crate::scene::{Programs, Scene};

const SERVER: &str = "github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c";
const CLIENT: &str = "github.com/minio/mc@v0.0.0-20250313080218-cf909e1063a9";

const ROOT_USER: &str = "rootuser";
const ROOT_PASSWORD: &str = "root-secret-1234";
pub(crate) const USER: &str = "customer-key";
pub(crate) const SECRET: &str = "customer-secret-1234";
pub(crate) const BUCKET: &str = "customer-bucket";

const EVENTS: u64 = 50_000;

pub(super) fn check(settings: &Settings) -> Result<Outcome, Error> {
    let binaries = match binaries(settings)? {
        Ok(binaries) => binaries,
        Err(why) => return Ok(Outcome::Skipped(why)),
    };
    let programs = Programs::build()?;
    let folder = settings.fresh_folder("minio-run")?;
    let server = Minio::start(&binaries, &folder)?;
    let scene = Scene::on_foreign_store(&programs, &folder, &server.endpoint)?;
    scene.generate(EVENTS, 11)?;
    scene.deliver()?;
    let proof = scene.verify()?;
    proof.require()?;
    keeps_the_contract(&server)?;
    Ok(Outcome::Passed(format!(
        "{}; the sink's conformance suite holds",
        proof.line()
    )))
}

/// The suite that every sink has to pass, over the real thing. It deletes what it left, which the exporter may not.
fn keeps_the_contract(server: &Minio) -> Result<(), Error> {
    let mut command = locked("test");
    command.args(alone("bucketline-sink")).args([
        "--test",
        "it",
        "--",
        "--ignored",
        "--exact",
        "s3_live::it_keeps_the_contract",
    ]);
    command
        .env("S3_ENDPOINT", &server.endpoint)
        .env("S3_BUCKET", BUCKET);
    command
        .env("AWS_ACCESS_KEY_ID", ROOT_USER)
        .env("AWS_SECRET_ACCESS_KEY", ROOT_PASSWORD);
    run_one_test(command).map(drop)
}

/// The server and its client, built once and kept; or why there are none.
pub(crate) fn binaries(settings: &Settings) -> Result<Result<PathBuf, String>, Error> {
    let folder = settings.kept_folder("bin")?;
    for (module, program) in [(SERVER, "minio"), (CLIENT, "mc")] {
        if folder.join(program).is_file() {
            continue;
        }
        println!("go install {module} (minutes, the first time)");
        let status = Command::new("go")
            .args(["install", module])
            .env("GOBIN", &folder)
            .stderr(Stdio::null())
            .status();
        match status {
            Ok(status) if status.success() => {}
            Ok(_) => return Ok(Err(format!("`go install {module}` did not work"))),
            Err(_) => return Ok(Err("needs Go, which is not here".to_owned())),
        }
    }
    Ok(Ok(folder))
}

/// A running server on loopback, stopped when this is dropped.
#[derive(Debug)]
pub(crate) struct Minio {
    child: Child,
    pub(crate) endpoint: String,
}

impl Minio {
    /// Starts it over an empty folder and makes the bucket and the user with least privilege.
    pub(crate) fn start(binaries: &Path, folder: &Path) -> Result<Self, Error> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let data = folder.join("minio-data");
        std::fs::create_dir_all(&data)?;
        let log = std::fs::File::create(folder.join("minio.log"))?;
        let child = Command::new(binaries.join("minio"))
            .args(["server", "--quiet", "--address", &format!("127.0.0.1:{port}")])
            .arg(&data)
            .env("MINIO_ROOT_USER", ROOT_USER)
            .env("MINIO_ROOT_PASSWORD", ROOT_PASSWORD)
            .env("MINIO_BROWSER", "off")
            .env("MINIO_CI_CD", "on")
            // Without a key of its own the server refuses every encryption header, AES256 too.
            .env(
                "MINIO_KMS_SECRET_KEY",
                "bucketline-key:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
            )
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        let server = Self {
            child,
            endpoint: format!("http://127.0.0.1:{port}"),
        };
        server.prepare(binaries, folder)?;
        Ok(server)
    }

    fn prepare(&self, binaries: &Path, folder: &Path) -> Result<(), Error> {
        let mc = |arguments: &[&str]| -> Result<bool, Error> {
            let mut command = Command::new(binaries.join("mc"));
            command
                .arg("--quiet")
                .arg("--config-dir")
                .arg(folder.join("mc"))
                .args(arguments);
            Ok(command
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()?
                .success())
        };
        let mut ready = false;
        for _ in 0..100 {
            if mc(&["alias", "set", "m", &self.endpoint, ROOT_USER, ROOT_PASSWORD])? {
                ready = true;
                break;
            }
            pause();
        }
        let policy = folder.join("policy.json");
        std::fs::write(
            &policy,
            format!(
                r#"{{"Version":"2012-10-17","Statement":[
                {{"Effect":"Allow","Action":["s3:ListBucket","s3:GetBucketLocation"],"Resource":["arn:aws:s3:::{BUCKET}"]}},
                {{"Effect":"Allow","Action":["s3:PutObject","s3:GetObject"],"Resource":["arn:aws:s3:::{BUCKET}/*"]}}]}}"#
            ),
        )?;
        let policy = policy.to_string_lossy();
        let steps: [&[&str]; 4] = [
            &["mb", &format!("m/{BUCKET}")],
            &["admin", "policy", "create", "m", "documented", &policy],
            &["admin", "user", "add", "m", USER, SECRET],
            &["admin", "policy", "attach", "m", "documented", "--user", USER],
        ];
        for step in steps {
            if !ready || !mc(step)? {
                return Err(Error::failed(format!(
                    "MinIO did not get ready (mc {}); see minio.log",
                    step.join(" ")
                )));
            }
        }
        Ok(())
    }
}

impl Drop for Minio {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waiting for a foreign server to come up, which tells nobody when it has.
fn pause() {
    std::thread::sleep(Duration::from_millis(200));
}
