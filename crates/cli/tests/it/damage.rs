//! A spool whose disk has lost a part of it: the program goes on, and says so at every start.

use serde_json::Value;

use crate::site::Site;

/// Changes one bit where the first event of the input is stored.
fn spoil_the_first_batch(site: &Site) {
    let events = std::fs::read_to_string(site.file("events.ndjson")).unwrap();
    let first: Value = serde_json::from_str(events.lines().next().unwrap()).unwrap();
    let id = first["event"]["id"].as_str().unwrap().as_bytes();
    let segment = site.file("spool/shard-00/00000000000000000000.seg");
    let mut bytes = std::fs::read(&segment).unwrap();
    let at = bytes.windows(id.len()).position(|window| window == id).unwrap();
    bytes[at] ^= 1;
    std::fs::write(&segment, &bytes).unwrap();
}

#[test]
fn a_damaged_spool_is_used_on_and_the_damage_is_said_each_time() {
    let site = Site::local();
    site.sample(3_000, 1);
    site.run().expect_code(0);
    spoil_the_first_batch(&site);

    let status = |when: &str| {
        let ran = site
            .program()
            .args(["status", "--format", "json"])
            .run()
            .expect_code(0);
        assert!(ran.stderr.contains("cannot be read"), "{when}: {}", ran.stderr);
        let status: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(status["unreadable"]["stretches"], 1, "{when}: {status:#}");
        let events = status["unreadable"]["events"].as_u64();
        assert!(events > Some(0), "{when}: {status:#}");
        assert_eq!(status["balances"], true, "{when}: {status:#}");
    };
    status("before a start has told it to the log");
    for _ in 0..2 {
        site.run()
            .expect_code(0)
            .expect_said("the disk has damaged the spool: 1 stretch")
            .expect_said("quarantine");
        status("after a start");
    }
    site.prove(3_000);
}

#[test]
fn an_input_that_is_read_again_over_damage_is_named() {
    let site = Site::local();
    site.sample(500, 1);
    site.run().expect_code(0);
    // The one batch there is; the seals and commits behind it stay.
    spoil_the_first_batch(&site);

    site.run()
        .expect_code(0)
        .expect_said("`events.ndjson` was read further before")
        .expect_said("500 lines read, 500 accepted");
    let again = site.run().expect_code(0);
    assert!(!again.stderr.contains("read further"), "{}", again.stderr);
}
