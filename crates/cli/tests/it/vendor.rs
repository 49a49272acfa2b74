//! Who we are, from each place in which every AWS tool looks; and what is said where none of them knows.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use crate::cloud::{Cloud, VENDOR_SECRET};
use crate::program::Ran;
use crate::site::{GLOBEX, Site};

const KEY: &str = "AKIAVENDOREXPORTER01";

/// An instance's metadata service and a container's credentials endpoint in one, on this machine.
fn metadata_service() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let key = format!(
        r#"{{"Code": "Success", "Type": "AWS-HMAC", "LastUpdated": "2026-01-01T00:00:00Z", "AccessKeyId": "ASIAOFTHEMETADATA001",
            "SecretAccessKey": "{VENDOR_SECRET}", "Token": "a-token", "Expiration": "2099-01-01T00:00:00Z"}}"#
    );
    #[expect(clippy::disallowed_methods, reason = "the service runs beside the program")]
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut head = [0; 4096];
            let length = stream.read(&mut head).unwrap_or(0);
            let text = String::from_utf8_lossy(&head[..length]).into_owned();
            let path = text.split(' ').nth(1).unwrap_or_default();
            let (ttl, body) = match path {
                "/latest/api/token" => ("x-aws-ec2-metadata-token-ttl-seconds: 21600\r\n", "a-token"),
                path if path.ends_with("/security-credentials/") => ("", "exporter"),
                _ => ("", key.as_str()),
            };
            let answer = format!(
                "HTTP/1.1 200 OK\r\n{ttl}content-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    address
}

/// A site whose variables hold no access key of ours.
fn anonymous(cloud: &Cloud) -> Site {
    let site = cloud
        .site()
        .set("AWS_ACCESS_KEY_ID", "")
        .set("AWS_SECRET_ACCESS_KEY", "");
    site.sample(300, 1);
    site
}

#[test]
fn a_profile_of_the_shared_file_assumes_the_role() {
    let cloud = Cloud::new();
    let site = anonymous(&cloud)
        .set("AWS_SHARED_CREDENTIALS_FILE", "credentials")
        .set("AWS_PROFILE", "exporter");
    site.write(
        "credentials",
        &format!("[exporter]\naws_access_key_id = {KEY}\naws_secret_access_key = {VENDOR_SECRET}\n"),
    );
    site.run().expect_code(0);
    site.prove(300);
}

/// The service's key is one that this AWS does not know, so that its words show which key signed.
fn expect_signed_by_the_service(ran: &Ran) {
    let line = ran.stdout.lines().find(|line| line.contains(GLOBEX)).unwrap();
    assert!(
        [
            "InvalidClientTokenId",
            "our own credentials",
            "blocked (vendor)",
            "(turn: us)"
        ]
        .iter()
        .all(|text| line.contains(text)),
        "{line}"
    );
}

#[test]
fn a_container_s_credentials_sign_the_call_for_the_role() {
    let cloud = Cloud::new();
    let uri = format!("{}/credentials", metadata_service());
    let site = anonymous(&cloud).set("AWS_CONTAINER_CREDENTIALS_FULL_URI", &uri);
    expect_signed_by_the_service(&site.run().expect_code(3));
}

#[test]
fn an_instance_s_credentials_sign_the_call_for_the_role() {
    let cloud = Cloud::new();
    let site = anonymous(&cloud)
        .set("AWS_EC2_METADATA_DISABLED", "false")
        .set("AWS_EC2_METADATA_SERVICE_ENDPOINT", &metadata_service());
    expect_signed_by_the_service(&site.run().expect_code(3));
}

#[test]
fn a_profile_that_is_not_there_is_named() {
    let cloud = Cloud::new();
    let site = anonymous(&cloud)
        .set("AWS_SHARED_CREDENTIALS_FILE", "credentials")
        .set("AWS_PROFILE", "misspelt");
    site.write(
        "credentials",
        &format!("[exporter]\naws_access_key_id = {KEY}\naws_secret_access_key = {VENDOR_SECRET}\n"),
    );
    let ran = site.run().expect_code(3);
    let said = format!("{}{}", ran.stdout, ran.stderr);
    assert!(
        said.contains("profile: profile `misspelt` was not defined"),
        "{said}"
    );
}

#[test]
fn every_place_that_was_asked_says_why_it_has_nothing() {
    let cloud = Cloud::new();
    let ran = anonymous(&cloud).run().expect_code(3);
    let said = format!("{}{}", ran.stdout, ran.stderr);
    for place in [
        "environment: `AWS_ACCESS_KEY_ID`",
        "profile: ",
        "web identity: ",
        "container: ",
        "instance metadata: ",
        "our own credentials",
        "blocked (vendor)",
        "(turn: us)",
    ] {
        assert!(said.contains(place), "`{place}` is not in {said}");
    }
    assert!(
        !cloud.keys("acme-events").is_empty(),
        "whoever gave a key is served"
    );
}
