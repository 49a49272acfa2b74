//! The whole job with local folders for buckets: no AWS anywhere.

use std::io::Write as _;

use serde_json::Value;

use crate::program::{finish, signal};
use crate::site::{ACME, Site, files};

#[test]
fn events_arrive_once_and_cat_gives_them_back() {
    let site = Site::local();
    let input = site.sample(3_000, 1);
    let ran = site
        .run()
        .expect_code(0)
        .expect_said(" 3,000 accepted")
        .expect_said(" 0 pending");
    assert!(
        ran.stdout
            .lines()
            .any(|line| line.contains("Acme") && line.contains(ACME)),
        "{}",
        ran.stdout
    );
    site.prove(3_000);

    let object = files(&site.file("out/currents/acme")).into_iter().next().unwrap();
    let name = object.file_name().unwrap().to_str().unwrap();
    assert!(
        name.starts_with(&format!("dataexport.prod-01.S3.integration.{ACME}+")),
        "{name}"
    );
    assert!(name.ends_with(".avro"), "{name}");
    let object_type = object
        .to_str()
        .unwrap()
        .split("event_type=")
        .nth(1)
        .unwrap()
        .split('/')
        .next()
        .unwrap();
    let cat = site
        .program()
        .args(["cat", object.to_str().unwrap()])
        .run()
        .expect_code(0);
    let mut given: Vec<Value> = input
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|line| line["workspace"] == "acme" && line["event_type"] == object_type)
        .map(|line| without_nulls(line["event"].clone()))
        .collect();
    let mut got: Vec<Value> = cat
        .stdout
        .lines()
        .map(|line| without_nulls(serde_json::from_str(line).unwrap()))
        .collect();
    let id = |event: &Value| event["id"].as_str().unwrap().to_owned();
    given.sort_by_key(id);
    got.sort_by_key(id);
    assert_eq!(got, given);
}

fn without_nulls(mut event: Value) -> Value {
    event.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    event
}

#[test]
fn a_second_run_adds_nothing_and_an_appended_file_only_what_is_new() {
    let site = Site::local();
    site.sample(500, 1);
    site.run().expect_code(0);
    let before = files(&site.file("out"));
    site.run()
        .expect_code(0)
        .expect_said("already read to its end")
        .expect_said(" 0 accepted");
    assert_eq!(files(&site.file("out")), before);

    site.append("events.ndjson", &crate::site::sample(700, 2));
    site.run()
        .expect_code(0)
        .expect_said("reading on after line 500")
        .expect_said(" 700 accepted");
    site.prove(1_200);
}

#[test]
fn a_last_line_without_a_break_counts_once_and_lines_stay_numbered() {
    let site = Site::local();
    let events = crate::site::sample(3, 1);
    site.write("events.ndjson", events.trim_end());
    site.run().expect_code(0).expect_said(" 3 accepted");
    site.run().expect_code(0).expect_said(" 0 accepted");
    site.append("events.ndjson", "\n");
    site.run().expect_code(0).expect_said(" 0 lines read");
    site.append("events.ndjson", "no event\n");
    site.run().expect_code(0).expect_said(" 1 rejected");
    assert_eq!(site.rejects()[0]["line"], 4);
    site.prove(3);
}

#[test]
fn a_file_that_was_written_anew_is_a_new_input() {
    let site = Site::local();
    let first = crate::site::sample(300, 1);
    site.write("events.ndjson", &first);
    site.run().expect_code(0);

    // The same first line, so the same source but for what follows: shorter, then with other bytes.
    let head: String = first.lines().take(100).map(|line| format!("{line}\n")).collect();
    site.write("events.ndjson", &head);
    site.run()
        .expect_code(0)
        .expect_said("shorter")
        .expect_said(" 100 accepted");
    let line = first.lines().next().unwrap();
    let other = format!("{line}\n{}", crate::site::sample(400, 3));
    site.write("events.ndjson", &other);
    site.run()
        .expect_code(0)
        .expect_said("other bytes")
        .expect_said(" 401 accepted");
    // And that one is remembered like any other.
    site.run().expect_code(0).expect_said("already read to its end");
}

