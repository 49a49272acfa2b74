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

pub(super) const ROOT_USER: &str = "rootuser";
pub(super) const ROOT_PASSWORD: &str = "root-secret-1234";
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
    let exported = exports_end_whole(&programs, &binaries, &server, &folder)?;
    Ok(Outcome::Passed(format!(
        "{}; the sink's conformance suite holds; {exported}",
        proof.line()
    )))
}

/// A segment export, by a user that has what `bucketline policy template data-export` prints and nothing else: the integration
/// passes its check, and what lies in the bucket is what the manifest names.
fn exports_end_whole(
    programs: &Programs,
    binaries: &Path,
    server: &Minio,
    folder: &Path,
) -> Result<String, Error> {
    const EXPORT_USER: &str = "export-key";
    let folder = folder.join("exports");
    std::fs::create_dir_all(&folder)?;
    let run = |arguments: &[&str]| -> Result<String, Error> {
        let output = Command::new(programs.bucketline())
            .args(arguments)
            .current_dir(&folder)
            .env("SECRET", SECRET)
            .env("AWS_ENDPOINT_URL", &server.endpoint)
            .env("AWS_REGION", "us-east-1")
            .stderr(Stdio::inherit())
            .output()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            Ok(text)
        } else {
            Err(Error::failed(format!(
                "`bucketline {}`: {text}",
                arguments.join(" ")
            )))
        }
    };
    let template = [
        "policy",
        "template",
        "data-export",
        "--bucket",
        BUCKET,
        "--folder",
        "team",
    ];
    std::fs::write(folder.join("policy.json"), run(&template)?)?;
    let policy = folder.join("policy.json").to_string_lossy().into_owned();
    let alias = [
        "alias",
        "set",
        "m",
        server.endpoint.as_str(),
        ROOT_USER,
        ROOT_PASSWORD,
    ];
    let steps: [&[&str]; 4] = [
        &alias,
        &["admin", "policy", "create", "m", "exports", &policy],
        &["admin", "user", "add", "m", EXPORT_USER, SECRET],
        &["admin", "policy", "attach", "m", "exports", "--user", EXPORT_USER],
    ];
    let mc = |arguments: &[&str]| -> Result<String, Error> {
        let mut command = Command::new(binaries.join("mc"));
        command
            .arg("--quiet")
            .arg("--config-dir")
            .arg(folder.join("mc"))
            .args(arguments);
        let output = command.stderr(Stdio::inherit()).output()?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(Error::failed(format!("mc {}", arguments.join(" "))))
        }
    };
    for step in steps {
        mc(step)?;
    }
    std::fs::write(
        folder.join("bucketline.toml"),
        format!(
            "[[workspace]]\nid = \"acme\"\n\n[[grant]]\nid = \"key\"\ntype = \"access_key\"\naccess_key_id = \"{EXPORT_USER}\"\n\
             secret_access_key = {{ env = \"SECRET\" }}\n\n[[data_export]]\nworkspace = \"acme\"\ngrant = \"key\"\n\
             bucket = \"{BUCKET}\"\nfolder = \"team\"\n"
        ),
    )?;
    let rows: String = (0..12_000).map(|n| format!("{{\"id\":{n}}}\n")).collect();
    std::fs::write(folder.join("users.ndjson"), rows)?;
    let job = "workspace = \"acme\"\nkind = \"segment-export\"\nsegment = \"s1\"\nrows = { ndjson = \"users.ndjson\" }\n";
    std::fs::write(folder.join("job.toml"), job)?;
    run(&["export", "save", "acme"])?;
    run(&["export", "run", "job.toml"])?;
    let listed = mc(&["ls", "--recursive", &format!("m/{BUCKET}/team")])?;
    let zips = listed.lines().filter(|line| line.ends_with(".zip")).count();
    let manifests = listed
        .lines()
        .filter(|line| line.ends_with("manifest.json"))
        .count();
    if (zips, manifests, listed.lines().count()) != (3, 1, 4) {
        return Err(Error::failed(format!(
            "three files and a manifest were expected: {listed}"
        )));
    }
    Ok("an export of 12,000 users lies there in 3 files and a manifest".to_owned())
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
    for (module, program) in [(SERVER, "minio"), (CLIENT, "mc")] {
        if let Err(why) = go_install(settings, module, program)? {
            return Ok(Err(why));
        }
    }
    settings.kept_folder("bin").map(Ok)
}

/// A program of Go's, built once and kept; or why there is none.
pub(super) fn go_install(
    settings: &Settings,
    module: &str,
    program: &str,
) -> Result<Result<PathBuf, String>, Error> {
    let folder = settings.kept_folder("bin")?;
    let installed = folder.join(program);
    if installed.is_file() {
        return Ok(Ok(installed));
    }
    println!("go install {module} (minutes, the first time)");
    let status = Command::new("go")
        .args(["install", module])
        .env("GOBIN", &folder)
        .stderr(Stdio::null())
        .status();
    Ok(match status {
        Ok(status) if status.success() => Ok(installed),
        Ok(_) => Err(format!("`go install {module}` did not work")),
        Err(_) => Err("needs Go, which is not here".to_owned()),
    })
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
