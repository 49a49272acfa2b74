//! Where requests come from: addresses, networks and regions in conditions.

use super::{
    IMPROVE_IP_RANGE, INVALID_REGION, INVALID_VPC_FORMAT, INVALID_VPCE_FORMAT, PRIVATE_IP_ADDRESS,
    PRIVATE_IP_ADDRESS_SUBSET, PRIVATE_NOT_IP_ADDRESS, PRIVATE_NOT_IP_ADDRESS_SUBSET,
};
use crate::document::Test as Comparison;
use crate::lint::policy::{Policy, Test, is_open};
use crate::lint::region::is_region;
use crate::lint::report::Report;
use crate::lint::{Code, TextEdit};
use crate::value::Cidr;

pub(super) fn check(policy: &Policy<'_>, report: &mut Report<'_>) {
    for test in policy.statements.iter().flat_map(|statement| &statement.tests) {
        match test.operator.map(crate::Operator::test) {
            Some(Comparison::IpAddress) => {
                trim(test, report);
                private(test, &PRIVATE_IP_ADDRESS, &PRIVATE_IP_ADDRESS_SUBSET, report);
            }
            Some(Comparison::NotIpAddress) => {
                trim(test, report);
                private(
                    test,
                    &PRIVATE_NOT_IP_ADDRESS,
                    &PRIVATE_NOT_IP_ADDRESS_SUBSET,
                    report,
                );
            }
            Some(Comparison::Null) | None => {}
            Some(_) if test.is_about("aws:SourceVpc") => id(test, "vpc-", &INVALID_VPC_FORMAT, report),
            Some(_) if test.is_about("aws:SourceVpce") => id(test, "vpce-", &INVALID_VPCE_FORMAT, report),
            Some(_) if test.is_about("aws:RequestedRegion") => regions(test, report),
            Some(_) => {}
        }
    }
}

fn trim(test: &Test<'_>, report: &mut Report<'_>) {
    for value in test.texts() {
        let Some(range) = Cidr::parse(value.text) else {
            continue;
        };
        let trimmed = range.trimmed();
        if trimmed != range {
            let message = format!(
                "the last bits of `{}` do not count: `{trimmed}` is the same",
                value.text
            );
            let fix = [TextEdit::string(value.span, &trimmed.to_string())];
            report.add_with_fix(&IMPROVE_IP_RANGE, value.span, message, fix);
        }
    }
}

fn private(test: &Test<'_>, all: &'static Code, some: &'static Code, report: &mut Report<'_>) {
    if !test.is_about("aws:SourceIp") {
        return;
    }
    let ranges: Vec<_> = test.texts().map(|v| (v, Cidr::parse(v.text))).collect();
    let is_private = |range: &Option<Cidr>| range.is_some_and(Cidr::is_private);
    let count = ranges.iter().filter(|(_, range)| is_private(range)).count();
    if count == 0 {
        return;
    }
    if count == ranges.len() {
        let message = "no request is ever seen to come from a private address: name public ones, or use `aws:VpcSourceIp`";
        report.add(all, test.values.span, message);
        return;
    }
    for (value, _) in ranges.iter().filter(|(_, range)| is_private(range)) {
        let message = format!(
            "`{}` is private, and no request is ever seen to come from there",
            value.text
        );
        report.add(some, value.span, message);
    }
}

/// `vpc-` and eight or seventeen hexadecimal digits.
fn id(test: &Test<'_>, prefix: &str, code: &'static Code, report: &mut Report<'_>) {
    for value in test.texts().filter(|value| !is_open(value.text)) {
        let formed = value.text.strip_prefix(prefix).is_some_and(|id| {
            matches!(id.len(), 8 | 17) && id.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase())
        });
        if !formed {
            let message = format!(
                "`{}` is not `{prefix}` and 8 or 17 letters and digits",
                value.text
            );
            report.add(code, value.span, message);
        }
    }
}

fn regions(test: &Test<'_>, report: &mut Report<'_>) {
    for value in test.texts() {
        let known = is_region(value.text)
            || matches!(value.text, "aws-global" | "aws-cn-global" | "aws-us-gov-global");
        if !is_open(value.text) && !known {
            report.add(
                &INVALID_REGION,
                value.span,
                format!("`{}` is not a region", value.text),
            );
        }
    }
}
