//! `run --metrics`: what a Prometheus server gets.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::Child;
use std::time::{Duration, Instant};

use crate::program::{finish, signal};
use crate::site::{ACME, GLOBEX, Site};

/// Every sample by its name and labels, as the text has them.
type Samples = BTreeMap<String, f64>;

/// The address that the program says on its standard error.
fn address(child: &mut Child) -> String {
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    loop {
        let mut line = String::new();
        assert!(stderr.read_line(&mut line).unwrap() > 0, "it ended: {said}");
        if let Some((_, rest)) = line.split_once("metrics are served at http://") {
            let address = rest.trim().strip_suffix("/metrics").unwrap().to_owned();
            // Whatever it says further is read, so that it is never held up.
            #[expect(clippy::disallowed_methods, reason = "a reader beside the program")]
            std::thread::spawn(move || stderr.read_to_string(&mut String::new()));
            return address;
        }
        said.push_str(&line);
    }
}

/// Status and body of an answer.
fn get(address: &str, method: &str, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "{method} {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, body.to_owned())
}

/// Parses the text format, and holds it to that: a type before each metric's samples, no sample twice.
fn parse(text: &str) -> Samples {
    let mut samples = Samples::new();
    let mut of_type = String::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            of_type = rest.split(' ').next().unwrap().to_owned();
        } else if !line.starts_with('#') {
            let (series, value) = line.rsplit_once(' ').unwrap();
            let name = series.split('{').next().unwrap();
            assert!(
                name.starts_with(&of_type) && name.starts_with("bucketline_"),
                "{line}"
            );
            let before = samples.insert(series.to_owned(), value.parse().unwrap());
            assert!(before.is_none(), "{series} twice");
        }
    }
    samples
}

fn labelled(name: &str, connector: &str, rest: &str) -> String {
    format!(r#"bucketline_{name}{{connector="{connector}"{rest}}}"#)
}

#[test]
fn states_and_counts_are_served_for_prometheus() {
    let site = Site::new(&format!(
        r#"
[delivery]
age = "1s"

[[connector]]
id = "{ACME}"
workspace = "acme"
directory = "out"
folder = "currents/acme"

[[connector]]
id = "{GLOBEX}"
workspace = "globex"
directory = "out"
folder = "currents/globex"
"#
    ));
    let text = site.sample(300, 1) + "not an event\n";
    site.write("events.ndjson", &text);
    let run = ["run", "--input", "events.ndjson", "--metrics", "0"];
    let mut child = site.program().args(run).start();
    let address = address(&mut child);
    assert!(address.starts_with("127.0.0.1:"), "{address}");

    let begun = Instant::now();
    let (samples, body) = loop {
        let (status, body) = get(&address, "GET", "/metrics");
        assert_eq!(status, 200);
        let samples = parse(&body);
        let delivered: f64 = [ACME, GLOBEX]
            .iter()
            .filter_map(|id| samples.get(&labelled("events_delivered_total", id, "")))
            .sum();
        if delivered >= 300.0 {
            break (samples, body);
        }
        assert!(begun.elapsed() < Duration::from_secs(120), "{body}");
        std::thread::sleep(Duration::from_millis(200));
    };
    for id in [ACME, GLOBEX] {
        let of = |name: &str, rest: &str| samples.get(&labelled(name, id, rest)).copied();
        assert_eq!(of("events_admitted_total", ""), of("events_delivered_total", ""));
        assert_eq!(
            (of("pending_events", ""), of("events_dropped_total", "")),
            (Some(0.0), Some(0.0))
        );
        assert_eq!(of("connector_state", r#",state="running""#), Some(1.0));
        assert_eq!(of("connector_blocked", r#",cause="auth""#), Some(0.0));
        assert!(of("last_delivery_timestamp_seconds", "").unwrap() > 1.7e9);
        assert!(of("objects_total", r#",how="answered""#).unwrap() >= 1.0);
        let state = labelled("connector_state", id, "");
        let state = state.strip_suffix('}').unwrap();
        let states = samples.iter().filter(|(series, _)| series.starts_with(state));
        assert_eq!(states.map(|(_, is)| is).sum::<f64>(), 1.0, "one state");
        let series = samples.keys().filter(|series| series.contains(id)).count();
        assert!(series <= 35, "{series} series of one connector\n{body}");
    }
    for (series, value) in [
        (
            r#"bucketline_events_received_total{workspace="",outcome="rejected"}"#,
            1.0,
        ),
        (
            r#"bucketline_events_rejected_total{reason="not_an_envelope"}"#,
            1.0,
        ),
        ("bucketline_ledger_balanced", 1.0),
    ] {
        assert_eq!(samples.get(series), Some(&value), "{series}\n{body}");
    }
    for series in [
        r#"bucketline_delivery_delay_seconds_bucket{le="+Inf"}"#,
        "bucketline_fsync_duration_seconds_count",
        "bucketline_spool_bytes",
    ] {
        assert!(
            samples.get(series).is_some_and(|value| *value > 0.0),
            "{series}\n{body}"
        );
    }
    assert_eq!(get(&address, "GET", "/healthz"), (200, "ok\n".to_owned()));
    assert_eq!(get(&address, "GET", "/readyz"), (200, "ready\n".to_owned()));
    assert_eq!(get(&address, "GET", "/").0, 404);
    assert_eq!(get(&address, "POST", "/metrics").0, 405);
    assert!(signal(&child, "TERM").success());
    child.stderr = None;
    finish(child).expect_code(0);
}

#[test]
fn an_address_that_is_taken_or_none_ends_the_run_before_it_begins() {
    let site = Site::local();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let run = |address: &str| {
        site.program()
            .args(["run", "--drain", "--metrics", address])
            .run()
    };
    run(&address)
        .expect_code(2)
        .expect_said("metrics cannot be served");
    run("nowhere").expect_code(2).expect_said("write a port");
}
