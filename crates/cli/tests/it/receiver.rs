//! Somebody who takes webhooks: a socket of this machine, which keeps what comes if it is signed as it has to be.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use bucketline_notify::{Signatures, WebhookSecret};
use serde_json::Value;

pub(crate) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// Ends with the test's process.
#[derive(Debug)]
pub(crate) struct Receiver {
    url: String,
    taken: Arc<Mutex<Vec<Value>>>,
}

impl Receiver {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook/canary-path", listener.local_addr().unwrap());
        let taken = Arc::new(Mutex::new(Vec::new()));
        let keep = taken.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let body = take(stream.unwrap());
                keep.lock().unwrap().push(body);
            }
        });
        Self { url, taken }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// What came since it was asked last: type, and whom it is about.
    pub(crate) fn news(&self) -> Vec<Value> {
        std::mem::take(&mut *self.taken.lock().unwrap())
    }

    /// What comes until there is this many of it.
    pub(crate) fn wait_for(&self, count: usize) -> Vec<Value> {
        for _ in 0..300 {
            if self.taken.lock().unwrap().len() >= count {
                break;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        self.news()
    }
}

fn take(mut stream: TcpStream) -> Value {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut id, mut timestamp, mut signature, mut length) = <(String, String, String, usize)>::default();
    let mut line = String::new();
    while reader.read_line(&mut line).unwrap() > 2 {
        if let Some((name, value)) = line.trim_end().split_once(": ") {
            match name.to_ascii_lowercase().as_str() {
                "webhook-id" => id = value.to_owned(),
                "webhook-timestamp" => timestamp = value.to_owned(),
                "webhook-signature" => signature = value.to_owned(),
                "content-length" => length = value.parse().unwrap(),
                _ => {}
            }
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let body = String::from_utf8(body).unwrap();
    assert!(body.len() < 20_000);
    let secret = WebhookSecret::parse(SECRET).unwrap();
    let now = SystemTime::now().into();
    Signatures::verify(&secret, now, &id, &timestamp, &signature, body.as_bytes()).unwrap();
    stream
        .write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
        .unwrap();
    serde_json::from_str(&body).unwrap()
}