#[test]
fn refused_lines_are_listed_once_and_stop_nothing() {
    let site = Site::local();
    let good = crate::site::sample(5, 1);
    let mut text = String::from("\u{feff}not json\r\n\n");
    text.push_str(&good);
    text.push_str("{\"workspace\":\"nobody\",\"event_type\":\"users.messages.email.Open\",\"event\":{\"id\":\"x\",\"time\":1}}\n");
    text.push_str("{\"workspace\":\"acme\",\"event_type\":\"users.No\",\"event\":{}}\n");
    let open = good.lines().next().unwrap();
    text.push_str(&open.replacen("\"event\":{", "\"event\":{\"surprise\":1,", 1));
    text.push('\n');
    let huge = format!(
        "{{\"workspace\":\"acme\",\"filler\":\"{}\"}}\n",
        "x".repeat(3_000_000)
    );
    text.push_str(&huge);
    text.push_str(open.trim_end());
    site.write("events.ndjson", &text);

    site.run()
        .expect_code(0)
        .expect_said(" 6 accepted")
        .expect_said(" 5 rejected")
        .expect_said("rejects.ndjson");
    let rejects = site.rejects();
    let told: Vec<(u64, &str)> = rejects
        .iter()
        .map(|r| (r["line"].as_u64().unwrap(), r["reason"].as_str().unwrap()))
        .collect();
    assert_eq!(
        told.iter().map(|(line, _)| *line).collect::<Vec<_>>(),
        [1, 8, 9, 10, 11],
        "{told:?}"
    );
    assert_eq!(rejects[3]["path"], "event.surprise");
    assert!(rejects.iter().all(|r| r["input"] == "events.ndjson"));
    let offset = rejects[1]["offset"].as_u64().unwrap();
    assert!(text.as_bytes()[usize::try_from(offset).unwrap()..].starts_with(b"{\"workspace\":\"nobody\""));
    assert!(
        !std::fs::read_to_string(site.file("spool/rejects.ndjson"))
            .unwrap()
            .contains("xxxx"),
        "never the text"
    );

    site.run().expect_code(0);
    assert_eq!(site.rejects(), rejects);
    std::fs::remove_file(site.file("spool/rejects.ndjson")).unwrap();
    site.run().expect_code(0);
    assert_eq!(site.rejects(), rejects, "made anew from the log");
    // Two equal events are two events.
    let (code, result) = site.verify();
    assert_eq!(
        (
            code,
            result["events_in"].as_u64(),
            result["lines_rejected"].as_u64()
        ),
        (0, Some(6), Some(5))
    );
}

#[test]
fn standard_input_is_read_and_says_that_it_cannot_be_resumed() {
    let site = Site::local();
    let input = crate::site::sample(400, 1);
    site.program()
        .args(["run", "--input", "-", "--drain"])
        .run_with_input(input.as_bytes())
        .expect_code(0)
        .expect_said("no place to resume from")
        .expect_said(" 400 accepted");
    site.write("events.ndjson", &input);
    site.prove(400);
}

#[test]
fn several_inputs_are_read_one_after_the_other() {
    let site = Site::local();
    let (one, two) = (crate::site::sample(100, 1), crate::site::sample(200, 2));
    site.write("one.ndjson", &one);
    site.write("two.ndjson", &two);
    site.program()
        .args(["run", "--input", "one.ndjson", "--input", "two.ndjson", "--drain"])
        .run()
        .expect_code(0)
        .expect_said(" 300 accepted");
    site.write("events.ndjson", &(one + &two));
    site.prove(300);
}

