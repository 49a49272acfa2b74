//! S3 servers that others wrote, and how each is installed and started: on loopback, over an empty folder, with one bucket.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::error::Error;
use crate::foreign::minio::Minio;
use crate::foreign::{Settings, minio, python};
use crate::http;
use crate::process::Server;
use crate::scene::Programs;

pub(super) const BUCKET: &str = minio::BUCKET;
const KEY: &str = "AKIASTORESFOREIGN001";
const SECRET: &str = "foreign-secret-0123456789";
const VERSITYGW: &str = "github.com/versity/versitygw/cmd/versitygw@v1.8.0";
/// The newest that the workspace's compiler builds.
const S3S_FS: &str = "0.14.1";

/// A server, or why it cannot be run here.
type Start = fn(&Settings, &Path) -> Result<Result<Running, String>, Error>;

pub(super) const SERVERS: [(&str, Start); 5] = [
    ("MinIO", start_minio),
    ("moto", start_moto),
    ("s3s-fs", start_s3s_fs),
    ("testkit", start_testkit),
    ("versitygw", start_versitygw),
];

/// A server that answers; stopped when this is dropped.
pub(super) struct Running {
    pub(super) endpoint: String,
    pub(super) key: String,
    pub(super) secret: String,
    _process: Box<dyn std::any::Any>,
}

struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start_minio(settings: &Settings, folder: &Path) -> Result<Result<Running, String>, Error> {
    Ok(match minio::binaries(settings)? {
        Err(why) => Err(why),
        Ok(binaries) => {
            let server = Minio::start(&binaries, folder)?;
            Ok(Running {
                endpoint: server.endpoint.clone(),
                key: minio::ROOT_USER.to_owned(),
                secret: minio::ROOT_PASSWORD.to_owned(),
                _process: Box::new(server),
            })
        }
    })
}

fn start_versitygw(settings: &Settings, folder: &Path) -> Result<Result<Running, String>, Error> {
    let program = match minio::go_install(settings, VERSITYGW, "versitygw")? {
        Ok(program) => program,
        Err(why) => return Ok(Err(why)),
    };
    let data = folder.join("data");
    std::fs::create_dir_all(data.join(BUCKET))?;
    let port = free_port()?;
    let mut command = Command::new(program);
    command
        .args([
            "--port",
            &format!("127.0.0.1:{port}"),
            "--access",
            KEY,
            "--secret",
            SECRET,
        ])
        .arg("posix")
        .arg(&data);
    started(command, port, folder).map(Ok)
}

fn start_s3s_fs(settings: &Settings, folder: &Path) -> Result<Result<Running, String>, Error> {
    let root = settings.kept_folder("bin")?;
    let program = root.join("s3s-fs");
    if !program.is_file() {
        println!("cargo install s3s-fs {S3S_FS} (minutes, the first time)");
        let mut command = Command::new("cargo");
        command.args([
            "install",
            "s3s-fs",
            "--version",
            S3S_FS,
            "--features",
            "binary",
            "--locked",
        ]);
        command.arg("--root").arg(root.parent().unwrap_or(&root));
        command.stderr(Stdio::null());
        if !command.status().is_ok_and(|status| status.success()) {
            return Ok(Err("`cargo install s3s-fs` did not work".to_owned()));
        }
    }
    let data = folder.join("data");
    std::fs::create_dir_all(data.join(BUCKET))?;
    let port = free_port()?;
    let mut command = Command::new(program);
    command
        .args([
            "--host",
            "127.0.0.1",
            "--port",
            &port.to_string(),
            "--access-key",
            KEY,
            "--secret-key",
            SECRET,
        ])
        .arg(&data);
    started(command, port, folder).map(Ok)
}

fn start_moto(settings: &Settings, folder: &Path) -> Result<Result<Running, String>, Error> {
    let interpreter = match python::with_named(settings, &[("moto[server]", "moto.server")])? {
        Ok(interpreter) => interpreter,
        Err(why) => return Ok(Err(why)),
    };
    let port = free_port()?;
    let mut command = Command::new(interpreter);
    command.args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()]);
    let server = started(command, port, folder)?;
    // It asks nobody who they are unless told to.
    http::put(&server.endpoint, &format!("/{BUCKET}"))?;
    Ok(Ok(server))
}

/// Ours: what is written against it has to hold against the others.
fn start_testkit(_: &Settings, folder: &Path) -> Result<Result<Running, String>, Error> {
    let seed = folder.join("seed.toml");
    std::fs::write(
        &seed,
        format!(
            "[[account]]\nid = \"111122223333\"\n[[account.bucket]]\nname = \"{BUCKET}\"\n[[account.user]]\nname = \"admin\"\n\
             access_keys = [{{ id = \"{KEY}\", secret = \"{SECRET}\" }}]\npolicies.all = '''{{\"Version\": \"2012-10-17\", \
             \"Statement\": {{\"Effect\": \"Allow\", \"Action\": [\"s3:*\", \"kms:*\"], \"Resource\": \"*\"}}}}'''\n"
        ),
    )?;
    let programs = Programs::build()?;
    let mut command = Command::new(programs.testkit());
    command.arg("--seed-file").arg(&seed).args(["--port", "0"]);
    let server = Server::start(command)?;
    let line: serde_json::Value = serde_json::from_str(server.first_line())
        .map_err(|error| Error::failed(format!("the testkit's first line: {error}")))?;
    Ok(Ok(Running {
        endpoint: line
            .get("endpoint")
            .and_then(serde_json::Value::as_str)
            .unwrap_or_default()
            .to_owned(),
        key: KEY.to_owned(),
        secret: SECRET.to_owned(),
        _process: Box::new(server),
    }))
}

fn free_port() -> Result<u16, Error> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Starts a server and waits until something listens at its port.
fn started(mut command: Command, port: u16, folder: &Path) -> Result<Running, Error> {
    let log: PathBuf = folder.join("server.log");
    let out = std::fs::File::create(&log)?;
    let child = command
        .stdin(Stdio::null())
        .stdout(out.try_clone()?)
        .stderr(out)
        .spawn()?;
    let process = Process(child);
    for _ in 0..300 {
        if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Ok(Running {
                endpoint: format!("http://127.0.0.1:{port}"),
                key: KEY.to_owned(),
                secret: SECRET.to_owned(),
                _process: Box::new(process),
            });
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    Err(Error::failed(format!(
        "it did not get ready; see {}",
        log.display()
    )))
}
