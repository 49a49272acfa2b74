//! The actions there are and the resources each works on: the requests that AWS could send, by the catalogue. Without the
//! catalogue, and for services that it does not know, every action on every resource. Knows no policy.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::text::{Glob, Symbol};
use crate::ActionMatcher;
use crate::catalog::{Catalog, Service};
use crate::pattern::{self, Syntax};

/// The data that this build of the crate has.
pub(crate) fn catalog() -> Option<&'static Catalog> {
    #[cfg(feature = "catalog")]
    return Some(Catalog::built_in());
    #[cfg(not(feature = "catalog"))]
    return None;
}

/// What an action works on.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    /// No resource: `*`.
    Nothing,
    /// All buckets: requests are about `arn:aws:s3:::*`, and name no resource.
    AllBuckets,
    /// Resources of this type.
    Arn(Rc<ArnShape>),
    /// Any resource, of a service that is not known.
    Anything,
}

#[derive(Debug)]
pub(super) struct ArnShape {
    id: usize,
    /// The service in its ARNs.
    pub(super) service: String,
    /// All ARNs of the type, and some that are none: accounts and regions are any text.
    pub(super) loose: Glob,
    /// ARNs as they mostly are: with an account of twelve digits.
    pub(super) strict: Glob,
}

impl Shape {
    /// A number of its own, within one comparison.
    pub(super) fn id(&self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::AllBuckets => 1,
            Self::Anything => 2,
            Self::Arn(arn) => 3 + arn.id,
        }
    }
}

/// Actions with what each works on.
pub(super) type Listed = Rc<[(String, Vec<Shape>)]>;

/// Actions that no element tells apart, with what they work on.
#[derive(Debug, Default)]
pub(super) struct Class {
    /// For each element of the comparison whether it matches these actions.
    signature: Vec<bool>,
    /// The actions, the best known first, in their spelling.
    actions: Vec<(String, Vec<Shape>)>,
    /// The same, once it is complete.
    listed: Option<Listed>,
    /// Of each kind of resource the first action that works on it.
    kinds: Option<Listed>,
    /// Services of which every action belongs to the class; they are read when they are needed.
    untouched: Vec<&'static str>,
}

#[derive(Debug)]
pub(super) struct Universe {
    classes: Vec<Class>,
    /// Services that documents name and the catalogue does not know; with no catalogue there are no others.
    pub(super) unknown_services: Vec<String>,
    catalog: Option<&'static Catalog>,
    shapes: HashMap<String, Shape>,
    untouched: HashMap<&'static str, Listed>,
}

/// Which services can be asked at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Services {
    All,
    /// A trust policy is asked by the Security Token Service alone.
    TokenService,
}

impl Universe {
    pub(super) fn new(services: Services, elements: &[&ActionMatcher]) -> Self {
        let mut universe = Self {
            classes: Vec::new(),
            unknown_services: Vec::new(),
            catalog: catalog(),
            shapes: HashMap::new(),
            untouched: HashMap::new(),
        };
        let Some(catalog) = universe.catalog else {
            return universe;
        };
        let mut by_signature: HashMap<Vec<bool>, Class> = HashMap::new();
        for prefix in catalog.prefixes() {
            if services == Services::TokenService && prefix != "sts" {
                continue;
            }
            let is_asked = services == Services::TokenService;
            if !is_asked && !elements.iter().any(|element| element.speaks_of(prefix)) {
                // Only what speaks of all services matches, so that any name will do.
                let any = format!("{prefix}:x");
                let signature: Vec<bool> = elements
                    .iter()
                    .map(|element| element.matches_lower(&any))
                    .collect();
                by_signature.entry(signature).or_default().untouched.push(prefix);
                continue;
            }
            let Some(service) = catalog.service(prefix) else {
                continue;
            };
            let actions = service.actions().filter(|action| {
                let mut resources = action.resources().iter();
                services == Services::All || resources.any(|resource| resource.name() == "role")
            });
            for action in actions {
                let lower = format!("{prefix}:{}", action.name().to_ascii_lowercase());
                let signature = elements
                    .iter()
                    .map(|element| element.matches_lower(&lower))
                    .collect();
                let shapes = universe.shapes_of(service, action);
                let class = by_signature.entry(signature).or_default();
                class
                    .actions
                    .push((format!("{prefix}:{}", action.name()), shapes));
            }
        }
        universe.classes = by_signature
            .into_iter()
            .map(|(signature, class)| Class { signature, ..class })
            .collect();
        for class in &mut universe.classes {
            class.actions.sort_by_cached_key(|(action, _)| rank(action));
        }
        // The order of a hash table is no order.
        universe.classes.sort_by(|a, b| b.signature.cmp(&a.signature));
        if services == Services::All {
            let mut unknown: Vec<String> = elements
                .iter()
                .flat_map(|element| element.named_services())
                .filter(|service| catalog.service(service).is_none())
                .map(str::to_owned)
                .collect();
            unknown.sort();
            unknown.dedup();
            universe.unknown_services = unknown;
        }
        universe
    }

