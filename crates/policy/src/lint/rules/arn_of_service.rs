//! ARNs of services whose forms are known: which of region and account they carry, and how the resource is written.

use super::{
    ARN_ACCOUNT_NOT_ALLOWED, ARN_REGION_NOT_ALLOWED, INVALID_ARN_ACCOUNT, INVALID_ARN_REGION,
    INVALID_ARN_RESOURCE, MISSING_ARN_REGION, UNSUPPORTED_RESOURCE_ARN_IN_POLICY,
};
use crate::lint::policy::{ArnFields, Policy, Text, is_open};
use crate::lint::region::is_region;
use crate::lint::report::Report;
use crate::lint::{PolicyType, TextEdit};

pub(super) fn check(policy: &Policy<'_>, report: &mut Report<'_>) {
    if policy.kind == PolicyType::Trust {
        return;
    }
    for element in policy
        .statements
        .iter()
        .filter_map(|statement| statement.resource.as_ref())
    {
        for resource in &element.texts {
            let arn = ArnFields::of(resource.text);
            if arn.prefix() == "arn" && arn.is_complete() {
                region(&arn, *resource, report);
                account(&arn, *resource, report);
                forms(policy, &arn, *resource, report);
                in_bucket_policy(policy.kind, &arn, *resource, report);
            }
        }
    }
}

fn region(arn: &ArnFields<'_>, resource: Text<'_>, report: &mut Report<'_>) {
    let region = arn.region();
    if !region.is_empty() && !is_open(region) && !is_region(region) {
        let message = format!("`{region}` is not a region");
        report.add(&INVALID_ARN_REGION, resource.span, message);
    }
}

fn account(arn: &ArnFields<'_>, resource: Text<'_>, report: &mut Report<'_>) {
    let account = arn.account();
    let digits = !account.is_empty() && account.bytes().all(|b| b.is_ascii_digit());
    // Services that are not known have words of their own here, such as `aws-marketplace`; a number is an account's.
    if digits && account.len() != 12 {
        let message = format!("`{account}` is not an account: one has twelve digits");
        report.add(&INVALID_ARN_ACCOUNT, resource.span, message);
    }
}

/// What a known form says of one field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Empty,
    Filled,
}

struct Form<'c> {
    region: Field,
    account: Field,
    resource: &'c str,
}

/// Services without a place in the catalogue whose resources all lie in a region, or none does.
const REGIONAL: &[&str] = &[
    "dynamodb",
    "ecs",
    "firehose",
    "kinesis",
    "lambda",
    "rds",
    "secretsmanager",
    "sns",
    "sqs",
    "states",
];
const WITHOUT_REGION: &[&str] = &["cloudfront", "iam", "organizations", "route53", "sts"];

