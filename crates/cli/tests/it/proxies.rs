//! The environment of every AWS tool: proxies are gone through, and what cannot be used is said at once.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use crate::site::{ACME, Site};

/// A proxy that writes down what it is asked for, and does nothing.
struct Proxy {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&asked);
        #[expect(clippy::disallowed_methods, reason = "the proxy runs beside the program")]
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut head = [0; 4096];
                let length = stream.read(&mut head).unwrap_or(0);
                let text = String::from_utf8_lossy(&head[..length]).into_owned();
                noted
                    .lock()
                    .unwrap()
                    .push(text.lines().next().unwrap_or_default().to_owned());
                let _ = stream
                    .write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            }
        });
        Self { address, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn site(scheme: &str) -> Site {
    let site = Site::new(&format!(
        "[[grant]]\nid = \"k\"\ntype = \"access_key\"\naccess_key_id = \"AKIAACMEBUCKETLINE01\"\n\
         secret_access_key = {{ env = \"SECRET\" }}\n\
         [[connector]]\nid = \"{ACME}\"\nworkspace = \"acme\"\ngrant = \"k\"\nbucket = \"acme-events\"\n\
         endpoint = \"{scheme}://store.invalid\"\n"
    ))
    .set("SECRET", "canary");
    site.sample(10, 1);
    site
}

fn deliver(site: &Site) -> String {
    let args = [
        "run",
        "--input",
        "events.ndjson",
        "--drain",
        "--drain-timeout",
        "1s",
    ];
    site.program().args(args).run().all()
}

#[test]
fn requests_go_through_the_proxy_that_the_environment_names() {
    for (scheme, variable, request) in [
        ("http", "HTTP_PROXY", "GET http://store.invalid/acme-events"),
        ("http", "http_proxy", "GET http://store.invalid/acme-events"),
        ("https", "HTTPS_PROXY", "CONNECT store.invalid:443"),
        ("https", "ALL_PROXY", "CONNECT store.invalid:443"),
    ] {
        let proxy = Proxy::start();
        deliver(&site(scheme).set(variable, &proxy.address));
        let asked = proxy.asked();
        assert!(
            asked.iter().any(|line| line.starts_with(request)),
            "{variable}: {asked:?}"
        );
    }
}

#[test]
fn what_the_environment_exempts_goes_past_the_proxy() {
    for exempt in ["store.invalid", ".invalid", "*"] {
        let proxy = Proxy::start();
        deliver(
            &site("http")
                .set("HTTP_PROXY", &proxy.address)
                .set("NO_PROXY", exempt),
        );
        assert_eq!(proxy.asked(), [""; 0], "{exempt}");
    }
}

#[test]
fn a_proxy_or_a_bundle_that_cannot_be_used_is_named_at_once_without_its_value() {
    for (variable, value) in [
        ("HTTPS_PROXY", "socks5h://user:canary-password@proxy:1080"),
        ("https_proxy", "http://"),
        ("AWS_CA_BUNDLE", "no-such-file"),
        ("AWS_CA_BUNDLE", "events.ndjson"),
    ] {
        let ran = site("https")
            .set(variable, value)
            .job()
            .run()
            .expect_code(2)
            .expect_said(variable);
        assert!(!ran.all().contains("canary"), "{}", ran.all());
    }
}