    /// Whether there is data at all.
    pub(super) fn is_known(&self) -> bool {
        self.catalog.is_some()
    }

    /// The classes of which all this is true, by the places of the elements.
    pub(super) fn classes(&self, wanted: &[(usize, bool)]) -> Vec<usize> {
        let meets = |class: &Class| {
            wanted
                .iter()
                .all(|(at, matched)| class.signature.get(*at) == Some(matched))
        };
        let numbered = self.classes.iter().enumerate();
        numbered
            .filter(|(_, class)| meets(class))
            .map(|(at, _)| at)
            .collect()
    }

    /// The actions of a class that elements name; for each kind of resource one of them, or all.
    pub(super) fn actions(&mut self, at: usize, extent: Extent) -> Listed {
        let Some(class) = self.classes.get_mut(at) else {
            return Rc::new([]);
        };
        match extent {
            Extent::All => class
                .listed
                .get_or_insert_with(|| class.actions.clone().into())
                .clone(),
            Extent::Kinds => class
                .kinds
                .get_or_insert_with(|| by_kind(class.actions.iter().cloned()))
                .clone(),
        }
    }

    /// The untouched services of a class: those with ARNs of these services, or all.
    pub(super) fn untouched(&self, at: usize, of: Option<&[String]>) -> Vec<&'static str> {
        let (Some(catalog), Some(class)) = (self.catalog, self.classes.get(at)) else {
            return Vec::new();
        };
        let Some(of) = of else {
            return class.untouched.clone();
        };
        let named = of.iter().flat_map(|service| catalog.with_arns_of(service));
        let named: Vec<&str> = named.map(Service::prefix).collect();
        let untouched = class.untouched.iter().copied();
        untouched.filter(|prefix| named.contains(prefix)).collect()
    }

    /// Of a service, for each kind of resource an action that works on it.
    pub(super) fn of_service(&mut self, prefix: &'static str) -> Listed {
        if let Some(known) = self.untouched.get(prefix) {
            return known.clone();
        }
        let Some(service) = self.catalog.and_then(|catalog| catalog.service(prefix)) else {
            return Rc::new([]);
        };
        let actions: Vec<(String, Vec<Shape>)> = service
            .actions()
            .map(|action| {
                (
                    format!("{prefix}:{}", action.name()),
                    self.shapes_of(service, action),
                )
            })
            .collect();
        let listed = by_kind(actions);
        self.untouched.insert(prefix, listed.clone());
        listed
    }

    fn shapes_of(&mut self, service: &Service, action: &crate::catalog::Action) -> Vec<Shape> {
        let is_about_all_buckets = service.prefix() == "s3"
            && matches!(
                action.name(),
                "ListAllMyBuckets" | "GetAccountPublicAccessBlock" | "ListAccessPoints"
            );
        if is_about_all_buckets {
            return vec![Shape::AllBuckets];
        }
        let mut shapes = Vec::new();
        let types = action.resources().iter();
        for arn in types
            .filter_map(|resource| service.resource_type(resource.name()))
            .flat_map(|resource| resource.arns())
        {
            let next = self.shapes.len();
            let known = self.shapes.entry(arn.to_owned());
            shapes.push(known.or_insert_with(|| shape(arn, next)).clone());
        }
        // Where no type is required a call may name none.
        if !action.resources().iter().any(|resource| resource.is_required()) {
            shapes.push(Shape::Nothing);
        }
        shapes
    }
}

/// How much of a class is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    All,
    Kinds,
}

fn by_kind(actions: impl IntoIterator<Item = (String, Vec<Shape>)>) -> Listed {
    let mut seen = HashSet::new();
    let fresh = actions.into_iter().filter_map(|(action, mut shapes)| {
        shapes.retain(|shape| seen.insert(shape.id()));
        (!shapes.is_empty()).then_some((action, shapes))
    });
    fresh.collect()
}

/// Actions that people know come first: witnesses are read.
fn rank(action: &str) -> (usize, String) {
    use crate::{Operation, required_permissions};
    let known = Operation::ALL
        .iter()
        .flat_map(|operation| required_permissions(*operation, &[]))
        .position(|permission| permission.action == action);
    (known.unwrap_or(usize::MAX), action.to_owned())
}

/// `arn:${Partition}:s3:::${BucketName}/${ObjectName}` as patterns.
fn shape(arn: &str, id: usize) -> Shape {
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
                    (_, "bucketname") => (Symbol::OneInName, Symbol::RunInName),
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
    Shape::Arn(Rc::new(ArnShape {
        id,
        service,
        loose,
        strict,
    }))
}