#[test]
fn without_drain_it_goes_on_until_a_signal_and_then_delivers_all() {
    for name in ["INT", "TERM"] {
        let site = Site::local();
        site.sample(200, 1);
        let child = site.program().args(["run", "--input", "events.ndjson"]).start();
        let started = std::time::Instant::now();
        // The objects come with the signal: the thresholds of count and age are far away.
        while files(&site.file("spool/inputs")).is_empty() && started.elapsed().as_secs() < 20 {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        std::thread::sleep(std::time::Duration::from_millis(300));
        assert!(files(&site.file("out/currents")).is_empty());
        assert!(signal(&child, name).success());
        finish(child).expect_code(0).expect_said(" 200 accepted");
        site.prove(200);
    }
}

#[test]
fn objects_are_written_by_count_while_it_runs() {
    let site = Site::local();
    let config = std::fs::read_to_string(site.file("bucketline.toml")).unwrap();
    site.write(
        "bucketline.toml",
        &config.replace("[schemas]", "[delivery]\nevents = 10\nage = \"1h\"\n\n[schemas]"),
    );
    site.sample(2_000, 1);
    site.run().expect_code(0);
    let result = site.prove(2_000);
    assert!(result["objects"].as_u64().unwrap() > 40, "{result:#}");
}

#[test]
fn verify_finds_what_is_lost_doubled_foreign_and_corrupt() {
    let site = Site::local();
    site.sample(2_000, 1);
    site.run().expect_code(0);
    site.prove(2_000);
    let kind = |result: &Value, kind: &str| -> Vec<Value> {
        let connectors = result["connectors"].as_array().unwrap();
        connectors
            .iter()
            .flat_map(|c| c["examples"].as_array().unwrap().clone())
            .filter(|example| example["kind"] == kind)
            .collect()
    };
    let objects = files(&site.file("out/currents/acme"));
    let (first, second) = (&objects[0], &objects[1]);
    let bytes = std::fs::read(first).unwrap();

    // Lost: the object is gone.
    std::fs::remove_file(first).unwrap();
    let (code, result) = site.verify();
    assert_eq!(code, 1);
    assert!(result["lost"].as_u64().unwrap() > 0, "{result:#}");
    assert!(
        kind(&result, "lost")[0]["place"]
            .as_str()
            .unwrap()
            .starts_with("events.ndjson line ")
    );

    // Corrupt: a byte of it has changed.
    let mut broken = bytes.clone();
    *broken.last_mut().unwrap() ^= 1;
    std::fs::write(first, &broken).unwrap();
    let (code, result) = site.verify();
    assert_eq!((code, result["corrupt"].as_u64()), (1, Some(1)), "{result:#}");

    // Foreign: something else lies in the folder.
    std::fs::write(first, &bytes).unwrap();
    std::fs::write(site.file("out/currents/acme/notes.txt"), "hello").unwrap();
    let (code, result) = site.verify();
    assert_eq!(
        (code, result["foreign"].as_u64(), result["lost"].as_u64()),
        (1, Some(1), Some(0)),
        "{result:#}"
    );
    std::fs::remove_file(site.file("out/currents/acme/notes.txt")).unwrap();

    // Events that no input has, and those that are there but were taken out of the input.
    let input = std::fs::read_to_string(site.file("events.ndjson")).unwrap();
    let mut half = std::fs::File::create(site.file("events.ndjson")).unwrap();
    for line in input.lines().step_by(2) {
        writeln!(half, "{line}").unwrap();
    }
    let (code, result) = site.verify();
    assert_eq!((code, result["foreign"].as_u64()), (1, Some(1_000)), "{result:#}");

    // Doubled: the same events under another key of the same queue.
    std::fs::write(site.file("events.ndjson"), &input).unwrap();
    site.prove(2_000);
    let copy = copy_under_another_key(&site, second);
    let (code, result) = site.verify();
    assert_eq!(code, 1);
    assert!(result["duplicates"].as_u64().unwrap() > 0, "{result:#}");
    // Whichever of the two was read first was taken for the one that belongs there.
    let place = kind(&result, "doubled")[0]["place"].as_str().unwrap().to_owned();
    assert!(copy.ends_with(&place) || second.ends_with(&place), "{result:#}");
    let text = site
        .program()
        .args(["verify", "--input", "events.ndjson"])
        .run()
        .expect_code(1);
    assert!(
        text.stdout.contains("NOT every accepted event"),
        "{}",
        text.stdout
    );
}

/// Copies an object and what is noted of it to a key far behind.
fn copy_under_another_key(site: &Site, object: &std::path::Path) -> std::path::PathBuf {
    let meta_of = |object: &std::path::Path| {
        let key = object.strip_prefix(site.file("out")).unwrap();
        site.file("out/_bucketline/meta")
            .join(format!("{}.json", key.display()))
    };
    let name = object.to_str().unwrap();
    let (stem, position) = name.rsplit_once('+').unwrap();
    let first: u64 = position.trim_end_matches(".avro").parse().unwrap();
    let copy = std::path::PathBuf::from(format!("{stem}+{:010}.avro", first + 1_000_000));
    std::fs::copy(object, &copy).unwrap();
    let meta = std::fs::read_to_string(meta_of(object)).unwrap();
    let mut meta: Value = serde_json::from_str(&meta).unwrap();
    shift(&mut meta);
    std::fs::write(meta_of(&copy), meta.to_string()).unwrap();
    copy
}

/// Moves `bl-first` and `bl-last`, wherever the sidecar keeps them.
fn shift(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    Value::String(text) if key == "bl-first" || key == "bl-last" => {
                        *text = format!("{:020}", text.parse::<u64>().unwrap() + 1_000_000);
                    }
                    value => shift(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(shift),
        _ => {}
    }
}

#[test]
fn status_reads_the_counts_and_changes_nothing() {
    let site = Site::local();
    let status = || {
        site.program()
            .args(["status", "--format", "json"])
            .run()
            .expect_code(0)
    };
    let counts = |json: &str| serde_json::from_str::<Value>(json).unwrap();
    let before = status().expect_said("no spool");
    assert_eq!(counts(&before.stdout)["connectors"][0]["admitted"], 0);
    assert!(!site.file("spool").exists(), "looking makes nothing");

    site.sample(500, 1);
    site.append("events.ndjson", "no event\n");
    site.run().expect_code(0);
    let files_before = files(&site.file("spool"));
    let after = counts(&status().stdout);
    let sum = |key: &str| -> u64 {
        after["connectors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| c[key].as_u64().unwrap())
            .sum()
    };
    assert_eq!((sum("admitted"), sum("delivered"), sum("pending")), (500, 500, 0));
    assert_eq!(after["workspaces"][""]["rejected"], 1);
    assert_eq!(after["balances"], true);
    assert_eq!(files(&site.file("spool")), files_before);
    let text = site.program().args(["status"]).run().expect_code(0);
    assert!(
        text.stdout.contains("workspace acme: received:"),
        "{}",
        text.stdout
    );
}
