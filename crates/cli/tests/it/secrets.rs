//! Canaries: no secret is in anything that the program says or leaves behind, whatever goes wrong.

use bucketline_testkit::{Fault, Operation};

use crate::cloud::{ACME_SECRET, Cloud, VENDOR_SECRET};
use crate::site::{Site, files};

#[track_caller]
fn silent(text: &str) {
    for secret in [VENDOR_SECRET, ACME_SECRET, "canary"] {
        assert!(!text.contains(secret), "`{secret}` in {text}");
    }
}

#[test]
fn no_secret_in_any_output_nor_in_the_spool() {
    let cloud = Cloud::new();
    let site = cloud.site();
    site.sample(200, 1);
    let run = || silent(&site.run().all());
    run();
    cloud.kit().faults().add(
        Fault::error(403, "SignatureDoesNotMatch")
            .operation(Operation::PutObject)
            .always(),
    );
    site.append("events.ndjson", &crate::site::sample(100, 2));
    run();
    cloud.kit().faults().clear();
    let site_with_wrong_secret = cloud.site().set("ACME_SECRET", "canary-wrong");
    site_with_wrong_secret.sample(100, 1);
    let ran = site_with_wrong_secret.run().expect_code(3);
    silent(&ran.all());
    silent(
        &site
            .program()
            .args(["verify", "--input", "events.ndjson"])
            .run()
            .all(),
    );
    for path in files(&site.file("spool"))
        .into_iter()
        .chain(files(&site_with_wrong_secret.file("spool")))
    {
        silent(&String::from_utf8_lossy(&std::fs::read(path).unwrap()));
    }
}

#[test]
fn no_secret_in_an_error_about_the_configuration() {
    let cloud = Cloud::new();
    let keep = "secret_access_key = { env = \"ACME_SECRET\" }";
    for wrong in [
        "secret_access_key = \"canary\"",
        "secret_access_key = canary",
        "secret_access_key = \"canary",
        "secret_access_key = [\"canary\"]",
        "secret_access_key = { value = \"canary\" }",
        "secret_access_key = { env = [\"canary\"] }",
        "secret = \"canary\"",
        "secret_access_key = { file = \"secret.txt\" }",
    ] {
        let site = cloud.site_with(&Cloud::connectors().replace(keep, wrong));
        site.write("secret.txt", "two canary words\nand lines");
        site.sample(10, 1);
        let ran = site.run().expect_code(2).expect_said("bucketline.toml:");
        silent(&ran.all());
    }
}

#[test]
fn secrets_come_from_files_too_awss_own_csv_included() {
    let cloud = Cloud::new();
    let keep = "access_key_id = \"AKIAACMEBUCKETLINE01\"\nsecret_access_key = { env = \"ACME_SECRET\" }";
    let text = format!("{ACME_SECRET}\r\n");
    let csv = format!("\u{feff}Access key ID,Secret access key\r\nAKIAACMEBUCKETLINE01,{ACME_SECRET}\r\n");
    for (replacement, file) in [
        (
            "access_key_id = \"AKIAACMEBUCKETLINE01\"\nsecret_access_key = { file = \"keys/acme\" }",
            text,
        ),
        ("secret_access_key = { file = \"keys/acme\" }", csv),
    ] {
        let site: Site = cloud.site_with(&Cloud::connectors().replace(keep, replacement));
        std::fs::create_dir(site.file("keys")).unwrap();
        site.write("keys/acme", &file);
        site.sample(50, 1);
        silent(&site.run().expect_code(0).all());
    }
}
