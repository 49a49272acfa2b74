//! The text of an error, and the way it is found again below the errors of others.

use super::*;

#[test]
fn the_text_says_where_what_and_what_next() {
    let error = Error::new(ErrorKind::Denied, "the role may not be assumed")
        .with_operation("AssumeRole")
        .with_subject("arn:aws:iam::111122223333:role/export")
        .with_code("AccessDenied")
        .with_status(403)
        .with_request_id("7f3e")
        .with_remedy("look at the trust policy");
    assert_eq!(
        error.to_string(),
        "AssumeRole of `arn:aws:iam::111122223333:role/export`: the role may not be assumed \
         [AccessDenied, HTTP 403, request id `7f3e`]; look at the trust policy"
    );
}

#[test]
fn it_is_found_again_below_the_sdk_s_own_errors() {
    let error = Error::new(ErrorKind::Denied, "no").with_code("AccessDenied");
    let wrapped = CredentialsError::from(error);
    assert_eq!(
        Error::find_in(&wrapped).and_then(Error::code),
        Some("AccessDenied")
    );
    assert_eq!(Error::from_provider(wrapped).kind(), ErrorKind::Denied);
}

#[test]
fn the_sdk_s_words_for_not_loaded_are_kept_so_that_its_chains_fall_through() {
    let wrapped = CredentialsError::from(Error::new(ErrorKind::NotLoaded, "no"));
    assert!(matches!(wrapped, CredentialsError::CredentialsNotLoaded(_)));
}

#[test]
fn an_answer_of_many_lines_becomes_one_short_line() {
    let error = Error::new(
        ErrorKind::Unexpected,
        format!("a\r\n\u{1b}[31m{}", "x".repeat(10_000)),
    );
    assert!(!error.message().contains(|c: char| c.is_control()));
    assert!(error.message().chars().count() <= MAX_MESSAGE + 1);
}

#[test]
fn only_errors_without_an_answer_leave_the_effect_open() {
    assert_eq!(Error::new(ErrorKind::TimedOut, "x").effect(), CallEffect::Unknown);
    assert_eq!(
        Error::new(ErrorKind::Denied, "x").effect(),
        CallEffect::NotApplied
    );
}
