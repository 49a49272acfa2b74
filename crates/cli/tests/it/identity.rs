//! Which input a file is: told by its content, not by its name, inode or device. Nothing is read twice, nothing is passed over.

use std::fs;

use crate::program::Ran;
use crate::site::{Site, sample};

/// Lines of one length that differ in nothing but the id: what a cheap fingerprint takes for the same.
fn alike(what: &str, numbers: std::ops::Range<u32>) -> String {
    let line = |n: u32| {
        format!(
            r#"{{"workspace":"acme","event_type":"users.behaviors.Purchase","event":{{"id":"{what}-{n}","user_id":"u","time":1793491200,"product_id":"s","price":1.5,"currency":"USD","properties":"{}"}}}}"#,
            "x".repeat(200)
        )
    };
    numbers.map(|n| line(n) + "\n").collect()
}

fn run(site: &Site, inputs: &[&str]) -> Ran {
    let inputs = inputs.iter().flat_map(|input| ["--input", *input]);
    site.program()
        .args(["run", "--drain"].into_iter().chain(inputs))
        .run()
        .expect_code(0)
}

/// Proves that these files are delivered, each event once, and nothing else.
#[track_caller]
fn prove(site: &Site, inputs: &[&str], events: u32) {
    let inputs = inputs.iter().flat_map(|input| ["--input", *input]);
    let ran = site.program().args(["verify"].into_iter().chain(inputs)).run();
    ran.expect_code(0).expect_said(&format!("events in: {events} "));
}

#[test]
fn a_file_that_was_emptied_and_filled_alike_is_new() {
    let site = Site::local();
    let head = "# events of shop 7\n";
    site.write("e", &format!("{head}{}", alike("aaaa", 100..200)));
    run(&site, &["e"]).expect_said("100 accepted");
    fs::copy(site.file("e"), site.file("e.1")).unwrap();
    // In place, as copytruncate does: the inode stays.
    site.write("e", &format!("{head}{}", alike("bbbb", 100..250)));
    run(&site, &["e"])
        .expect_said("150 accepted")
        .expect_said("as a new input: it holds other bytes")
        .expect_said("e.1");
    run(&site, &["e.1"])
        .expect_said("0 lines read")
        .expect_said("it was moved or rotated");
    prove(&site, &["e", "e.1"], 250);
}

#[test]
fn a_difference_far_before_the_place_is_seen() {
    let site = Site::local();
    let (old, new) = (alike("aaaa", 100..999), alike("bbbb", 500..501));
    site.write("e", &old);
    run(&site, &["e"]).expect_said("899 accepted");
    // The same but for one line in the middle, and one more.
    let mut lines: Vec<&str> = old.lines().collect();
    let more = alike("cccc", 100..101);
    lines[400] = new.trim_end();
    lines.push(more.trim_end());
    let text = lines.join("\n") + "\n";
    site.write("e", &text);
    run(&site, &["e"]).expect_said("900 accepted");
}

#[test]
fn the_same_bytes_are_the_same_input_wherever_they_are() {
    let site = Site::local();
    site.write("e", &sample(50, 1));
    run(&site, &["e"]).expect_said("50 accepted");
    // Another inode, as an editor or a restored backup leaves it.
    fs::copy(site.file("e"), site.file("x")).unwrap();
    fs::rename(site.file("x"), site.file("e")).unwrap();
    run(&site, &["e"])
        .expect_said("0 lines read")
        .expect_said("already read to its end");
    // Another folder, and grown.
    fs::create_dir(site.file("later")).unwrap();
    fs::rename(site.file("e"), site.file("later/e")).unwrap();
    site.append("later/e", &sample(9, 2));
    run(&site, &["later/e"])
        .expect_said("9 accepted")
        .expect_said("was read as");
    // What is noted beside the log is but a hint.
    fs::remove_file(site.file("spool/inputs")).unwrap();
    run(&site, &["later/e"]).expect_said("0 lines read");
    fs::remove_file(site.file("spool/inputs")).unwrap();
    fs::rename(site.file("later/e"), site.file("e")).unwrap();
    run(&site, &["e"]).expect_said("0 lines read");
    prove(&site, &["e"], 59);
}

