//! `run --api`: exports asked for over HTTP, by two tenants who see nothing of each other.

use std::io::{BufRead as _, BufReader, Cursor, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command};
use std::time::Duration;

use serde_json::{Value, json};

use crate::program::{finish, signal};
use crate::site::{Site, files};

const ACME_KEY: &str = "canary-acme-key-0123456789abcdef";
const GLOBEX_KEY: &str = "canary-globex-key-0123456789abcd";

/// Acme has a storage, Globex has none; both have a segment `s1`.
fn site() -> Site {
    let site = Site::new("");
    site.write(
        "bucketline.toml",
        r#"
[spool]
dir = "spool"

[[workspace]]
id = "acme"
api_key = { env = "ACME_KEY" }

[[workspace]]
id = "globex"
api_key = { env = "GLOBEX_KEY" }

[[data_export]]
workspace = "acme"
directory = "storage"

[[segment]]
workspace = "acme"
id = "s1"
rows = { ndjson = "acme.ndjson" }

[[segment]]
workspace = "acme"
id = "slow"
rows = { ndjson = "pipe" }

[[segment]]
workspace = "globex"
id = "s1"
rows = { csv = "globex.csv" }
"#,
    );
    site.write(
        "acme.ndjson",
        "{\"id\":1,\"email\":\"ada@example.com\"}\n{\"id\":2}\n",
    );
    site.write("globex.csv", "id,email\n7,grace@example.com\n");
    site.set("ACME_KEY", ACME_KEY).set("GLOBEX_KEY", GLOBEX_KEY)
}

/// A run that listens.
struct Served {
    run: Child,
    address: String,
    told: std::thread::JoinHandle<String>,
}

impl Served {
    fn start(site: &Site) -> Self {
        let mut run = site.program().args(["run", "--api", "127.0.0.1:0"]).start();
        let stderr = run.stderr.take().unwrap();
        let mut lines = BufReader::new(stderr).lines();
        let address = lines
            .find_map(|line| {
                Some(
                    line.unwrap()
                        .split_once("the API listens on http://")?
                        .1
                        .to_owned(),
                )
            })
            .unwrap();
        // Nobody is to wait for a reader.
        let told = std::thread::spawn(move || lines.map_while(Result::ok).collect());
        Self { run, address, told }
    }

    fn stop(self) {
        signal(&self.run, "TERM");
        let ran = finish(self.run).expect_code(0);
        let told = ran.all() + &self.told.join().unwrap();
        assert!(!told.contains("canary"), "{told}");
    }

