//! Inputs that are still being written, streams that pause, a file that is named twice.

use std::io::Write as _;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::program::{finish, signal};
use crate::site::{Site, sample};

/// `whole` lines of an input, and the first half of the one behind them; and the rest.
fn cut(text: &str, whole: usize) -> (&str, &str) {
    let line = text.lines().nth(whole).unwrap();
    let begins = line.as_ptr() as usize - text.as_ptr() as usize;
    text.split_at(begins + line.len() / 2)
}

#[test]
fn a_last_line_that_is_being_written_is_read_once_it_is_whole() {
    let site = Site::local();
    let text = sample(20, 1);
    let (now, later) = cut(&text, 9);
    site.write("events.ndjson", now);
    for _ in 0..2 {
        let ran = site.run().expect_code(0);
        assert!(ran.stderr.contains("line 10"), "{}", ran.stderr);
        assert!(ran.stdout.contains("in all: 9 events"), "{}", ran.stdout);
    }
    site.append("events.ndjson", later);
    site.run().expect_code(0);
    site.prove(20);
    assert_eq!(site.rejects(), Vec::<Value>::new());
}

/// One event, cut everywhere: each place is a file of its own that is read before and after the rest came.
#[test]
fn an_event_that_is_cut_anywhere_arrives_whole() {
    let site = Site::local();
    let event = concat!(
        r#"{"workspace":"acme","event_type":"users.behaviors.Purchase","event":{"id":"2","user_id":"\u00e9é","#,
        r#""time":1793491200,"product_id":"s\ud83d\ude00\\","price":-1.5e-1,"currency":"USD","properties":"{}"}}"#
    );
    let names: Vec<String> = (1..event.len()).map(|cut| format!("cut-{cut}")).collect();
    let run = || {
        let inputs = names.iter().flat_map(|name| ["--input", name.as_str()]);
        site.program()
            .args(["run", "--drain"].into_iter().chain(inputs))
            .run()
            .expect_code(0)
    };
    for (cut, name) in (1..).zip(&names) {
        std::fs::write(site.file(name), &event.as_bytes()[..cut]).unwrap();
    }
    run().expect_said("0 lines read");
    for (cut, name) in (1..).zip(&names) {
        let mut file = std::fs::OpenOptions::new()
            .append(true)
            .open(site.file(name))
            .unwrap();
        file.write_all(&event.as_bytes()[cut..]).unwrap();
        file.write_all(b"\n").unwrap();
    }
    let all = event.len() - 1;
    run().expect_said(&format!("{all} lines read, {all} accepted"));
    assert_eq!(site.rejects(), Vec::<Value>::new());
}

#[test]
fn a_last_line_that_is_no_event_is_refused_once_it_has_an_end() {
    let site = Site::local();
    site.write("events.ndjson", &format!("{}no event", sample(5, 1)));
    site.run()
        .expect_code(0)
        .expect_said("line 6, its last, has no end yet");
    assert_eq!(site.rejects(), Vec::<Value>::new());
    assert_eq!(site.prove(5)["lines_rejected"], 0);
    site.append("events.ndjson", "\n");
    site.run().expect_code(0);
    assert_eq!(site.rejects().len(), 1);
    assert_eq!(site.prove(5)["lines_rejected"], 1);
}

#[test]
fn a_last_event_without_a_line_break_is_whole() {
    let site = Site::local();
    site.write("events.ndjson", sample(5, 1).trim_end());
    site.run().expect_code(0);
    site.prove(5);
    // One who writes line breaks first goes on.
    site.append("events.ndjson", &format!("\n{}", sample(3, 2)));
    site.run().expect_code(0);
    site.prove(8);
}

#[test]
fn the_end_of_a_stream_is_its_end() {
    let site = Site::local();
    let text = sample(20, 1);
    let (now, _) = cut(&text, 9);
    let ran = site
        .program()
        .args(["run", "--input", "-", "--drain"])
        .run_with_input(now.as_bytes())
        .expect_code(0);
    assert!(
        ran.stdout.contains("9 accepted, 0 duplicate, 1 rejected"),
        "{}",
        ran.stdout
    );
}

#[test]
fn what_came_from_a_stream_is_accepted_although_nothing_follows() {
    let site = Site::local();
    let (child, mut stdin) = site.program().args(["run", "--input", "-"]).start_with_input();
    // More than is on its way at once, written in one go; then silence.
    stdin.write_all(sample(6_000, 1).as_bytes()).unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    let accepted = || {
        let ran = site.program().args(["status", "--format", "json"]).run();
        let status: Value = serde_json::from_str(&ran.stdout).unwrap_or_default();
        let workspaces = status["workspaces"].as_object().cloned().unwrap_or_default();
        workspaces
            .values()
            .filter_map(|counts| counts["accepted"].as_u64())
            .sum::<u64>()
    };
    while accepted() < 6_000 {
        assert!(
            Instant::now() < deadline,
            "{} of 6000 lines are accepted",
            accepted()
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(signal(&child, "TERM").success());
    drop(stdin);
    finish(child).expect_code(0).expect_said("6,000 accepted");
}

#[test]
fn a_file_that_is_named_twice_is_proved_as_it_is_read_once() {
    let site = Site::local();
    site.sample(50, 1);
    let twice = |command: &str, rest: &[&'static str]| {
        let mut args = vec![command, "--input", "events.ndjson", "--input", "./events.ndjson"];
        args.extend(rest);
        site.program().args(args).run().expect_code(0)
    };
    twice("run", &["--drain"]).expect_said("50 lines read, 50 accepted");
    twice("verify", &[]).expect_said("events in: 50 ");
}

#[test]
fn a_pipe_that_nobody_writes_to_is_left_at_the_first_signal() {
    let site = Site::local();
    site.sample(20, 1);
    let pipe = site.file("pipe");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let child = site
        .program()
        .args(["run", "--input", "events.ndjson", "--input", "pipe"])
        .start();
    let deadline = Instant::now() + Duration::from_secs(30);
    while !site.program().args(["status"]).run().stdout.contains("received") {
        assert!(Instant::now() < deadline);
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(signal(&child, "TERM").success());
    finish(child)
        .expect_code(0)
        .expect_said("in all: 20 events delivered");
}