#[test]
fn a_copy_beside_its_original_is_new_and_a_link_is_not() {
    let site = Site::local();
    site.write("e", &sample(50, 1));
    run(&site, &["e"]).expect_said("50 accepted");
    fs::hard_link(site.file("e"), site.file("hard")).unwrap();
    std::os::unix::fs::symlink(site.file("e"), site.file("soft")).unwrap();
    run(&site, &["hard", "soft", "./e"]).expect_said("0 lines read");
    fs::copy(site.file("e"), site.file("copy")).unwrap();
    run(&site, &["copy"]).expect_said("50 accepted");
    run(&site, &["copy", "e"]).expect_said("0 lines read");
}

#[test]
fn what_was_left_of_a_rotated_file_is_read_under_its_new_name() {
    // By renaming; by copying and emptying; and packed besides.
    for how in ["rename", "copy", "pack"] {
        for order in [["e", "rotated"], ["rotated", "e"]] {
            let site = Site::local();
            site.write("e", &alike("aaaa", 100..200));
            run(&site, &["e"]).expect_said("100 accepted");
            site.append("e", &alike("aaaa", 200..220));
            let text = fs::read(site.file("e")).unwrap();
            match how {
                "rename" => fs::rename(site.file("e"), site.file("rotated")).unwrap(),
                "copy" => fs::write(site.file("rotated"), &text).unwrap(),
                _ => {
                    let file = fs::File::create(site.file("rotated")).unwrap();
                    let gzip = std::process::Command::new("gzip")
                        .arg("-c")
                        .arg(site.file("e"))
                        .stdout(file)
                        .status();
                    assert!(gzip.unwrap().success());
                }
            }
            site.write("e", &alike("bbbb", 100..130));
            run(&site, &order).expect_said("50 accepted");
            run(&site, &order).expect_said("0 lines read");
            prove(&site, &["e", "rotated"], 150);
        }
    }
}

#[test]
fn an_edit_far_from_both_ends_is_found_when_asked() {
    let site = Site::local();
    site.write("e", &sample(20, 1));
    let job = ["run", "--drain", "--input", "e", "--verify-input"];
    site.program()
        .args(job)
        .run()
        .expect_code(0)
        .expect_said("20 accepted");
    site.program()
        .args(job)
        .run()
        .expect_code(0)
        .expect_said("0 lines read");
}

#[test]
fn a_file_is_followed_as_it_grows_and_is_rotated() {
    use std::io::Write as _;
    use std::time::{Duration, Instant};

    let site = Site::local();
    site.write("e", &alike("aaaa", 100..110));
    let child = site.program().args(["run", "--follow", "--input", "e"]).start();
    let wait_for = |accepted: u64| {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let ran = site.program().args(["status", "--format", "json"]).run();
            let status: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap_or_default();
            let now = status["workspaces"]["acme"]["accepted"].as_u64().unwrap_or(0);
            if now == accepted {
                return;
            }
            assert!(now < accepted && Instant::now() < deadline, "{now} of {accepted}");
            std::thread::sleep(Duration::from_millis(100));
        }
    };
    wait_for(10);
    // It grows, in the middle of a line.
    let more = alike("aaaa", 110..120);
    let (begin, rest) = more.split_at(more.len() - 20);
    site.append("e", begin);
    wait_for(19);
    site.append("e", rest);
    wait_for(20);
    // It is moved away with something unread, and made anew.
    let mut old = fs::OpenOptions::new().append(true).open(site.file("e")).unwrap();
    old.write_all(alike("aaaa", 120..125).as_bytes()).unwrap();
    fs::rename(site.file("e"), site.file("e.1")).unwrap();
    site.write("e", &alike("bbbb", 100..110));
    wait_for(35);
    // It is copied with something unread, and emptied.
    site.append("e", &alike("bbbb", 110..112));
    fs::copy(site.file("e"), site.file("e.2")).unwrap();
    site.write("e", &alike("cccc", 100..120));
    wait_for(57);
    assert!(crate::program::signal(&child, "TERM").success());
    crate::program::finish(child)
        .expect_code(0)
        .expect_said("57 accepted, 0 duplicate, 0 rejected");
    prove(&site, &["e", "e.1", "e.2"], 57);
}