    /// Status, head and body.
    fn raw(&self, method: &str, path: &str, key: Option<&str>, body: &str) -> (u16, String, Vec<u8>) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let bearer = key.map_or(String::new(), |key| format!("Authorization: Bearer {key}\r\n"));
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{bearer}Content-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        )
        .unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(answer[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head.to_ascii_lowercase(), answer[end + 4..].to_vec())
    }

    fn ask(&self, method: &str, path: &str, key: &str, body: &Value) -> (u16, Value) {
        let (status, _, body) = self.raw(method, path, Some(key), &body.to_string());
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    fn export(&self, key: &str, segment: &str) -> (u16, Value) {
        let body = json!({ "segment_id": segment, "fields_to_export": ["id", "email"] });
        self.ask("POST", "/users/export/segment", key, &body)
    }

    /// The only export of a workspace, once it has ended.
    fn ended(&self, key: &str) -> Value {
        for _ in 0..300 {
            let (_, listed) = self.ask("GET", "/exports", key, &Value::Null);
            let exports = listed["exports"].as_array().unwrap();
            if exports.iter().all(|export| export["state"] != "running") {
                return exports[0].clone();
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("it does not end");
    }
}

#[test]
fn two_tenants_export_and_see_nothing_of_each_other() {
    let site = site();
    let served = Served::start(&site);
    let (status, acme) = served.export(ACME_KEY, "s1");
    assert_eq!((status, &acme["message"]), (202, &"success".into()), "{acme}");
    let prefix = acme["object_prefix"].as_str().unwrap();
    assert!(acme.get("url").is_none(), "it lies in the storage: {acme}");
    let export = served.ended(ACME_KEY);
    assert_eq!(
        (&export["state"], &export["rows"], &export["object_prefix"]),
        (&"completed".into(), &2.into(), &prefix.into())
    );
    let stored = files(&site.file("storage/segment-export"));
    assert_eq!(stored.len(), 2, "{stored:?}");
    assert!(
        stored
            .iter()
            .all(|path| path.to_string_lossy().contains(&format!("/{prefix}/")))
    );

    let (status, globex) = served.export(GLOBEX_KEY, "s1");
    assert_eq!(status, 202, "{globex}");
    let url = globex["url"].as_str().unwrap();
    let path = url.strip_prefix(&format!("http://{}", served.address)).unwrap();
    let own = served.ended(GLOBEX_KEY);
    // What speaks TLS before it says so in a header.
    let id = own["id"].as_str().unwrap();
    let forwarded = format!("{GLOBEX_KEY}\r\nX-Forwarded-Proto: https");
    let (_, _, shown) = served.raw("GET", &format!("/exports/{id}"), Some(&forwarded), "");
    let shown: Value = serde_json::from_slice(&shown).unwrap();
    let secure = format!("https://{}/downloads/", served.address);
    assert!(shown["url"].as_str().unwrap().starts_with(&secure), "{shown}");
    // The link needs no key: whoever has it may have the file.
    let (status, head, body) = served.raw("GET", path, None, "");
    assert_eq!(status, 200, "{head}");
    assert!(head.contains("content-type: application/zip"), "{head}");
    let mut text = String::new();
    let mut archive = zip::ZipArchive::new(Cursor::new(body)).unwrap();
    archive.by_index(0).unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text, "{\"id\":\"7\",\"email\":\"grace@example.com\"}\n");
    assert_eq!(
        files(&site.file("storage/segment-export")).len(),
        2,
        "nothing of it is in Acme's storage"
    );

    let id = export["id"].as_str().unwrap();
    for (method, path) in [
        ("GET", format!("/exports/{id}")),
        ("DELETE", format!("/exports/{id}")),
    ] {
        let (status, answer) = served.ask(method, &path, GLOBEX_KEY, &Value::Null);
        assert_eq!(
            (status, &answer["message"]),
            (404, &"there is no such export".into())
        );
    }
    let (_, listed) = served.ask("GET", "/exports", GLOBEX_KEY, &Value::Null);
    assert_eq!(listed["exports"], json!([own]));
    // A link to another export, with a signature of one's own.
    let forged = path.replace(own["id"].as_str().unwrap(), id);
    assert_eq!(served.raw("GET", &forged, None, "").0, 404);
    let (status, shown) = served.ask("GET", &format!("/exports/{id}"), ACME_KEY, &Value::Null);
    assert_eq!((status, &shown["segment_id"]), (200, &"s1".into()));
    served.stop();
}

#[test]
fn a_segment_is_exported_once_at_a_time_and_what_cannot_be_is_said() {
    let site = site();
    let made = Command::new("mkfifo").arg(site.file("pipe")).status().unwrap();
    assert!(made.success());
    let served = Served::start(&site);
    assert_eq!(served.export(ACME_KEY, "slow").0, 202);
    let body = json!({ "segment_id": "slow", "fields_to_export": ["id"] }).to_string();
    let (status, head, answer) = served.raw("POST", "/users/export/segment", Some(ACME_KEY), &body);
    assert_eq!(status, 429, "{answer:?}");
    assert!(head.contains("retry-after: 60"), "{head}");
    std::fs::write(site.file("pipe"), "{\"id\":1}\n").unwrap();
    assert_eq!(served.ended(ACME_KEY)["state"], "completed");

    let ask = |key: Option<&str>, method: &str, path: &str, body: &str| {
        let (status, head, body) = served.raw(method, path, key, body);
        (status, head + &String::from_utf8(body).unwrap())
    };
    for (key, method, path, body, status, said) in [
        (
            None,
            "POST",
            "/users/export/segment",
            "{}",
            401,
            "www-authenticate: bearer",
        ),
        (
            Some("canary-acme-key-0123456789abcdeF"),
            "GET",
            "/exports",
            "",
            401,
            "Authorization: Bearer",
        ),
        (
            Some(ACME_KEY),
            "POST",
            "/users/export/segment",
            "{",
            400,
            "the request cannot be read",
        ),
        (
            Some(ACME_KEY),
            "POST",
            "/users/export/segment",
            r#"{"segment_id":"s1","fields_to_export":[]}"#,
            400,
            "`fields_to_export` names no field",
        ),
        (
            Some(GLOBEX_KEY),
            "POST",
            "/users/export/segment",
            r#"{"segment_id":"slow","fields_to_export":["id"]}"#,
            404,
            "there is no segment `slow`",
        ),
        (
            Some(GLOBEX_KEY),
            "POST",
            "/users/export/segment",
            r#"{"segment_id":"s1","fields_to_export":["id"],"output_format":"gzip"}"#,
            400,
            "gzip is for exports into a storage integration",
        ),
        (
            Some(ACME_KEY),
            "GET",
            "/users/export/segment",
            "",
            405,
            "allow: post",
        ),
        (Some(ACME_KEY), "GET", "/nothing", "", 404, "nothing of this name"),
        (Some(ACME_KEY), "GET", "/exports/x", "", 404, "no such export"),
        (
            None,
            "GET",
            "/downloads/x?ends=1&signature=AA",
            "",
            404,
            "no such download",
        ),
        (None, "GET", "/healthz", "", 200, "success"),
    ] {
        let (answered, text) = ask(key, method, path, body);
        assert_eq!(answered, status, "{method} {path} {body}: {text}");
        assert!(text.contains(said), "{said}: {text}");
    }
    let (_, listed) = served.ask("GET", "/exports", ACME_KEY, &Value::Null);
    let ended = format!("/exports/{}", listed["exports"][0]["id"].as_str().unwrap());
    assert_eq!(ask(Some(ACME_KEY), "DELETE", &ended, "").0, 409);
    let long = format!("{{\"segment_id\": \"{}\"}}", "x".repeat(300_000));
    assert_eq!(ask(Some(ACME_KEY), "POST", "/users/export/segment", &long).0, 413);
    served.stop();
}

#[test]
fn it_listens_on_this_machine_alone_and_only_where_somebody_may_ask() {
    let site = site();
    let run = |site: &Site, address: &str| site.program().args(["run", "--api", address]).run();
    run(&site, "0.0.0.0:0")
        .expect_code(2)
        .expect_said("can be reached from outside");
    let short = site.set("ACME_KEY", "canary-short");
    let ran = run(&short, "127.0.0.1:0")
        .expect_code(2)
        .expect_said("bucketline.toml:")
        .expect_said("at least 24 characters");
    assert!(!ran.all().contains("canary"), "{}", ran.all());
    let same = short.set("ACME_KEY", GLOBEX_KEY);
    run(&same, "127.0.0.1:0")
        .expect_code(2)
        .expect_said("given twice");
    let nobody = Site::local();
    run(&nobody, "127.0.0.1:0")
        .expect_code(2)
        .expect_said("no workspace has an `api_key`");
    assert!(!nobody.file("spool").exists());
}
