//! Exports into customers' buckets, over an AWS that checks signatures and policies.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use bucketline_policy::exporter::template::{ExportScope, least_privilege};
use bucketline_testkit::{Fault, Operation};

use crate::cloud::Cloud;
use crate::site::Site;

/// Globex has an integration of its own, by role, in a folder; its downloads lie in the vendor's own bucket.
fn site(cloud: &Cloud) -> Site {
    let site = cloud.site_with(&format!(
        "{}\n[[data_export]]\nworkspace = \"globex\"\ngrant = \"globex-role\"\nbucket = \"globex-events\"\nfolder = \"team\"\n\
         [exports]\ngrant = \"acme-key\"\nbucket = \"acme-events\"\nfolder = \"downloads\"\n",
        Cloud::connectors()
    ));
    site.write(
        "users.ndjson",
        &(0..60).map(|n| format!("{{\"id\":{n}}}\n")).collect::<String>(),
    );
    for (name, workspace, kind) in [
        ("segment.toml", "globex", "segment-export"),
        ("csv.toml", "globex", "csv-export"),
        ("other.toml", "acme", "csv-export"),
    ] {
        let split = if kind == "segment-export" {
            "users_per_file = 25\n"
        } else {
            ""
        };
        site.write(
            name,
            &format!(
                "workspace = \"{workspace}\"\nkind = \"{kind}\"\nsegment = \"s1\"\n{split}rows = {{ ndjson = \"users.ndjson\" }}\n"
            ),
        );
    }
    site
}

/// What a data export's role has to have.
fn allow(cloud: &Cloud) {
    let scope = ExportScope::new("globex-events".parse().unwrap()).data_export_in("team");
    let policy = least_privilege(&scope).unwrap().to_json();
    cloud
        .kit()
        .world()
        .set_role_policy("444455556666", "export", "write", Some(&policy))
        .unwrap();
}

