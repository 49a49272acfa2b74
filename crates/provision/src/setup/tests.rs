//! What can be set up, and what is refused before anything is asked of AWS.

use super::*;

fn builder() -> SetupBuilder {
    Setup::builder("acme-events".parse().unwrap(), "eu-central-1".parse().unwrap())
}

fn refusal(builder: SetupBuilder) -> String {
    builder.build().unwrap_err().to_string()
}

#[test]
fn a_long_bucket_name_still_names_a_role() {
    let bucket = "b".repeat(63);
    let setup = Setup::builder(bucket.parse().unwrap(), "us-east-1".parse().unwrap());
    assert_eq!(setup.build().unwrap().name().as_str().len(), 64);
}

#[test]
fn data_exports_have_their_own_roots_and_no_folder() {
    let both = builder()
        .integration(Integration::Both)
        .folder("events")
        .build()
        .unwrap();
    let text = both.policy().to_json();
    for root in [
        "acme-events/events/*",
        "segment-export/*",
        "sent_messages/*",
        "AbortMultipartUpload",
    ] {
        assert!(text.contains(root), "{root}: {text}");
    }
    let refused = refusal(builder().integration(Integration::DataExport).folder("events"));
    assert!(refused.contains("fixed roots"), "{refused}");
}

#[test]
fn a_key_or_a_vendor_of_another_place_is_refused() {
    let key = "kms:arn:aws:kms:us-east-1:111122223333:key/1";
    let refused = refusal(builder().encryption(key.parse().unwrap()));
    assert!(refused.contains("not in the bucket's region"), "{refused}");
    let vendor = Vendor::Principal("arn:aws-cn:iam::999988887777:role/exporter".parse().unwrap());
    let external_id = "acme-1".parse().unwrap();
    let refused = refusal(builder().method(Method::Role { vendor, external_id }));
    assert!(refused.contains("another partition"), "{refused}");
}

#[test]
fn more_folders_than_a_user_has_room_for_are_refused_with_a_way_out() {
    let mut many = builder();
    for n in 0..30 {
        many = many.folder(format!("folder-{n}"));
    }
    let refused = refusal(many.clone());
    assert!(refused.contains("use a role"), "{refused}");
    let vendor = Vendor::Account("999988887777".parse().unwrap());
    let external_id = "acme-1".parse().unwrap();
    assert!(many.method(Method::Role { vendor, external_id }).build().is_ok());
}
