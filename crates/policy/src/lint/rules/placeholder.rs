//! Words that instructions ask the reader to replace.

use super::PLACEHOLDER_NOT_REPLACED;
use crate::json::{Node, Value};
use crate::lint::policy::Policy;
use crate::lint::report::Report;

pub(super) fn check(policy: &Policy<'_>, report: &mut Report<'_>) {
    for member in policy.members {
        visit(&member.value, report);
    }
}

fn visit(node: &Node, report: &mut Report<'_>) {
    match &node.value {
        Value::String(text) => {
            if let Some(word) = placeholder(text) {
                let message = format!("`{word}` in `{text}` is a placeholder");
                report.add(&PLACEHOLDER_NOT_REPLACED, node.span, message);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| visit(item, report)),
        Value::Object(members) => members.iter().for_each(|member| visit(&member.value, report)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The placeholder in a text. Only words that are nobody's real name.
fn placeholder(text: &str) -> Option<&str> {
    const BEGINNINGS: &[&str] = &[
        "INSERT",
        "YOUR",
        "REPLACE",
        "CHANGEME",
        "CHANGE_ME",
        "TODO",
        "XXXX",
    ];
    const WHOLE: &[&str] = &[
        "ACCOUNT_ID",
        "ACCOUNT-ID",
        "ACCOUNTID",
        "BUCKET",
        "BUCKET_NAME",
        "BUCKET-NAME",
        "BUCKETNAME",
        "EXTERNAL_ID",
        "ROLE_NAME",
        "ROLE-NAME",
        "your-bucket",
        "your-bucket-name",
    ];
    for (open, close) in [("<", ">"), ("{{", "}}")] {
        if let Some((_, rest)) = text.split_once(open)
            && let Some((inner, _)) = rest.split_once(close)
            && !inner.is_empty()
            && inner
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b' '))
        {
            return Some(inner);
        }
    }
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-')));
    words.filter(|word| !word.is_empty()).find(|word| {
        let begins = |start: &str| word.strip_prefix(start).is_some_and(shouted);
        WHOLE.contains(word) || BEGINNINGS.iter().any(|start| begins(start))
    })
}

/// In capitals to the end, as `BUCKETNAME` or `_BUCKET_HERE`.
fn shouted(rest: &str) -> bool {
    rest.bytes()
        .all(|b| b.is_ascii_uppercase() || matches!(b, b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::placeholder;

    #[test]
    fn placeholders_and_names() {
        for (text, word) in [
            ("arn:aws:s3:::INSERTBUCKETNAME/*", "INSERTBUCKETNAME"),
            ("arn:aws:s3:::INSERTBUCKETNAME*", "INSERTBUCKETNAME"),
            ("arn:aws:iam::ACCOUNT_ID:root", "ACCOUNT_ID"),
            ("arn:aws:s3:::<bucket>/*", "bucket"),
            ("arn:aws:s3:::your-bucket-name/*", "your-bucket-name"),
            ("YOUR_EXTERNAL_ID", "YOUR_EXTERNAL_ID"),
            ("{{ external_id }}", " external_id "),
        ] {
            assert_eq!(placeholder(text), Some(word), "{text}");
        }
        for text in [
            "arn:aws:s3:::acme-bucket/*",
            "${aws:username}",
            "AROAEXAMPLEID",
            "your-team",
            "s3:x-amz-acl",
            "INSERT-9",
            "bucket-owner-full-control",
        ] {
            assert_eq!(placeholder(text), None, "{text}");
        }
    }
}
