//! `[notify]`: who is told of what, over whole runs and commands of the program.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::cloud::Cloud;
use crate::program::{finish, signal};
use crate::receiver::{Receiver, SECRET};
use crate::site::{ACME, GLOBEX, Site};

/// Both customers, an operator who hears of everything, and Globex, who hears of Globex.
fn site(cloud: &Cloud, operator: &Receiver, globex: &Receiver) -> Site {
    let connectors = Cloud::connectors();
    let site = cloud.site_with(&format!(
        r#"{connectors}
[notify]
log = true

[[notify.webhook]]
id = "operator"
url = "{}"
secret = {{ env = "NEW_SECRET" }}
previous_secret = {{ env = "HOOK_SECRET" }}

[[notify.webhook]]
id = "globex"
url = {{ env = "GLOBEX_HOOK" }}
secret = {{ env = "HOOK_SECRET" }}
workspace = "globex"
events = ["connector.*"]
"#,
        operator.url()
    ));
    site.set("HOOK_SECRET", SECRET)
        .set("NEW_SECRET", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
        .set("GLOBEX_HOOK", globex.url())
}

fn trust(external_id: &str) -> String {
    format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {{"AWS": "arn:aws:iam::999988887777:root"}},
            "Condition": {{"StringEquals": {{"sts:ExternalId": "{external_id}"}}}}}}]}}"#
    )
}

/// What was told of whom, in the order of names, since two connectors' news have none.
fn told(messages: &[Value]) -> Vec<String> {
    let mut told: Vec<String> = messages
        .iter()
        .map(|message| {
            let data = message["data"].as_object().unwrap();
            let subject = ["connector", "grant", "data_export", "export"]
                .iter()
                .find_map(|subject| data.get(*subject)?.as_str());
            format!("{} {}", message["type"].as_str().unwrap(), subject.unwrap())
        })
        .collect();
    told.sort();
    told
}

#[test]
fn a_connector_that_is_blocked_and_recovers_is_told_once_each_to_whom_it_concerns() {
    let cloud = Cloud::new();
    let (operator, globex) = (Receiver::start(), Receiver::start());
    let site = site(&cloud, &operator, &globex);
    let world = cloud.kit().world();
    world
        .set_trust_policy("444455556666", "export", &trust("another"))
        .unwrap();
    let events = site.sample(300, 1);
    let ran = site.run().expect_code(3);
    assert!(!ran.all().contains("canary-path"), "{}", ran.all());

    let first = operator.news();
    assert_eq!(
        told(&first),
        [
            format!("connector.blocked {GLOBEX}"),
            format!("connector.launched {ACME}")
        ]
    );
    let blocked = globex.news();
    assert_eq!(told(&blocked), [format!("connector.blocked {GLOBEX}")]);
    let data = &blocked[0]["data"];
    assert_eq!(
        (&data["workspace"], &data["name"], &data["cause"], &data["turn"]),
        (
            &"globex".into(),
            &"Globex".into(),
            &"auth".into(),
            &"customer".into()
        )
    );
    let what = data["what"].as_str().unwrap();
    assert!(
        what.contains("AccessDenied") && what.contains("request id"),
        "{what}"
    );
    assert!(data["remedy"].as_str().unwrap().len() > 10, "{data:#}");
    assert!(data["pending"].as_u64().unwrap() > 50, "{data:#}");
    assert!(data["since"].is_string());
    // Names and counts, and nothing of what is delivered.
    let text: String = first.iter().chain(&blocked).map(Value::to_string).collect();
    for line in events.lines().take(300) {
        let event: BTreeMap<String, Value> = serde_json::from_str(line).unwrap();
        let id = event["event"]["id"].as_str().unwrap();
        assert!(!text.contains(id), "{id}");
    }

    site.run().expect_code(3);
    assert_eq!(told(&operator.news()), [""; 0], "a restart is no news");

    world
        .set_trust_policy("444455556666", "export", &trust(crate::cloud::EXTERNAL_ID))
        .unwrap();
    site.run().expect_code(0);
    for receiver in [&operator, &globex] {
        assert_eq!(told(&receiver.news()), [format!("connector.recovered {GLOBEX}")]);
    }
    site.run().expect_code(0);
    assert_eq!(told(&operator.news()), [""; 0], "nothing has changed");
}

