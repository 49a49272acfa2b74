//! The log itself: read and proved, and marked where it came from a backup.

use serde_json::Value;

use crate::site::Site;

#[test]
fn a_whole_log_is_proved_and_a_damaged_one_is_a_finding() {
    let site = Site::local();
    site.sample(300, 1);
    site.run().expect_code(0);
    let verify = |code| {
        let args = ["spool", "verify", "--format", "json"];
        let ran = site.program().args(args).run().expect_code(code);
        serde_json::from_str::<Value>(&ran.stdout).unwrap()
    };
    let whole = verify(0);
    assert_eq!(whole["unreadable"].as_array().map(Vec::len), Some(0), "{whole:#}");
    let segment = site.file("spool/shard-00/00000000000000000000.seg");
    let mut bytes = std::fs::read(&segment).unwrap();
    assert_eq!(whole["bytes"], bytes.len(), "{whole:#}");
    bytes[1_000] ^= 1;
    std::fs::write(&segment, &bytes).unwrap();
    let spoilt = verify(1);
    assert_eq!(
        spoilt["unreadable"].as_array().map(Vec::len),
        Some(1),
        "{spoilt:#}"
    );
}

#[test]
fn what_the_log_says_is_printed_frame_by_frame_without_the_text_of_events() {
    let site = Site::local();
    let text = site.sample(300, 1);
    site.run().expect_code(0);
    let inspect = |more: &[&str]| {
        let args = ["spool", "inspect"].into_iter().chain(more.iter().copied());
        site.program().args(args).run().expect_code(0).stdout
    };
    let lines: Vec<Value> = inspect(&["--format", "json"])
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let sum = |kind: &str| {
        let of = lines.iter().filter(|line| line["kind"] == *kind);
        of.map(|line| line["events"].as_u64().unwrap()).sum::<u64>()
    };
    assert_eq!((sum("seal"), sum("commit")), (300, 300));
    let places: Vec<u64> = lines.iter().map(|line| line["place"].as_u64().unwrap()).collect();
    assert!(places.is_sorted());
    let event: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    let id = event["event"]["id"].as_str().unwrap();
    assert!(!inspect(&[]).contains(id));
    let seals = inspect(&["--kind", "seal", "--most", "2"]);
    assert_eq!(seals.lines().count(), 2, "{seals}");
    assert!(seals.lines().all(|line| line.contains(".avro")), "{seals}");
    let last = places.last().unwrap().to_string();
    assert_eq!(inspect(&["--from", &last]).lines().count(), 1);
}

#[test]
fn a_spool_from_a_backup_can_be_marked_and_goes_on() {
    let site = Site::local();
    site.program()
        .args(["spool", "restored"])
        .run()
        .expect_code(2)
        .expect_said("no spool yet");
    site.sample(300, 1);
    site.run().expect_code(0);
    site.program()
        .args(["spool", "restored"])
        .run()
        .expect_code(0)
        .expect_said("set aside");
    site.run().expect_code(0);
    site.prove(300);
}
