//! Stores that speak S3 and are not AWS: what they do otherwise is found out and told, and what they refuse has a setting.

use bucketline_testkit::seed::Bucket;

use crate::cloud::Cloud;
use crate::site::{ACME, GLOBEX};

#[test]
fn a_store_that_overwrites_is_shown_as_no_protection_against_a_second_writer() {
    let said = "no protection against a second writer";
    let cloud = Cloud::with(Bucket::ignore_conditions);
    let site = cloud.site();
    site.sample(2_000, 1);
    let ran = site.run().expect_code(0);
    assert_eq!(
        ran.stderr.matches(said).count(),
        1,
        "once for the store: {}",
        ran.stderr
    );
    site.prove(2_000);
    let keys = cloud.keys("acme-events");
    assert!(keys.iter().all(|key| key.starts_with("currents/")), "{keys:?}");

    let cloud = Cloud::new();
    let site = cloud.site();
    site.sample(2_000, 1);
    let ran = site.run().expect_code(0);
    assert!(!ran.stderr.contains(said), "{}", ran.stderr);
}

#[test]
fn a_store_that_refuses_checksums_is_named_with_its_setting_and_served_with_it() {
    let cloud = Cloud::with(Bucket::refuse_checksums);
    let site = cloud.site();
    site.sample(500, 1);
    let ran = site.run().expect_code(3);
    for id in [ACME, GLOBEX] {
        let line = ran.stdout.lines().find(|line| line.contains(id)).unwrap();
        assert!(
            line.contains("blocked (bucket)") && line.contains("checksum = \"off\""),
            "{line}"
        );
    }

    let connectors = Cloud::connectors().replace("\nbucket = ", "\nchecksum = \"off\"\nbucket = ");
    site.configure(&connectors);
    site.run().expect_code(0);
    site.prove(500);

    site.configure(&connectors.replace("\"off\"", "\"md5\""));
    site.run()
        .expect_code(2)
        .expect_said("`md5` is no checksum")
        .expect_said("or `off` for a store that refuses it");
}
