//! The actions of each service with what they work on, read once for all comparisons of a process.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use super::catalog;
use crate::catalog::{Action, Service};
use crate::compare::text::{Glob, Symbol};
use crate::pattern::{self, Syntax};
use crate::{Operation, required_permissions};

/// What an action works on.
#[derive(Clone, Debug)]
pub(in crate::compare) enum Shape {
    /// No resource: `*`.
    Nothing,
    /// All buckets: requests are about `arn:aws:s3:::*`, and name no resource.
    AllBuckets,
    /// Resources of this type.
    Arn(Arc<ArnShape>),
    /// Any resource, of a service that is not known.
    Anything,
}

#[derive(Debug)]
pub(in crate::compare) struct ArnShape {
    id: usize,
    /// The service in its ARNs.
    pub(in crate::compare) service: String,
    /// All ARNs of the type, and some that are none: accounts and regions are any text.
    pub(in crate::compare) loose: Glob,
    /// ARNs as they mostly are: with an account of twelve digits.
    pub(in crate::compare) strict: Glob,
}

impl Shape {
    /// A number of its own.
    pub(in crate::compare) fn id(&self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::AllBuckets => 1,
            Self::Anything => 2,
            Self::Arn(arn) => 3 + arn.id,
        }
    }
}

/// An action that there is.
#[derive(Debug)]
pub(super) struct Known {
    /// `s3:PutObject`.
    pub(super) name: String,
    /// The same in lower case, as elements are matched.
    pub(super) lower: String,
    pub(super) shapes: Vec<Shape>,
    /// Where it stands among those that people know, which come first: witnesses are read.
    pub(super) rank: usize,
    /// Whether it can be about a role, as what trust policies are asked is.
    pub(super) is_about_roles: bool,
}

/// The actions of a service by rank and name; none where the catalogue has no such service.
pub(super) fn actions(prefix: &str) -> &'static [Known] {
    static SERVICES: LazyLock<BTreeMap<&'static str, OnceLock<Vec<Known>>>> = LazyLock::new(|| {
        let prefixes = catalog().into_iter().flat_map(|catalog| catalog.prefixes());
        prefixes.map(|prefix| (prefix, OnceLock::new())).collect()
    });
    let (Some(slot), Some(catalog)) = (SERVICES.get(prefix), catalog()) else {
        return &[];
    };
    slot.get_or_init(|| catalog.service(prefix).map(read).unwrap_or_default())
}

fn read(service: &'static Service) -> Vec<Known> {
    let known = service.actions().map(|action| {
        let name = format!("{}:{}", service.prefix(), action.name());
        Known {
            lower: format!("{}:{}", service.prefix(), action.name().to_ascii_lowercase()),
            shapes: shapes_of(service, action),
            rank: rank(&name),
            is_about_roles: action
                .resources()
                .iter()
                .any(|resource| resource.name() == "role"),
            name,
        }
    });
    let mut known: Vec<Known> = known.collect();
    known.sort_by(|a, b| (a.rank, &a.name).cmp(&(b.rank, &b.name)));
    known
}

fn rank(action: &str) -> usize {
    static RANKS: LazyLock<Vec<String>> = LazyLock::new(|| {
        let operations = Operation::ALL.iter();
        let permissions = operations.flat_map(|operation| required_permissions(*operation, &[]));
        permissions
            .map(|permission| permission.action.to_string())
            .collect()
    });
    RANKS
        .iter()
        .position(|known| known == action)
        .unwrap_or(usize::MAX)
}

fn shapes_of(service: &'static Service, action: &Action) -> Vec<Shape> {
    /// Types of several services have the same ARNs.
    static SHAPES: Mutex<BTreeMap<&'static str, Arc<ArnShape>>> = Mutex::new(BTreeMap::new());
    let is_about_all_buckets = service.prefix() == "s3"
        && matches!(
            action.name(),
            "ListAllMyBuckets" | "GetAccountPublicAccessBlock" | "ListAccessPoints"
        );
    if is_about_all_buckets {
        return vec![Shape::AllBuckets];
    }
    let types = action.resources().iter();
    let types = types.filter_map(|resource| service.resource_type(resource.name()));
    // The plainest ARNs first: witnesses are read, and a bucket is better known than an access point.
    let mut arns: Vec<&'static str> = types.flat_map(|resource| resource.arns()).collect();
    arns.sort_by_key(|arn| (arn.matches("${").count(), arn.len()));
    let mut known = SHAPES.lock().unwrap_or_else(PoisonError::into_inner);
    let mut shapes = Vec::new();
    for arn in arns {
        let next = known.len();
        let shape = known.entry(arn).or_insert_with(|| Arc::new(shape(arn, next)));
        shapes.push(Shape::Arn(shape.clone()));
    }
    // Where no type is required a call may name none.
    if !action.resources().iter().any(|resource| resource.is_required()) {
        shapes.push(Shape::Nothing);
    }
    shapes
}

/// `arn:${Partition}:s3:::${BucketName}/${ObjectName}` as patterns.
fn shape(arn: &str, id: usize) -> ArnShape {
    let symbols = pattern::symbols(
        arn,
        Syntax {
            wildcards: true,
            variables: true,
        },
    );
    let (mut loose, mut strict) = (Glob::new(), Glob::new());
    let mut colons = 0;
    for symbol in symbols {
        match symbol {
            pattern::Symbol::Char(c) => {
                colons += usize::from(c == ':');
                for glob in [&mut loose, &mut strict] {
                    glob.push(Symbol::Char(c));
                }
            }
            pattern::Symbol::One | pattern::Symbol::Run => {
                for glob in [&mut loose, &mut strict] {
                    glob.push(Symbol::Run);
                }
            }
            pattern::Symbol::Variable(name) => {
                let (one, run) = match (colons, &*name) {
                    (0..5, _) => (Symbol::OneInField, Symbol::RunInField),
                    (_, "bucketname" | "accesspointname") => (Symbol::OneInName, Symbol::RunInName),
                    _ => (Symbol::One, Symbol::Run),
                };
                // Resources of AWS itself have another account, or none.
                if colons == 4 {
                    loose.push(Symbol::RunInField);
                    strict.extend([Symbol::Digit; 12]);
                } else if colons == 1 {
                    for glob in [&mut loose, &mut strict] {
                        glob.extend(['a', 'w', 's'].map(Symbol::Char));
                        glob.push(Symbol::RunInField);
                    }
                } else {
                    for glob in [&mut loose, &mut strict] {
                        glob.extend([one, run]);
                    }
                }
            }
        }
    }
    let service = arn.split(':').nth(2).unwrap_or_default().to_owned();
    ArnShape {
        id,
        service,
        loose,
        strict,
    }
}