/// As somebody does who has nothing but the link.
fn fetch(link: &str) -> Vec<u8> {
    let (host, path) = link.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut socket = TcpStream::connect(host).unwrap();
    let request = format!("GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).unwrap();
    answer
}

fn run(site: &Site, args: &[&str]) -> crate::program::Ran {
    site.program()
        .args(std::iter::once("export").chain(args.iter().copied()))
        .run()
}

#[test]
fn an_integration_is_used_once_it_passed_its_check_deletion_included() {
    let cloud = Cloud::new();
    let site = site(&cloud);
    // The role may put and get, and not delete.
    run(&site, &["save", "globex"])
        .expect_code(1)
        .expect_said("s3:DeleteObject");
    let refused = run(&site, &["run", "segment.toml"]).expect_code(3);
    assert!(
        refused
            .stdout
            .contains("is not used: its check failed at `delete`"),
        "{}",
        refused.all()
    );
    assert_eq!(cloud.keys("globex-events"), ["_bucketline/check"]);

    allow(&cloud);
    run(&site, &["save", "globex"])
        .expect_code(0)
        .expect_said("the integration is saved");
    let asked = cloud.kit().requests().of(Operation::DeleteObject);
    run(&site, &["run", "segment.toml"])
        .expect_code(0)
        .expect_said("60 rows in 3 files");
    assert_eq!(
        cloud.kit().requests().of(Operation::DeleteObject),
        asked,
        "it is not tested again"
    );
    let keys: Vec<String> = cloud.keys("globex-events");
    let files = keys
        .iter()
        .filter(|key| key.starts_with("team/segment-export/s1/"))
        .count();
    assert_eq!(
        (
            files,
            keys.iter().filter(|key| key.ends_with("/manifest.json")).count()
        ),
        (4, 1),
        "{keys:?}"
    );
    assert!(
        cloud.keys("acme-events").is_empty(),
        "no download: {:?}",
        cloud.keys("acme-events")
    );
}

#[test]
fn a_report_has_a_link_into_the_vendors_bucket_and_a_backup_in_the_customers() {
    let cloud = Cloud::new();
    let site = site(&cloud);
    allow(&cloud);
    let ran = run(&site, &["run", "csv.toml", "--format", "json"]).expect_code(0);
    let shown: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let link = shown["download"].as_str().unwrap();
    assert!(
        link.contains("/acme-events/downloads/globex/segment-export/s1/"),
        "{link}"
    );
    assert!(
        link.contains("X-Amz-Expires=14400") && link.contains("X-Amz-Signature="),
        "{link}"
    );
    assert!(
        !link.contains("expected-bucket-owner"),
        "a browser sends no such header: {link}"
    );
    let answer = fetch(link);
    let body = answer.windows(4).position(|part| part == b"\r\n\r\n").unwrap() + 4;
    assert!(answer.starts_with(b"HTTP/1.1 200 "), "{link}");
    assert!(answer[body..].starts_with(b"PK"), "a zip");
    let own = cloud.keys("acme-events");
    assert!(
        own.iter()
            .all(|key| key.starts_with("downloads/globex/segment-export/s1/")),
        "{own:?}"
    );
    let backup: Vec<String> = cloud.keys("globex-events");
    assert_eq!(
        backup
            .iter()
            .filter(|key| key.starts_with("team/segment-export/s1/"))
            .count(),
        2,
        "{backup:?}"
    );

    // Another tenant, the same segment: a folder of its own, and nothing in the first one's bucket.
    run(&site, &["run", "other.toml"]).expect_code(0);
    let own = cloud.keys("acme-events");
    assert_eq!(
        own.iter()
            .filter(|key| key.starts_with("downloads/acme/"))
            .count(),
        2,
        "{own:?}"
    );
    assert_eq!(cloud.keys("globex-events"), backup);
}

#[test]
fn trouble_of_the_store_is_lived_through_and_a_refusal_leaves_nothing() {
    let cloud = Cloud::new();
    let site = site(&cloud);
    allow(&cloud);
    run(&site, &["save", "globex"]).expect_code(0);
    let faults = cloud.kit().faults();
    faults.add(
        Fault::error(503, "SlowDown")
            .operation(Operation::PutObject)
            .times(2),
    );
    run(&site, &["run", "segment.toml"]).expect_code(0);
    assert_eq!(faults.struck(), 2);
    let before = cloud.keys("globex-events").len();

    cloud
        .kit()
        .world()
        .set_role_policy(
            "444455556666",
            "export",
            "never",
            Some(r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"}]}"#),
        )
        .unwrap();
    let ran = run(&site, &["run", "segment.toml"]).expect_code(3);
    assert!(ran.stdout.contains("AccessDenied"), "{}", ran.all());
    assert_eq!(cloud.keys("globex-events").len(), before);
}

#[test]
fn a_large_file_goes_out_in_parts_and_none_is_left_behind() {
    let cloud = Cloud::new();
    let site = site(&cloud);
    allow(&cloud);
    run(&site, &["save", "globex"]).expect_code(0);
    // Noise: packed, it is still larger than a part.
    let mut state = 20_261_127_u64;
    let mut noise = String::new();
    for row in 0..360 {
        noise.push_str(&format!("{{\"id\":{row},\"noise\":\""));
        for _ in 0..64 << 6 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            noise.push_str(&format!("{state:016x}"));
        }
        noise.push_str("\"}\n");
    }
    site.write("users.ndjson", &noise);
    site.write(
        "large.toml",
        "workspace = \"globex\"\nkind = \"segment-export\"\nsegment = \"s1\"\nusers_per_file = 0\n\
         rows = { ndjson = \"users.ndjson\" }\n",
    );
    let faults = cloud.kit().faults();
    faults.add(
        Fault::error(503, "SlowDown")
            .operation(Operation::UploadPart)
            .times(2),
    );
    run(&site, &["run", "large.toml"])
        .expect_code(0)
        .expect_said("360 rows in 1 file");
    let world = cloud.kit().world();
    let zip = world
        .objects("globex-events")
        .into_iter()
        .find(|object| object.key.ends_with(".zip"))
        .unwrap();
    assert!(world.object("globex-events", &zip.key).unwrap().body().len() > 12 << 20);
    assert!(cloud.kit().requests().of(Operation::UploadPart) >= 4);
    assert!(world.pending_uploads("globex-events").is_empty());
}
