//! The validated names against simple models of what AWS takes.

use bucketline_auth::{AccessKeyId, ExternalId, Region, RoleArn, SecretAccessKey, SessionName};
use proptest::prelude::*;

proptest! {
    #[test]
    fn external_ids_are_those_that_sts_takes(text in "[ -~é]{0,40}") {
        let model = (2..=1224).contains(&text.len())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || "_+=,.@:/-".contains(c));
        prop_assert_eq!(text.parse::<ExternalId>().is_ok(), model);
    }

    #[test]
    fn session_names_are_those_that_sts_takes(text in "[ -~]{0,70}|[a-z=,.@-]{0,70}") {
        let model = (2..=64).contains(&text.len())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c));
        prop_assert_eq!(text.parse::<SessionName>().is_ok(), model);
    }

    #[test]
    fn access_key_ids_keep_their_rule_and_their_text(text in "[A-Za-z0-9_ /-]{0,130}") {
        let model = (3..=128).contains(&text.len()) && !text.contains([' ', '/']);
        match text.parse::<AccessKeyId>() {
            Ok(id) => {
                prop_assert!(model);
                prop_assert_eq!(id.as_str(), text.as_str());
            }
            Err(error) => {
                prop_assert!(!model);
                prop_assert!(text.len() < 8 || !error.to_string().contains(&text));
            }
        }
    }

    #[test]
    fn a_valid_role_comes_apart_into_what_it_was_made_of(
        account in "[0-9]{12}",
        path in "(/[a-z0-9.]{1,9}){0,3}/",
        name in "[A-Za-z0-9_+=,.@-]{1,64}",
    ) {
        let text = format!("arn:aws:iam::{account}:role{path}{name}");
        let role: RoleArn = text.parse().unwrap();
        prop_assert_eq!(role.account().to_string(), account);
        prop_assert_eq!((role.path(), role.name()), (path.as_str(), name.as_str()));
        prop_assert_eq!(role.to_string(), text);
    }

    #[test]
    fn no_text_makes_a_name_panic(text in ".{0,80}") {
        let _ = (text.parse::<RoleArn>(), text.parse::<Region>(), text.parse::<ExternalId>());
        let _ = bucketline_auth::AccessKey::from_aws_csv(&text);
    }

    #[test]
    fn a_secret_is_what_stands_between_the_whitespace(secret in "[A-Za-z0-9/+]{1,60}", before in "[ \t\n]{0,3}", after in "[ \r\n]{0,3}") {
        let parsed = SecretAccessKey::parse(&format!("{before}{secret}{after}")).unwrap();
        prop_assert_eq!(parsed.expose(), secret.as_str());
    }
}

#[test]
fn lengths_at_their_limits() {
    assert!("x".repeat(1224).parse::<ExternalId>().is_ok());
    assert!("x".repeat(1225).parse::<ExternalId>().is_err());
    let path = format!("/{}/", "p".repeat(510));
    assert!(
        format!("arn:aws:iam::111122223333:role{path}r")
            .parse::<RoleArn>()
            .is_ok()
    );
    let path = format!("/{}/", "p".repeat(511));
    assert!(
        format!("arn:aws:iam::111122223333:role{path}r")
            .parse::<RoleArn>()
            .is_err()
    );
}

#[test]
fn names_are_read_and_written_as_text() {
    let id: ExternalId = serde_json::from_str("\"bl-1\"").unwrap();
    assert_eq!(serde_json::to_string(&id).unwrap(), "\"bl-1\"");
    assert!(serde_json::from_str::<ExternalId>("\"a b\"").is_err());
}
