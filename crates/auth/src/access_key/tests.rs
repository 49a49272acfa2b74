//! Files as AWS made them over the years, and as people spoil them. Knows nothing of where a file lies.

use super::*;
use crate::ErrorKind;

const ID: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

fn id(text: &str) -> AccessKeyId {
    text.parse().unwrap()
}

#[test]
fn every_shape_of_the_downloaded_file_is_read() {
    let shapes = [
        format!("Access key ID,Secret access key\n{ID},{SECRET}\n"),
        format!("\u{feff}Access key ID,Secret access key\r\n{ID},{SECRET}\r\n"),
        format!("\"Access key ID\",\"Secret access key\"\r\n\"{ID}\",\"{SECRET}\""),
        format!("User Name,Access Key Id,Secret Access Key\r\n\"export, acme\",{ID},{SECRET}"),
        format!(
            "User name,Password,Access key ID,Secret access key,Console login link\r\n\
             export,,{ID},{SECRET},https://111122223333.signin.aws.amazon.com/console\r\n\r\n"
        ),
        format!("AWSAccessKeyId={ID}\r\nAWSSecretKey={SECRET}\r\n"),
    ];
    for text in shapes {
        let key = AccessKey::from_aws_csv(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        assert_eq!((key.id().as_str(), key.secret().expose()), (ID, SECRET), "{text}");
        let same = AccessKey::from_secret_text(Some(&id(ID)), &text).unwrap();
        assert_eq!(same, key);
        assert_eq!(AccessKey::from_secret_text(None, &text).unwrap(), key);
    }
}

#[test]
fn a_bare_secret_needs_an_id() {
    let text = format!("{SECRET}\n");
    let key = AccessKey::from_secret_text(Some(&id(ID)), &text).unwrap();
    assert_eq!(key.secret().expose(), SECRET);
    let error = AccessKey::from_secret_text(None, &text).unwrap_err();
    assert!(error.to_string().contains("access_key_id"), "{error}");
}

#[test]
fn a_file_of_another_key_names_both() {
    let text = format!("Access key ID,Secret access key\r\n{ID},{SECRET}\r\n");
    let error = AccessKey::from_secret_text(Some(&id("AKIAI44QH8DHBEXAMPLE")), &text).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidConfig);
    let text = error.to_string();
    assert!(
        text.contains(ID) && text.contains("AKIAI44QH8DHBEXAMPLE") && !text.contains(SECRET),
        "{text}"
    );
}

#[test]
fn of_several_keys_the_one_that_is_named_is_taken() {
    let text = format!(
        "User name,Access key ID,Secret access key\na,{ID},{SECRET}\nb,AKIAI44QH8DHBEXAMPLE,je7MtGbClwBF\n"
    );
    assert!(AccessKey::from_aws_csv(&text).is_err());
    let key = AccessKey::from_secret_text(Some(&id("AKIAI44QH8DHBEXAMPLE")), &text).unwrap();
    assert_eq!(key.secret().expose(), "je7MtGbClwBF");
}

#[test]
fn damaged_files_say_what_is_wrong_and_never_the_secret() {
    let cases = [
        ("Access key ID,Secret access key\n".to_owned(), "no key below"),
        (format!("Access key ID,Secret access key\n{ID}\n"), "line 2"),
        (
            format!("Access key ID,Secret access key\n{SECRET},{ID}\n"),
            "access key id is malformed",
        ),
        (
            format!("Access key ID,Secret access key\n{ID},wJalr XUtn\n"),
            "SignatureDoesNotMatch",
        ),
        (format!("id,key\n{ID},{SECRET}\n"), "heading"),
        (format!("AWSAccessKeyId={ID}\n"), "AWSSecretKey"),
        (String::new(), "heading"),
    ];
    for (text, expected) in cases {
        let error = AccessKey::from_aws_csv(&text).unwrap_err().to_string();
        assert!(error.contains(expected), "{error} should have {expected}");
        assert!(!error.contains("wJalr"), "{error}");
    }
}

#[test]
fn a_temporary_key_keeps_its_token() {
    let key = AccessKey::new(id(ID), SecretAccessKey::parse(SECRET).unwrap())
        .with_session_token(SessionToken::parse("token").unwrap());
    let credentials = key.to_credentials("test");
    assert_eq!(credentials.session_token(), Some("token"));
    assert_eq!(credentials.expiry(), None);
}
