//! `who-can` and `escalations`.

use super::*;

const ACCOUNT: &str = r#"{"UserDetailList": [
    {"UserName": "ada", "Arn": "arn:aws:iam::123456789012:user/ada", "GroupList": [], "AttachedManagedPolicies": [],
     "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement":
        {"Effect": "Allow", "Action": ["sts:AssumeRole", "s3:GetObject"], "Resource": "*"}}}]}],
  "RoleDetailList": [
    {"RoleName": "admin", "Arn": "arn:aws:iam::123456789012:role/admin", "AttachedManagedPolicies": [],
     "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}},
     "RolePolicyList": [{"PolicyName": "all", "PolicyDocument": {"Version": "2012-10-17", "Statement":
        {"Effect": "Allow", "Action": "*", "Resource": "*"}}}]}],
  "GroupDetailList": [], "Policies": []}"#;

#[test]
fn a_whole_account_is_asked() {
    let ask = |args: &[&str]| policy_with_input(&[args, &["--account", "-"]].concat(), ACCOUNT.as_bytes());
    assert_eq!(
        ask(&["who-can", "s3:DeleteObject", "arn:aws:s3:::acme/f"])
            .expect_code(0)
            .stdout,
        "arn:aws:iam::123456789012:role/admin\n"
    );
    let found = json_of(
        &ask(&[
            "who-can",
            "s3:GetObject",
            "arn:aws:s3:::acme/f",
            "--format",
            "json",
        ])
        .stdout,
    );
    assert_eq!(found[0]["principal"], "arn:aws:iam::123456789012:user/ada");
    assert_eq!(found[0]["decision"], "Allow");
    ask(&["escalations"])
        .expect_code(1)
        .expect_said("arn:aws:iam::123456789012:user/ada can become an administrator")
        .expect_said("-> arn:aws:iam::123456789012:role/admin: assumes it (`sts:AssumeRole`)")
        .expect_said("in all: 1 of 2 users and roles can become administrators");
    let found = json_of(&ask(&["escalations", "--format", "json"]).expect_code(1).stdout);
    assert_eq!(found["escalations"][0]["steps"][0]["certain"], true);
    let dir = folder();
    policy(dir.path(), &["escalations", "--account", "own.json"])
        .expect_code(2)
        .expect_said("neither a user nor a role");
}
