//! The ledger: what became of every line and event, in three forms, and counted anew from the log.

use serde_json::Value;

use crate::site::Site;

#[test]
fn the_ledger_accounts_for_every_line_and_every_event() {
    let site = Site::local();
    let ledger = |args: &[&str]| {
        let ran = site.program().args(["ledger"]).args(args.iter().copied()).run();
        ran.expect_code(0).stdout
    };
    let empty: Value = serde_json::from_str(&ledger(&["--format", "json"])).unwrap();
    assert_eq!(empty["workspaces"], serde_json::json!([]), "{empty:#}");
    assert_eq!(
        empty["connectors"][0]["event_types"],
        serde_json::json!([]),
        "{empty:#}"
    );

    site.sample(300, 1);
    site.run().expect_code(0);
    let counts: Value = serde_json::from_str(&ledger(&["--format", "json"])).unwrap();
    let number = |value: &Value| value.as_u64().unwrap();
    let mut lines = 0;
    for workspace in counts["workspaces"].as_array().unwrap() {
        let sum = ["accepted", "duplicate", "rejected"].map(|name| number(&workspace[name]));
        assert_eq!(number(&workspace["received"]), sum.iter().sum::<u64>());
        lines += number(&workspace["received"]);
    }
    assert_eq!(lines, 300);
    let mut delivered = 0;
    for connector in counts["connectors"].as_array().unwrap() {
        let mut keys: Vec<_> = connector.as_object().unwrap().keys().collect();
        keys.sort();
        assert_eq!(keys, ["connector", "event_types", "workspace"]);
        for events in connector["event_types"].as_array().unwrap() {
            let sum = ["delivered", "dropped", "pending"].map(|name| number(&events[name]));
            assert_eq!(number(&events["admitted"]), sum.iter().sum::<u64>());
            assert_eq!(events["drops"], serde_json::json!([]));
            delivered += number(&events["delivered"]);
        }
    }
    assert!(delivered > 0, "{counts:#}");

    let table = ledger(&["--format", "csv"]);
    let fields = |line: &str| line.split(',').count();
    assert!(table.lines().all(|line| fields(line) == 12), "{table}");
    let column = |line: &str, place| {
        line.split(',')
            .nth(place)
            .and_then(|text| text.parse::<u64>().ok())
    };
    let of_table: u64 = table.lines().filter_map(|line| column(line, 5)).sum();
    assert_eq!(of_table, delivered, "{table}");
    assert!(ledger(&[]).contains("admitted: "));
}

#[test]
fn a_ledger_is_counted_anew_from_its_log() {
    let site = Site::local();
    site.sample(300, 1);
    site.run().expect_code(0);
    let verify = || site.program().args(["ledger", "verify"]).run();
    assert!(
        verify()
            .expect_code(0)
            .stdout
            .contains("the log comes to the same")
    );
    // A frame that cannot be read any more is not counted, and that is said.
    let segment = site.file("spool/shard-00/00000000000000000000.seg");
    let mut bytes = std::fs::read(&segment).unwrap();
    bytes[1_000] ^= 1;
    std::fs::write(&segment, &bytes).unwrap();
    verify().expect_said("cannot be read");
}
