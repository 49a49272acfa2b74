use super::Account;
use super::method::{BY_SERVICE, FOR_ONESELF, TO_USER};
use crate::{Document, ErrorKind, Layers, PolicySet};

const PREFIX: &str = "arn:aws:iam::123456789012:";

fn allow(action: &str, resource: &str) -> String {
    format!(r#"{{"Effect":"Allow","Action":{action},"Resource":{resource}}}"#)
}

fn inline(statements: &str) -> String {
    format!(
        r#"[{{"PolicyName":"own","PolicyDocument":{{"Version":"2012-10-17","Statement":[{statements}]}}}}]"#
    )
}

fn user(name: &str, statements: &str) -> String {
    format!(
        r#"{{"UserName":"{name}","Arn":"{PREFIX}user/{name}","UserPolicyList":{},"GroupList":["staff"],"AttachedManagedPolicies":[]}}"#,
        inline(statements)
    )
}

fn role(name: &str, trusted: &str, statements: &str) -> String {
    format!(
        r#"{{"RoleName":"{name}","Arn":"{PREFIX}role/{name}","AssumeRolePolicyDocument":{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{trusted},"Action":"sts:AssumeRole"}}]}},"RolePolicyList":{},"AttachedManagedPolicies":[],"InstanceProfileList":[{{}}]}}"#,
        inline(statements)
    )
}

fn account(users: &[String], roles: &[String]) -> Account {
    let text = format!(
        r#"{{"UserDetailList":[{}],"RoleDetailList":[{}],
            "GroupDetailList":[{{"GroupName":"staff","Arn":"{PREFIX}group/staff","GroupPolicyList":{},"AttachedManagedPolicies":[]}},
                {{"GroupName":"admins","Arn":"{PREFIX}group/admins","GroupPolicyList":[],"AttachedManagedPolicies":[{{"PolicyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}}]}}],
            "Policies":[{{"Arn":"arn:aws:iam::aws:policy/AdministratorAccess","PolicyVersionList":[{{"IsDefaultVersion":true,"Document":
                {{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"*","Resource":"*"}}]}}}}]}}],"IsTruncated":false}}"#,
        users.join(","),
        roles.join(","),
        inline(&allow(r#""s3:ListAllMyBuckets""#, r#""*""#))
    );
    Account::from_json(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

const ADMIN: &str = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
const ROOT: &str = r#"{"AWS":"arn:aws:iam::123456789012:root"}"#;

/// How `ada` gets to be an administrator, by what she does.
fn paths(statements: &str) -> Vec<String> {
    let account = account(
        &[
            user("ada", statements),
            user("root-like", ADMIN),
            user("plain", ""),
        ],
        &[
            role("admin", ROOT, ADMIN),
            role("worker", r#"{"Service":"lambda.amazonaws.com"}"#, ADMIN),
            role("box", r#"{"Service":"ec2.amazonaws.com"}"#, ADMIN),
            role(
                "middle",
                ROOT,
                &allow(r#""sts:AssumeRole""#, r#""arn:aws:iam::123456789012:role/admin""#),
            ),
        ],
    );
    let found = account.escalations(&[]);
    let own = found.iter().find(|path| path.member.arn().ends_with("user/ada"));
    let steps = own.map_or(&[][..], |path| path.steps.as_slice());
    let to = |step: &super::Step<'_>| {
        step.to
            .map_or("anything", |to| to.arn().rsplit(':').next().unwrap())
            .to_owned()
    };
    steps
        .iter()
        .map(|step| format!("{} {} {}", step.how, to(step), step.is_certain))
        .collect()
}

#[test]
fn each_known_way_is_found() {
    let own = r#""arn:aws:iam::123456789012:user/ada""#;
    for (action, resource, expected) in [
        (
            r#""iam:PutUserPolicy""#,
            own,
            "writes a policy for itself anything true",
        ),
        (
            r#""iam:AttachUserPolicy""#,
            r#""*""#,
            "attaches any policy to itself anything true",
        ),
        (
            r#""iam:PutGroupPolicy""#,
            r#""arn:aws:iam::123456789012:group/staff""#,
            "writes a policy for its group anything true",
        ),
        (
            r#""iam:AddUserToGroup""#,
            r#""arn:aws:iam::123456789012:group/admins""#,
            "joins a group of administrators anything true",
        ),
        (
            r#""iam:CreateAccessKey""#,
            r#""arn:aws:iam::123456789012:user/root-*""#,
            "makes an access key for it user/root-like true",
        ),
        (
            r#""iam:UpdateLoginProfile""#,
            r#""*""#,
            "changes its password user/root-like true",
        ),
        (
            r#""iam:UpdateAssumeRolePolicy""#,
            r#""arn:aws:iam::123456789012:role/box""#,
            "lets itself into it role/box true",
        ),
        (
            r#""sts:AssumeRole""#,
            r#""arn:aws:iam::123456789012:role/admin""#,
            "assumes it role/admin true",
        ),
        (
            r#"["iam:PassRole","lambda:CreateFunction","lambda:InvokeFunction"]"#,
            r#""*""#,
            "runs a function that has it role/worker true",
        ),
        (
            r#"["iam:PassRole","ec2:RunInstances"]"#,
            r#"["arn:aws:iam::123456789012:role/b*","arn:aws:ec2:*:*:*"]"#,
            "starts a machine that has it role/box true",
        ),
        (
            r#""lambda:UpdateFunctionCode""#,
            r#""arn:aws:lambda:*:123456789012:function:app-*""#,
            "changes the code of a function role/worker false",
        ),
        (
            r#""ssm:SendCommand""#,
            r#""*""#,
            "sends a command to a machine role/box false",
        ),
    ] {
        assert_eq!(paths(&allow(action, resource)), [expected], "{action}");
    }
    assert_eq!(
        paths(&allow(
            r#""sts:AssumeRole""#,
            r#""arn:aws:iam::123456789012:role/middle""#
        )),
        ["assumes it role/middle true", "assumes it role/admin true"]
    );
}

/// Each of the tables, whatever is added to them: with its permissions it is found, and none of them alone is enough.
#[test]
fn every_way_of_the_tables_is_found() {
    let list = |actions: &[&str]| format!("[\"{}\"]", actions.join("\",\""));
    let first = |from: &str, users: &[String], roles: &[String]| {
        let account = account(users, roles);
        let found = account.escalations(&[]);
        let own = found.iter().find(|path| path.member.arn().ends_with(from));
        own.map(|path| (path.steps[0].how, path.is_certain()))
    };
    for way in FOR_ONESELF {
        let policy = allow(&list(&[way.action]), r#""*""#);
        let found = match way.is_for_roles {
            Some(true) => first("role/own", &[], &[role("own", ROOT, &policy)]),
            _ => {
                let attached = format!(r#""AttachedManagedPolicies":[{{"PolicyArn":"{PREFIX}policy/own"}}]"#);
                let ada = user("ada", &policy).replace(r#""AttachedManagedPolicies":[]"#, &attached);
                first("user/ada", &[ada], &[])
            }
        };
        assert_eq!(found, Some((way.name, true)), "{}", way.action);
    }
    for (how, actions) in TO_USER {
        let ada = user("ada", &allow(&list(actions), r#""*""#));
        let found = first("user/ada", &[ada, user("root-like", ADMIN)], &[]);
        assert_eq!(found, Some((*how, true)));
    }
    for way in BY_SERVICE {
        let target = role("target", &format!(r#"{{"Service":"{}"}}"#, way.service), ADMIN);
        let with = |actions: &[&str], target: &String| {
            let ada = user("ada", &allow(&list(actions), r#""*""#));
            first("user/ada", &[ada], std::slice::from_ref(target))
        };
        let mut actions = way.actions.to_vec();
        if way.passes {
            actions.push("iam:PassRole");
        }
        assert_eq!(
            with(&actions, &target),
            Some((way.name, way.passes)),
            "{actions:?}"
        );
        for at in 0..actions.len() {
            let mut fewer = actions.clone();
            fewer.remove(at);
            let found = with(&fewer, &target);
            assert!(found.is_none_or(|(how, _)| how != way.name), "{fewer:?}");
        }
        if way.service == "ec2.amazonaws.com" {
            let alone = target.replace(r#""InstanceProfileList":[{}]"#, r#""InstanceProfileList":[]"#);
            assert_eq!(with(&actions, &alone), None, "no machine can have it");
        }
    }
}

#[test]
fn what_another_one_may_be_given_counts_for_whoever_becomes_it() {
    for (becomes, gives, how) in [
        (
            "iam:CreateAccessKey",
            "iam:PutUserPolicy",
            "gives any policy to a user that it becomes",
        ),
        (
            "iam:CreateAccessKey",
            "iam:AttachUserPolicy",
            "gives any policy to a user that it becomes",
        ),
        (
            "sts:AssumeRole",
            "iam:PutRolePolicy",
            "gives any policy to a role that it assumes",
        ),
        (
            "sts:AssumeRole",
            "iam:AttachRolePolicy",
            "gives any policy to a role that it assumes",
        ),
    ] {
        let other = match becomes {
            "sts:AssumeRole" => format!("{PREFIX}role/other"),
            _ => format!("{PREFIX}user/other"),
        };
        let both = allow(&format!(r#"["{becomes}","{gives}"]"#), &format!(r#""{other}""#));
        let account = account(
            &[user("ada", &both), user("other", "")],
            &[role("other", ROOT, "")],
        );
        let found = account.escalations(&[]);
        let steps: Vec<&str> = found[0].steps.iter().map(|step| step.how).collect();
        assert_eq!(steps, [how], "{becomes} {gives}");
    }
}

#[test]
fn an_older_version_of_a_policy_is_a_way_and_a_boundary_that_is_not_described_closes_all() {
    let text = |boundary: &str| {
        format!(
            r#"{{"UserDetailList":[{{"UserName":"ada","Arn":"{PREFIX}user/ada","UserPolicyList":[],"GroupList":[],
                "AttachedManagedPolicies":[{{"PolicyArn":"{PREFIX}policy/own"}}]{boundary}}}],"RoleDetailList":[],"GroupDetailList":[],
                "Policies":[{{"Arn":"{PREFIX}policy/own","PolicyVersionList":[
                    {{"IsDefaultVersion":true,"Document":{{"Version":"2012-10-17","Statement":[{}]}}}},
                    {{"IsDefaultVersion":false,"Document":{{"Version":"2012-10-17","Statement":[{ADMIN}]}}}}]}}]}}"#,
            allow(r#""iam:SetDefaultPolicyVersion""#, r#""*""#)
        )
    };
    let open = Account::from_json(&text("")).unwrap();
    assert_eq!(
        open.escalations(&[])[0].steps[0].how,
        "returns to a wider version of a policy"
    );
    let bounded = format!(r#","PermissionsBoundary":{{"PermissionsBoundaryArn":"{PREFIX}policy/gone"}}"#);
    let bounded = Account::from_json(&text(&bounded)).unwrap();
    assert!(bounded.escalations(&[]).is_empty());
    assert_eq!(bounded.missing(), [format!("{PREFIX}policy/gone")]);
}

#[test]
fn what_is_no_way_is_not_found() {
    for statements in [
        allow(r#""s3:*""#, r#""*""#),
        allow(r#""iam:PassRole""#, r#""*""#),
        allow(r#"["lambda:CreateFunction","lambda:InvokeFunction"]"#, r#""*""#),
        allow(r#""iam:PutUserPolicy""#, r#""arn:aws:iam::123456789012:user/plain""#),
        allow(r#""iam:CreateAccessKey""#, r#""arn:aws:iam::123456789012:user/plain""#),
        allow(r#""sts:AssumeRole""#, r#""arn:aws:iam::123456789012:role/worker""#),
        format!("{},{}", allow(r#""iam:*""#, r#""*""#), allow(r#""x:y""#, r#""*""#)).replace(
            r#"{"Effect":"Allow","Action":"x:y""#,
            r#"{"Effect":"Deny","Action":["iam:*","sts:*"]"#,
        ),
        r#"{"Effect":"Allow","Action":["iam:PassRole","lambda:*"],"Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}}"#
            .to_owned(),
    ] {
        assert_eq!(paths(&statements), [""; 0], "{statements}");
    }
}

#[test]
fn a_boundary_and_other_layers_hold() {
    let text = |boundary: &str| {
        format!(
            r#"{{"UserDetailList":[{}],"RoleDetailList":[],"GroupDetailList":[],"Policies":[{{"Arn":"{PREFIX}policy/b","PolicyVersionList":[
                {{"IsDefaultVersion":true,"Document":"%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%5B%22s3%3A%2A%22%2C%22iam%3A%2A%22%5D%2C%22Resource%22%3A%22%2A%22%7D%5D%7D"}}]}}]}}"#,
            user("ada", &allow(r#""iam:*""#, r#""*""#)).replace(
                r#""GroupList":["staff"]"#,
                &format!(r#""GroupList":[]{boundary}"#)
            )
        )
    };
    let bounded = format!(r#","PermissionsBoundary":{{"PermissionsBoundaryArn":"{PREFIX}policy/b"}}"#);
    assert!(
        Account::from_json(&text(&bounded))
            .unwrap()
            .escalations(&[])
            .is_empty()
    );
    let open = Account::from_json(&text("")).unwrap();
    assert_eq!(open.escalations(&[]).len(), 1);
    let deny = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"iam:*","Resource":"*"}]}"#;
    let scp = Layers::default().service_control([PolicySet::compile(&[Document::parse(deny).unwrap()])]);
    assert!(open.within(&scp).escalations(&[]).is_empty());
}

#[test]
fn who_can_and_under_which_conditions() {
    let mfa = r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}"#;
    let account = account(
        &[
            user("ada", &allow(r#""s3:Get*""#, r#""arn:aws:s3:::acme/*""#)),
            user("eve", mfa),
            user("plain", ""),
        ],
        &[
            role("admin", ROOT, ADMIN),
            role("other", ROOT, &allow(r#""s3:*""#, r#""arn:aws:s3:::other/*""#)),
        ],
    );
    let ask = |account: &Account, action: &str, resource: &str| -> Vec<(String, bool)> {
        let found = account.who_can(&action.parse().unwrap(), resource, &[]);
        let name = |arn: &str| arn.rsplit('/').next().unwrap().to_owned();
        found
            .iter()
            .map(|who| (name(who.member.arn()), who.always()))
            .collect()
    };
    let expected = |list: &[(&str, bool)]| -> Vec<(String, bool)> {
        list.iter()
            .map(|(name, always)| ((*name).to_owned(), *always))
            .collect()
    };
    let object = "arn:aws:s3:::acme/f";
    assert_eq!(
        ask(&account, "s3:GetObject", object),
        expected(&[("ada", true), ("eve", false), ("admin", true)])
    );
    let bucket = |statement: &str| {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#);
        Layers::default().resource(PolicySet::compile(&[Document::parse(&text).unwrap()]))
    };
    let named = bucket(
        r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/plain"},"Action":"s3:*","Resource":"*"},
           {"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::123456789012:user/ada"},"Action":"s3:*","Resource":"*"}"#,
    );
    assert_eq!(
        ask(&account.clone().within(&named), "s3:GetObject", object),
        expected(&[("eve", false), ("plain", true), ("admin", true)])
    );
    // A role's own trust policy has its word.
    assert_eq!(
        ask(&account, "sts:AssumeRole", &format!("{PREFIX}role/other")),
        expected(&[("admin", true)])
    );
}

#[test]
fn files_that_are_not_it_say_so() {
    for (text, kind, what) in [
        ("policy", ErrorKind::Syntax, "get-account-authorization-details"),
        ("{}", ErrorKind::Structure, "neither a user nor a role"),
        (r#"{"IsTruncated":true}"#, ErrorKind::Syntax, "IsTruncated"),
        (
            r#"{"UserDetailList":[{"Arn":"arn:aws:iam::123456789012:user/a","UserPolicyList":[{"PolicyName":"p","PolicyDocument":{}}]}]}"#,
            ErrorKind::Structure,
            "`p` of arn:aws:iam::123456789012:user/a is no policy",
        ),
    ] {
        let error = Account::from_json(text).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(what), "{error}");
    }
    let text = r#"{"UserDetailList":[{"Arn":"arn:aws:iam::123456789012:user/a","AttachedManagedPolicies":[{"PolicyArn":"arn:aws:iam::aws:policy/X"}]}]}"#;
    assert_eq!(
        Account::from_json(text).unwrap().missing(),
        ["arn:aws:iam::aws:policy/X"]
    );
}