#[test]
fn checks_are_told_when_their_outcome_changes_and_by_the_run_that_lives() {
    let cloud = Cloud::new();
    let (operator, globex) = (Receiver::start(), Receiver::start());
    let site = site(&cloud, &operator, &globex);
    let world = cloud.kit().world();
    world
        .set_trust_policy("444455556666", "export", &trust("another"))
        .unwrap();
    let check = |code| site.program().args(["check"]).run().expect_code(code);
    check(1);
    let news = operator.news();
    assert_eq!(
        told(&news),
        [format!("check.failed {GLOBEX}"), format!("check.passed {ACME}")]
    );
    let failed = news
        .iter()
        .find(|message| message["type"] == "check.failed")
        .unwrap();
    assert_eq!(failed["data"]["cause"], "identity", "{failed:#}");
    assert_eq!(failed["data"]["aws"]["action"], "sts:AssumeRole", "{failed:#}");
    assert!(
        globex.news().is_empty(),
        "it asked for its connectors' news alone"
    );
    check(1);
    assert_eq!(told(&operator.news()), [""; 0], "the same outcome");

    // What a command finds beside a run is told by the run.
    let run = site.program().args(["run"]).start();
    while !site.file("spool/LOCK").exists() && !site.file("spool/shard-00").exists() {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    world
        .set_trust_policy("444455556666", "export", &trust(crate::cloud::EXTERNAL_ID))
        .unwrap();
    check(0);
    assert_eq!(told(&operator.wait_for(1)), [format!("check.passed {GLOBEX}")]);
    signal(&run, "TERM");
    finish(run).expect_code(0);
}

#[test]
fn a_run_with_a_failed_check_says_so_and_the_log_has_it_too() {
    let cloud = Cloud::new();
    let (operator, globex) = (Receiver::start(), Receiver::start());
    let site = site(&cloud, &operator, &globex);
    let world = cloud.kit().world();
    world
        .set_trust_policy("444455556666", "export", &trust("another"))
        .unwrap();
    site.sample(100, 1);
    let ran = site.job().args(["--check", "--log", "json"]).run().expect_code(3);
    assert_eq!(
        told(&operator.news()),
        [
            format!("check.failed {GLOBEX}"),
            format!("check.passed {ACME}"),
            format!("connector.blocked {GLOBEX}"),
            format!("connector.launched {ACME}"),
        ]
    );
    let logged: Vec<Value> = ran
        .stderr
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let of = |kind: &str| logged.iter().find(|line| line["kind"] == kind).unwrap().clone();
    assert_eq!(of("connector.blocked")["level"], "WARN");
    assert_eq!(of("connector.launched")["workspace"], "acme");
}

#[test]
fn exports_are_told_and_a_receiver_without_its_secret_stops_a_run_before_it_begins() {
    let cloud = Cloud::new();
    let (operator, globex) = (Receiver::start(), Receiver::start());
    let site = site(&cloud, &operator, &globex);
    site.write("users.ndjson", "{\"id\":1}\n{\"id\":2}\n");
    site.write("broken.ndjson", "{\"id\":1}\nno json\n");
    for rows in ["users", "broken"] {
        site.write(
            &format!("{rows}.toml"),
            &format!(
                "workspace = \"acme\"\nkind = \"csv-export\"\nsegment = \"s1\"\nrows = {{ ndjson = \"{rows}.ndjson\" }}\n\
                 columns = [\"id\"]\n"
            ),
        );
    }
    let export = |job: &str| site.program().args(["export", "run", job]).run();
    export("users.toml").expect_code(0);
    export("broken.toml").expect_code(3);
    let news = operator.news();
    let kinds: Vec<&str> = news
        .iter()
        .map(|message| message["type"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["export.completed", "export.failed"]);
    assert_eq!(
        (&news[0]["data"]["rows"], &news[0]["data"]["workspace"]),
        (&2.into(), &"acme".into())
    );
    assert!(
        news[1]["data"]["what"]
            .as_str()
            .unwrap()
            .contains("broken.ndjson"),
        "{news:#?}"
    );

    site.sample(10, 1);
    let without = site.set("GLOBEX_HOOK", "");
    without
        .run()
        .expect_code(2)
        .expect_said("bucketline.toml:")
        .expect_said("`GLOBEX_HOOK` is not set");
    assert!(!without.file("spool").exists(), "nothing was begun");
}

#[test]
fn a_loss_that_comes_near_and_comes_is_told_with_how_much_it_was() {
    let cloud = Cloud::new();
    let (operator, globex) = (Receiver::start(), Receiver::start());
    let site = site(&cloud, &operator, &globex);
    let config = std::fs::read_to_string(site.file("bucketline.toml")).unwrap();
    let config = config.replace("dir = \"spool\"", "dir = \"spool\"\nretention = \"10s\"");
    site.write("bucketline.toml", &config);
    let world = cloud.kit().world();
    world
        .set_trust_policy("444455556666", "export", &trust("another"))
        .unwrap();
    site.sample(200, 1);
    let run = site
        .program()
        .args([
            "run",
            "bucketline.toml",
            "--input",
            "events.ndjson",
            "--drain-timeout",
            "1s",
        ])
        .start();
    let mut told = Vec::new();
    while !told
        .iter()
        .any(|message: &Value| message["type"] == "connector.dropped")
    {
        let news = globex.wait_for(1);
        assert!(!news.is_empty(), "{told:#?}");
        told.extend(news);
    }
    signal(&run, "TERM");
    finish(run);
    let of = |kind: &str| {
        told.iter()
            .filter(|message| message["type"] == kind)
            .collect::<Vec<_>>()
    };
    let percents: Vec<u64> = of("connector.warned")
        .iter()
        .map(|message| message["data"]["percent"].as_u64().unwrap())
        .collect();
    assert!(percents.is_sorted() && !percents.is_empty(), "{percents:?}");
    assert!(of("connector.warned")[0]["data"]["loss_at"].is_string());
    let [dropped] = of("connector.dropped")[..] else {
        panic!("{told:#?}")
    };
    let dropped = &dropped["data"]["dropped"];
    assert_eq!(dropped["reason"], "retention", "{dropped}");
    assert!(
        dropped["count"].as_u64().unwrap() > 0 && dropped["bytes"].as_u64().unwrap() > 0,
        "{dropped}"
    );
}
