//! What S3's actions work on and what S3's ARNs name: buckets or objects.

use super::policy::{ArnFields, Pattern, Policy};
#[cfg(feature = "exporter")]
use super::policy::{Statement, is_open};
use crate::permissions::{CallOption, Operation, Scope, required_permissions};

/// What an action or a resource can be about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reach {
    pub(super) bucket: bool,
    pub(super) object: bool,
    /// About S3 at all, perhaps in another way.
    pub(super) s3: bool,
}

impl Reach {
    const EVERYTHING: Self = Self {
        bucket: true,
        object: true,
        s3: true,
    };

    pub(super) fn or(self, other: Self) -> Self {
        Self {
            bucket: self.bucket || other.bucket,
            object: self.object || other.object,
            s3: self.s3 || other.s3,
        }
    }
}

/// What the string of an `Action` is about. By the catalogue, or by the calls that this crate knows.
pub(super) fn of_action(policy: &Policy<'_>, action: &str) -> Reach {
    let pattern = Pattern::action(action);
    if pattern.covers_action("s3:*") {
        return Reach::EVERYTHING;
    }
    let of_s3 = action
        .split_once(':')
        .filter(|(prefix, _)| prefix.eq_ignore_ascii_case("s3"));
    let Some((_, name)) = of_s3 else {
        return Reach::default();
    };
    let mut reach = Reach {
        s3: true,
        ..Reach::default()
    };
    if let Some(service) = policy.service("s3") {
        let pattern = Pattern::action(name);
        for action in service
            .actions()
            .filter(|action| pattern.covers_action(action.name()))
        {
            for resource in action.resources() {
                // Access points stand for their buckets, and are written as ARNs of their own.
                reach.bucket |= resource.name() == "bucket";
                reach.object |= resource.name() == "object";
            }
        }
        return reach;
    }
    for operation in Operation::ALL {
        for permission in required_permissions(*operation, &[CallOption::Tags, CallOption::Acl]) {
            if pattern.covers_action(permission.action) {
                reach.bucket |= permission.scope == Scope::Bucket;
                reach.object |= matches!(permission.scope, Scope::Object | Scope::SourceObject);
            }
        }
    }
    reach
}

/// What the string of a `Resource` can name.
pub(super) fn of_resource(resource: &str) -> Reach {
    if resource == "*" {
        return Reach::EVERYTHING;
    }
    let Some(name) = s3_resource(resource) else {
        return Reach::default();
    };
    let (bucket, key) = bucket_and_key(name);
    Reach {
        bucket: key.is_none() || name.starts_with('*'),
        // A wildcard in the bucket's place runs on over slashes.
        object: key.is_some() || Pattern::resource(bucket).has_wildcard(),
        s3: true,
    }
}

/// The last field of an ARN of a bucket or an object; nothing for access points, which have an account.
pub(super) fn s3_resource(resource: &str) -> Option<&str> {
    let arn = ArnFields::of(resource);
    let plain =
        arn.is_complete() && arn.service() == "s3" && arn.region().is_empty() && arn.account().is_empty();
    plain.then(|| arn.resource())
}

/// A bucket's name, and the key after the slash if there is one. Slashes in `${...}` are part of a variable's name.
pub(super) fn bucket_and_key(name: &str) -> (&str, Option<&str>) {
    let mut inside = false;
    for (at, c) in name.char_indices() {
        match c {
            '{' => inside = true,
            '}' => inside = false,
            '/' if !inside => return (name.get(..at).unwrap_or(name), name.get(at + 1..)),
            _ => {}
        }
    }
    (name, None)
}

/// Whether a statement can be about S3 at all, by its resources.
#[cfg(feature = "exporter")]
pub(super) fn may_touch_s3(statement: &Statement<'_>) -> bool {
    let Some(resource) = &statement.resource else {
        return false;
    };
    resource.negated
        || resource.texts.iter().any(|text| {
            let service = ArnFields::of(text.text).service();
            text.text == "*" || service == "s3" || is_open(service)
        })
}