/// A tool that packs, if it is there: gzip always is.
fn packed(tool: &[&str], text: &str) -> Option<Vec<u8>> {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    let (program, args) = tool.split_first().unwrap();
    let mut child = Command::new(program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let (mut stdin, text) = (child.stdin.take().unwrap(), text.to_owned());
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    Some(output.stdout)
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    std::iter::once(0xfeff)
        .chain(text.encode_utf16())
        .flat_map(bytes)
        .collect()
}

#[test]
fn packed_input_is_read_and_read_on() {
    let (text, more) = (sample(2_000, 1), sample(300, 2));
    let gzip = |text: &str| packed(&["gzip"], text).unwrap();
    let with_bom_once = |text: &str| utf16(text, u16::to_be_bytes)[2..].to_vec();
    for (name, first, second) in [
        ("gzip", gzip(&text), gzip(&more)),
        ("utf-16", utf16(&text, u16::to_be_bytes), with_bom_once(&more)),
    ] {
        let site = Site::local();
        fs::write(site.file("events.ndjson"), &first).unwrap();
        run(&site, &["events.ndjson"]).expect_said("2,000 accepted");
        site.prove(2_000);
        run(&site, &["events.ndjson"]).expect_said("0 lines read");
        fs::write(site.file("events.ndjson"), [first, second].concat()).unwrap();
        let ran = run(&site, &["events.ndjson"]).expect_said("300 accepted");
        assert!(ran.stderr.contains("after line 2000"), "{name}: {}", ran.stderr);
        site.prove(2_300);
    }
}

#[test]
fn a_packed_stream_is_read() {
    let text = sample(2_000, 1);
    for packed in [packed(&["gzip"], &text).unwrap(), utf16(&text, u16::to_le_bytes)] {
        let site = Site::local();
        let job = site.program().args(["run", "--input", "-", "--drain"]);
        job.run_with_input(&packed)
            .expect_code(0)
            .expect_said("2,000 accepted");
    }
}

#[test]
fn a_packed_file_that_ends_early_gives_what_is_there_and_is_named() {
    let site = Site::local();
    let gzip = packed(&["gzip"], &sample(5_000, 1)).unwrap();
    fs::write(site.file("events.ndjson"), &gzip[..gzip.len() / 2]).unwrap();
    site.run().expect_code(2).expect_said("ends in the middle");
    fs::write(site.file("events.ndjson"), &gzip).unwrap();
    site.run().expect_code(0).expect_said("reading on after line");
    site.prove(5_000);
}

#[test]
fn what_is_no_text_is_said_once_as_what_it_is() {
    let avro = b"Obj\x01\x04\x14avro.codec\x08null".to_vec();
    let binary: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let tar = packed(&["tar", "-c", "-C", "/", "etc/hostname"], "").unwrap();
    let in_gzip = packed(&["gzip", "-c", "/proc/self/exe"], "").unwrap();
    for (bytes, what) in [
        (avro, "an Avro file"),
        (binary, "binary data"),
        (tar, "a tar archive"),
        (in_gzip, "a program"),
        (b"PK\x03\x04\x14\0\0\0".to_vec(), "a zip archive"),
        (b"[{\"workspace\": \"acme\"},\n{}]\n".to_vec(), "one JSON array"),
        (
            b"{\n  \"workspace\": \"acme\"\n}\n".to_vec(),
            "over several lines",
        ),
        (b"<html><body>Sign in</body></html>\n".to_vec(), "an HTML page"),
    ] {
        let site = Site::local();
        fs::write(site.file("events.ndjson"), &bytes).unwrap();
        let ran = site.run().expect_code(2).expect_said(what);
        assert_eq!(ran.stderr.matches("it is not ").count(), 1, "{}", ran.stderr);
        assert_eq!(site.rejects(), Vec::<serde_json::Value>::new());
        let job = site.program().args(["run", "--input", "-", "--drain"]);
        job.run_with_input(&bytes).expect_code(2).expect_said(what);
        let verify = site.program().args(["verify", "--input", "events.ndjson"]);
        verify.run().expect_code(2).expect_said(what);
    }
}

#[test]
fn a_stream_is_not_told_to_be_sent_again() {
    let site = Site::local();
    // Nothing that is there can be written to: a file stands where a folder has to be, later.
    let job = site
        .program()
        .args(["run", "--input", "-", "--drain", "--drain-timeout", "0s"]);
    let ran = job.run_with_input(sample(50, 1).as_bytes()).expect_code(3);
    assert!(!ran.stderr.contains("the same command"), "{}", ran.stderr);
    assert!(ran.stderr.contains("`bucketline run --drain`"), "{}", ran.stderr);
    site.program()
        .args(["run", "--drain"])
        .run()
        .expect_code(0)
        .expect_said("in all: 50 events delivered");
}
