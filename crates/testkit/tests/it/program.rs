//! The testkit as a process.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use crate::client::{BUCKET, KEY, SECRET, s3};

const SEED: &str = r#"
[[account]]
id = "111122223333"

[[account.user]]
name = "currents"
access_keys = [{ id = "AKIAIOSFODNN7EXAMPLE", secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" }]
policies = { anything = { file = "anything.json" } }

[[account.bucket]]
name = "acme-events"
region = "eu-central-1"
"#;

/// Ends the process if a test does not.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_bucketline-testkit"))
}

#[tokio::test]
async fn serves_a_seed_file_and_ends_on_signals() {
    for signal in ["-TERM", "-INT"] {
        serve_until(signal).await;
    }
}

async fn serve_until(signal: &str) {
    let folder = tempfile::tempdir().unwrap();
    let seed = folder.path().join("accounts.toml");
    std::fs::write(&seed, SEED).unwrap();
    std::fs::write(folder.path().join("anything.json"), crate::client::ANYTHING).unwrap();
    let child = program()
        .args(["--port", "0", "--seed-file"])
        .arg(&seed)
        .stdout(Stdio::piped())
        .spawn();
    let mut process = Process(child.unwrap());
    let mut line = String::new();
    BufReader::new(process.0.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let endpoint = line
        .trim_end()
        .strip_prefix(r#"{"endpoint":""#)
        .and_then(|rest| rest.strip_suffix(r#""}"#));
    let endpoint = endpoint.unwrap_or_else(|| panic!("the first line is {line:?}"));
    let client = s3(endpoint, KEY, SECRET, "eu-central-1");
    client.put_object().bucket(BUCKET).key("k").send().await.unwrap();

    let kill = Command::new("kill")
        .args([signal, &process.0.id().to_string()])
        .status()
        .unwrap();
    assert!(kill.success());
    assert!(process.0.wait().unwrap().success());
}

#[test]
fn a_seed_that_is_wrong_is_named_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let seed = folder.path().join("accounts.toml");
    std::fs::write(&seed, SEED.replace("region", "regoin")).unwrap();
    let output = program().arg("--seed-file").arg(&seed).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text.contains("accounts.toml") && text.contains("regoin") && text.contains("line 12"),
        "{text}"
    );
}
