//! Streams that their producer names, so that they can be sent again.

use std::io::Write as _;

use crate::program::{Ran, signal};
use crate::site::{Site, sample};

fn send(site: &Site, text: &str, more: &[&str]) -> Ran {
    let job = ["run", "--input", "-", "--drain", "--source", "feed"];
    site.program()
        .args(job.into_iter().chain(more.iter().copied()))
        .run_with_input(text.as_bytes())
}

/// The first lines of a text.
fn first(text: &str, lines: usize) -> String {
    text.split_inclusive('\n').take(lines).collect()
}

/// The same lines, each with its number, which grows by two.
fn numbered(text: &str) -> Vec<String> {
    (1..)
        .step_by(2)
        .zip(text.lines())
        .map(|(number, line): (u64, _)| {
            let open = line.strip_suffix('}').unwrap();
            format!("{open},\"sequence\":{number}}}\n")
        })
        .collect()
}

#[test]
fn a_named_stream_is_sent_again_from_its_beginning_and_read_on() {
    let site = Site::local();
    let text = sample(300, 1);
    send(&site, &first(&text, 200), &[])
        .expect_code(0)
        .expect_said("is read for the first time")
        .expect_said("200 lines read, 200 accepted");
    for accepted in [100, 0] {
        send(&site, &text, &[])
            .expect_code(0)
            .expect_said("in all: 300 events")
            .expect_said(&format!("{accepted} lines read, {accepted} accepted"));
    }
    site.write("events.ndjson", &text);
    site.prove(300);
}

#[test]
fn another_stream_under_the_same_name_is_not_taken() {
    let site = Site::local();
    let text = sample(300, 1);
    send(&site, &text, &[]).expect_code(0);
    for (other, how) in [
        (first(&text, 100), "shorter"),
        (sample(400, 2), "other bytes"),
        (String::new(), "shorter"),
    ] {
        send(&site, &other, &[])
            .expect_code(2)
            .expect_said("--source feed")
            .expect_said(how)
            .expect_said("0 lines read");
    }
    // Nor one whose lines are told apart in another way.
    send(&site, &text, &["--sequenced"])
        .expect_code(2)
        .expect_said("leave `--sequenced` out");
    site.write("events.ndjson", &text);
    site.prove(300);
}

#[test]
fn a_named_stream_goes_on_after_a_kill() {
    let site = Site::local();
    let text = sample(3_000, 1);
    for part in [1_000, 2_000] {
        let job = ["run", "--input", "-", "--source", "feed"];
        let (program, mut input) = site.program().args(job).start_with_input();
        input.write_all(first(&text, part).as_bytes()).unwrap();
        // How far it came is nobody's affair.
        std::thread::sleep(std::time::Duration::from_millis(150));
        signal(&program, "KILL");
        let mut program = program;
        program.wait().unwrap();
    }
    send(&site, &text, &[])
        .expect_code(0)
        .expect_said("in all: 3,000 events");
    site.write("events.ndjson", &text);
    site.prove(3_000);
}

#[test]
fn a_stream_with_numbers_is_sent_again_from_anywhere() {
    let site = Site::local();
    let text = sample(300, 1);
    let lines = numbered(&text);
    let send = |lines: &[String]| send(&site, &lines.concat(), &["--sequenced"]);
    send(&lines[..150])
        .expect_code(0)
        .expect_said("150 accepted, 0 duplicate");
    send(&lines[99..200])
        .expect_code(0)
        .expect_said("after sequence 299")
        .expect_said("101 lines read, 50 accepted, 51 duplicate");
    send(&lines[200..])
        .expect_code(0)
        .expect_said("100 accepted, 0 duplicate");
    send(&lines)
        .expect_code(0)
        .expect_said("0 accepted, 300 duplicate");
    site.write("events.ndjson", &text);
    site.prove(300);
}

#[test]
fn lines_without_a_number_are_refused_and_numbers_never_go_back() {
    let site = Site::local();
    let text = sample(10, 1);
    let lines = numbered(&text);
    let plain = first(&text, 1);
    let sent = [&lines[0], "{broken\n", &plain, &lines[4], &lines[3], &lines[5]];
    let sent: String = sent.into_iter().map(|line: &str| line.to_owned()).collect();
    send(&site, &sent, &["--sequenced"])
        .expect_code(2)
        .expect_said("line 5 has the sequence 7, which does not come after 9")
        .expect_said("4 lines read, 2 accepted, 0 duplicate, 2 rejected");
    let refused = site.rejects();
    let reasons: Vec<_> = refused
        .iter()
        .map(|line| line["reason"].as_str().unwrap())
        .collect();
    assert_eq!(reasons, ["not_an_envelope", "no_sequence"]);
}

#[test]
fn a_name_is_one_streams() {
    let site = Site::local();
    site.write("events.ndjson", &sample(1, 1));
    for (arguments, said) in [
        (&["--source", "a/b", "--input", "-"][..], "letters, digits"),
        (
            &["--source", "feed", "--input", "events.ndjson"],
            "no input is a stream",
        ),
        (&["--sequenced", "--input", "-"], "--source"),
        (
            &["--source", "feed", "--input", "-", "--input", "/dev/null"],
            "more than one",
        ),
    ] {
        site.program()
            .args(["run"].into_iter().chain(arguments.iter().copied()))
            .run()
            .expect_code(2)
            .expect_said(said);
    }
}

#[test]
fn the_text_of_refused_lines_is_kept_when_asked_for() {
    let site = Site::local();
    let text = b"{\"workspace\": \"acme\"}\n\xff\xfebad\xff\n".to_vec();
    // The bytes must not be taken for UTF-16.
    let text = [b"no event\n".to_vec(), text].concat();
    let job = ["run", "--input", "-", "--drain"];
    site.program().args(job).run_with_input(&text).expect_code(0);
    assert!(site.rejects().iter().all(|line| line.get("text").is_none()));
    site.program()
        .args(job.into_iter().chain(["--rejects-text"]))
        .run_with_input(&text)
        .expect_code(0);
    let refused = site.rejects();
    assert_eq!(refused.len(), 6);
    assert_eq!(refused[3]["text"], "no event");
    assert_eq!(refused[4]["text"], "{\"workspace\": \"acme\"}");
    assert_eq!(refused[5]["reason"], "not_utf8");
    assert_eq!(refused[5]["text_base64"], "//5iYWT/");
    // From the log, whatever a later run asks for.
    site.program().args(["run", "--drain"]).run().expect_code(0);
    assert_eq!(site.rejects(), refused);
}
