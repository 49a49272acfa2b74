//! Values of conditions: that they are of the type which operator and key compare.

use super::{
    INVALID_CONDITION_DATA_TYPE, INVALID_CONDITION_MULTIPLE_BOOLEAN, INVALID_DATE_VALUE,
    REDUNDANT_CONDITION_VALUE_NUM, TYPE_MISMATCH, TYPE_MISMATCH_BOOLEAN, TYPE_MISMATCH_DATE,
    TYPE_MISMATCH_IP_RANGE, TYPE_MISMATCH_NUMBER, TYPE_MISMATCH_STRING,
};
use crate::document::{Operator, Test as Comparison};
use crate::json::{Node, Value};
use crate::lint::TextEdit;
use crate::lint::condition_key::{KeyType, describe};
use crate::lint::policy::{Policy, Test};
use crate::lint::report::Report;
use crate::value::{Cidr, Decimal, Instant, decode_base64};

pub(super) fn check(policy: &Policy<'_>, report: &mut Report<'_>) {
    for test in policy.statements.iter().flat_map(|statement| &statement.tests) {
        let Some(operator) = test.operator else { continue };
        mixed(test, report);
        operator_of_key(policy, test, operator, report);
        match family(operator.test()) {
            Family::Bool | Family::Null => booleans(test, operator, report),
            Family::Date => dates(test, report),
            Family::Numeric => numbers(test, operator, report),
            Family::Ip => ranges(test, report),
            Family::Binary => binaries(test, report),
            Family::String | Family::Arn => {}
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    String,
    Numeric,
    Date,
    Bool,
    Binary,
    Ip,
    Arn,
    Null,
}

fn family(test: Comparison) -> Family {
    let name = test.as_str();
    match test {
        Comparison::Null => Family::Null,
        Comparison::Bool => Family::Bool,
        Comparison::BinaryEquals => Family::Binary,
        Comparison::IpAddress | Comparison::NotIpAddress => Family::Ip,
        _ if name.starts_with("String") => Family::String,
        _ if name.starts_with("Numeric") => Family::Numeric,
        _ if name.starts_with("Date") => Family::Date,
        _ => Family::Arn,
    }
}

/// Strings beside numbers or booleans.
fn mixed(test: &Test<'_>, report: &mut Report<'_>) {
    let kinds: Vec<&str> = test.values.items().iter().map(Node::kind).collect();
    if kinds.windows(2).any(|pair| pair.first() != pair.last()) {
        let message = format!("the values of `{}` are of different JSON types", test.key);
        report.add(&INVALID_CONDITION_DATA_TYPE, test.values.span, message);
    }
}

fn operator_of_key(policy: &Policy<'_>, test: &Test<'_>, operator: Operator, report: &mut Report<'_>) {
    let Some(key) = describe(policy, test.key) else {
        return;
    };
    let family = family(operator.test());
    let (fits, wanted) = match key.kind {
        KeyType::String if is_named_by_user(test.key) => (true, ""),
        KeyType::String => (matches!(family, Family::String | Family::Binary), "String"),
        KeyType::Bool => (family == Family::Bool, "Bool"),
        KeyType::Numeric => (family == Family::Numeric, "Numeric"),
        KeyType::Date => (family == Family::Date, "Date"),
        KeyType::Epoch => (matches!(family, Family::Date | Family::Numeric), "Date"),
        // AWS's own policies compare ARNs as text, which works.
        KeyType::Arn => (matches!(family, Family::Arn | Family::String), "Arn"),
        KeyType::IpAddress => (family == Family::Ip, "IpAddress"),
    };
    if fits || family == Family::Null {
        return;
    }
    let message = format!(
        "`{}` needs an operator of the family `{wanted}`, not `{}`",
        test.key, test.operator_name
    );
    report.add(&TYPE_MISMATCH, test.key_span, message);
}

/// Tags and encryption contexts, whose keys and values are anyone's: `aws:ResourceTag/team`.
fn is_named_by_user(key: &str) -> bool {
    key.contains('/') || key.matches(':').count() > 1
}

/// The values as text, without those that hold a variable.
fn values<'t>(test: &Test<'t>) -> impl Iterator<Item = (&'t str, &'t Node)> {
    test.values.items().iter().filter_map(|node| match &node.value {
        Value::String(text) | Value::Number(text) => (!text.contains("${")).then_some((text.as_str(), node)),
        Value::Bool(true) => Some(("true", node)),
        Value::Bool(false) => Some(("false", node)),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    })
}

fn booleans(test: &Test<'_>, operator: Operator, report: &mut Report<'_>) {
    for (text, node) in values(test) {
        if !text.eq_ignore_ascii_case("true") && !text.eq_ignore_ascii_case("false") {
            let message = format!(
                "`{}` compares with `true` or `false`, not with `{text}`",
                test.operator_name
            );
            report.add(&TYPE_MISMATCH_BOOLEAN, node.span, message);
        }
    }
    let several = operator.quantifier().is_none() && test.values.items().len() > 1;
    if several {
        let message = format!("`{}` has several values; one is needed", test.key);
        report.add(&INVALID_CONDITION_MULTIPLE_BOOLEAN, test.values.span, message);
    }
}

fn dates(test: &Test<'_>, report: &mut Report<'_>) {
    for (text, node) in values(test) {
        if Instant::is_epoch(text) {
            let message = format!(
                "`{text}` is read as seconds since 1970; a date such as `2026-11-23T00:00:00Z` is clearer"
            );
            report.add(&INVALID_DATE_VALUE, node.span, message);
        } else if Instant::parse(text).is_none() {
            let message = format!("`{text}` is not a date such as `2026-11-23` or `2026-11-23T18:00:00Z`");
            report.add(&TYPE_MISMATCH_DATE, node.span, message);
        }
    }
}

fn numbers(test: &Test<'_>, operator: Operator, report: &mut Report<'_>) {
    let mut all: Vec<(Decimal, &str)> = Vec::new();
    for (text, node) in values(test) {
        match Decimal::parse(text) {
            Some(number) => all.push((number, text)),
            None => report.add(
                &TYPE_MISMATCH_NUMBER,
                node.span,
                format!("`{text}` is not a number"),
            ),
        }
    }
    use Comparison as C;
    let by_size = |(a, _): &&(Decimal, &str), (b, _): &&(Decimal, &str)| a.cmp(b);
    let enough = match operator.test() {
        C::NumericLessThan | C::NumericLessThanEquals => all.iter().max_by(by_size),
        C::NumericGreaterThan | C::NumericGreaterThanEquals => all.iter().min_by(by_size),
        _ => return,
    };
    if let Some((_, enough)) =
        enough.filter(|_| test.values.items().len() > 1 && all.len() == test.values.items().len())
    {
        let message = format!("one of several values has to be met, so `{enough}` alone says the same");
        let fix = [TextEdit::string(test.values.span, enough)];
        report.add_with_fix(&REDUNDANT_CONDITION_VALUE_NUM, test.values.span, message, fix);
    }
}

fn ranges(test: &Test<'_>, report: &mut Report<'_>) {
    for (text, node) in values(test) {
        if Cidr::parse(text).is_none() {
            let message =
                format!("`{text}` is not an address range such as `203.0.113.0/24`, and matches nothing");
            report.add(&TYPE_MISMATCH_IP_RANGE, node.span, message);
        }
    }
}

fn binaries(test: &Test<'_>, report: &mut Report<'_>) {
    for (text, node) in values(test) {
        if decode_base64(text).is_none() {
            report.add(
                &TYPE_MISMATCH_STRING,
                node.span,
                format!("`{text}` is not base64"),
            );
        }
    }
}