fn forms(policy: &Policy<'_>, arn: &ArnFields<'_>, resource: Text<'_>, report: &mut Report<'_>) {
    let Some(service) = policy.service(arn.service()) else {
        if REGIONAL.contains(&arn.service()) && arn.region().is_empty() {
            missing_region(resource, report);
        }
        if WITHOUT_REGION.contains(&arn.service()) && !arn.region().is_empty() && !is_open(arn.region()) {
            not_allowed(Place::Region, arn, resource, report);
        }
        return;
    };
    // The catalogue lists what actions work on; the ARNs of sessions are not among that.
    if service.prefix() == "sts" {
        if !arn.region().is_empty() && !is_open(arn.region()) {
            not_allowed(Place::Region, arn, resource, report);
        }
        return;
    }
    let templates: Vec<ArnFields<'_>> = policy
        .services_with_arns_of(arn.service())
        .flat_map(|service| service.resource_types())
        .flat_map(|kind| kind.arns())
        .map(ArnFields::of)
        .filter(|template| template.service() == service.prefix())
        .collect();
    if templates.is_empty() {
        return;
    }
    let forms: Vec<Form<'_>> = templates
        .iter()
        .map(|template| Form {
            region: field(template.region()),
            account: field(template.account()),
            resource: template.resource(),
        })
        .collect();
    let fitting: Vec<&Form<'_>> = best(&forms, arn.resource());
    if fitting.is_empty() {
        // AWS judges how a resource is written only where the ARN names one place.
        if is_open(arn.region()) || is_open(arn.account()) || is_open(arn.partition()) {
            return;
        }
        let message = format!(
            "`{}` is not how `{}` writes a resource",
            arn.resource(),
            service.prefix()
        );
        report.add(&INVALID_ARN_RESOURCE, resource.span, message);
        return;
    }
    let all = |place: fn(&Form<'_>) -> Field, filled: Field| fitting.iter().all(|form| place(form) == filled);
    let (region, account) = (arn.region(), arn.account());
    if all(|form| form.region, Field::Empty) && !region.is_empty() && !is_open(region) {
        not_allowed(Place::Region, arn, resource, report);
    }
    if all(|form| form.account, Field::Empty) && !account.is_empty() && !is_open(account) {
        not_allowed(Place::Account, arn, resource, report);
    }
    if all(|form| form.region, Field::Filled) && region.is_empty() {
        missing_region(resource, report);
    }
    // What AWS keeps for all, such as documents of Systems Manager, has no account in its ARN. Identities have one.
    let kept_for_all = account.is_empty() && !matches!(service.prefix(), "iam" | "sts");
    let named = account == "aws" || is_open(account) || kept_for_all;
    if all(|form| form.account, Field::Filled) && !named && account.parse::<crate::AccountId>().is_err() {
        let message = format!("`{}` needs an account of twelve digits", resource.text);
        report.add(&INVALID_ARN_ACCOUNT, resource.span, message);
    }
}

fn missing_region(resource: Text<'_>, report: &mut Report<'_>) {
    let message = format!("`{}` lacks the region of the resource", resource.text);
    report.add(&MISSING_ARN_REGION, resource.span, message);
}

fn field(template: &str) -> Field {
    if template.is_empty() {
        Field::Empty
    } else {
        Field::Filled
    }
}

/// The forms that the resource may have: of those with the longest beginning that it fits.
fn best<'f, 'c>(forms: &'f [Form<'c>], resource: &str) -> Vec<&'f Form<'c>> {
    let literal = |text: &str| text.find(['*', '?', '$']).unwrap_or(text.len());
    let head = resource.get(..literal(resource)).unwrap_or_default();
    let open = head.len() < resource.len();
    let fit = |form: &&Form<'_>| {
        let begin = form.resource.get(..literal(form.resource)).unwrap_or_default();
        let complete = begin.len() == form.resource.len();
        if complete && !open {
            return head == begin;
        }
        (head.starts_with(begin) && resource.len() > begin.len()) || (open && begin.starts_with(head))
    };
    let fitting: Vec<&Form<'_>> = forms.iter().filter(fit).collect();
    // `accesspoint/x` could be the object `x` of a bucket `accesspoint`; the more literal form is meant.
    let longest = fitting
        .iter()
        .map(|form| literal(form.resource).min(head.len()))
        .max();
    fitting
        .into_iter()
        .filter(|form| Some(literal(form.resource).min(head.len())) == longest)
        .collect()
}

enum Place {
    Region,
    Account,
}

fn not_allowed(place: Place, arn: &ArnFields<'_>, resource: Text<'_>, report: &mut Report<'_>) {
    let (code, what, region, account) = match place {
        Place::Region => (&ARN_REGION_NOT_ALLOWED, "region", "", arn.account()),
        Place::Account => (&ARN_ACCOUNT_NOT_ALLOWED, "account", arn.region(), ""),
    };
    let (partition, service, tail) = (arn.partition(), arn.service(), arn.resource());
    let right = format!("arn:{partition}:{service}:{region}:{account}:{tail}");
    let message = format!(
        "`{}` names a {what}, which this resource does not have in its ARN",
        resource.text
    );
    report.add_with_fix(
        code,
        resource.span,
        message,
        [TextEdit::string(resource.span, &right)],
    );
}

fn in_bucket_policy(kind: PolicyType, arn: &ArnFields<'_>, resource: Text<'_>, report: &mut Report<'_>) {
    if kind != PolicyType::Bucket {
        return;
    }
    let elsewhere = !is_open(arn.service()) && arn.service() != "s3";
    let other_kind = !arn.region().is_empty() && !is_open(arn.region());
    if elsewhere || other_kind {
        let message = format!("`{}` is neither a bucket nor an object", resource.text);
        report.add(&UNSUPPORTED_RESOURCE_ARN_IN_POLICY, resource.span, message);
    }
}
