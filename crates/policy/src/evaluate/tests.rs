use super::*;
use crate::Document;

#[test]
fn a_set_answers_alone() {
    let document: Document = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":["s3:ListBucket","s3:GetBucketLocation"],"Resource":["arn:aws:s3:::acme"]},
        {"Effect":"Allow","Action":["s3:PutObject","s3:GetObject"],"Resource":["arn:aws:s3:::acme/*"]}]}"#
        .parse()
        .unwrap();
    let set = PolicySet::compile(&[document]);
    let ask = |action: &str, resource: &str| {
        let caller = "arn:aws:iam::123456789012:user/braze".parse().unwrap();
        set.decide(
            DocumentKind::Identity,
            &Request::new(caller, action.parse().unwrap(), resource),
        )
    };
    assert_eq!(
        ask("s3:PutObject", "arn:aws:s3:::acme/currents/f"),
        Decision::Allow
    );
    assert_eq!(ask("s3:putobject", "arn:aws:s3:::acme/"), Decision::Allow);
    assert_eq!(
        ask("s3:PutObject", "arn:aws:s3:::acme-prod/f"),
        Decision::ImplicitDeny
    );
    assert_eq!(
        ask("s3:DeleteObject", "arn:aws:s3:::acme/f"),
        Decision::ImplicitDeny
    );
}
