//! What is certain of AWS's global condition keys, whoever asks
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>). Knows no caller.

use super::text::{Glob, Symbol};

/// Whether every request carries the key. All in lower case.
pub(super) fn is_always_present(key: &str) -> bool {
    matches!(
        key,
        "aws:currenttime" | "aws:epochtime" | "aws:securetransport" | "aws:requestedregion"
    )
}

/// All values that the key can have, where that is certain.
pub(super) fn domain(key: &str) -> Option<Vec<Glob>> {
    let words = |words: &[&str]| -> Vec<Glob> { words.iter().map(|word| glob(word)).collect() };
    Some(match key {
        "aws:securetransport"
        | "aws:principalisawsservice"
        | "aws:viaawsservice"
        | "aws:multifactorauthpresent" => words(&["true", "false"]),
        "aws:principalaccount" | "aws:resourceaccount" | "s3:resourceaccount" | "kms:calleraccount" => {
            words(&["############"])
        }
        "aws:principaltype" => words(&["Account", "User", "FederatedUser", "AssumedRole", "Anonymous"]),
        "aws:principalarn" => words(&[
            "arn:aws<:iam::############:root",
            "arn:aws<:iam::############:user/+*",
            "arn:aws<:iam::############:role/+*",
            "arn:aws<:sts::############:federated-user/+*",
        ]),
        _ => return None,
    })
}

/// `#` is a digit, `<` the rest of a field, `+` one character of a name and `*` more of any.
fn glob(text: &str) -> Glob {
    text.chars()
        .map(|c| match c {
            '#' => Symbol::Digit,
            '<' => Symbol::RunInField,
            '+' => Symbol::OneInName,
            '*' => Symbol::Run,
            _ => Symbol::Char(c),
        })
        .collect()
}

/// Whether a request carries at most one value, which is of the key's type.
pub(super) fn has_one_value(key: &str) -> bool {
    key.starts_with("aws:")
        && !matches!(
            key,
            "aws:tagkeys"
                | "aws:calledvia"
                | "aws:principalorgpaths"
                | "aws:principalservicenameslist"
                | "aws:resourceorgpaths"
                | "aws:sourceorgpaths"
                | "aws:vpceorgpaths"
        )
}
