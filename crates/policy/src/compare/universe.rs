//! The actions there are and the resources each works on: the requests that AWS could send, by the catalogue. Without the
//! catalogue, and for services that it does not know, every action on every resource. Knows no policy.

mod known;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::ActionMatcher;
use crate::catalog::{Catalog, Service};
use known::Known;
pub(super) use known::{ArnShape, Shape};

/// The data that this build of the crate has.
pub(crate) fn catalog() -> Option<&'static Catalog> {
    #[cfg(feature = "catalog")]
    return Some(Catalog::built_in());
    #[cfg(not(feature = "catalog"))]
    return None;
}

/// Actions with what each works on.
pub(super) type Listed = Rc<[(&'static str, Cow<'static, [Shape]>)]>;

/// Actions that no element tells apart, with what they work on.
#[derive(Debug, Default)]
pub(super) struct Class {
    /// For each element of the comparison whether it matches these actions.
    signature: Vec<bool>,
    actions: Vec<&'static Known>,
    /// The same with what they work on, the best known first, once they are asked for.
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
            untouched: HashMap::new(),
        };
        let Some(catalog) = universe.catalog else {
            return universe;
        };
        let mut by_signature: HashMap<Vec<bool>, Class> = HashMap::new();
        let mut signature = Vec::with_capacity(elements.len());
        let mut class_of = |lower: &str, see: &mut dyn FnMut(&mut Class)| {
            signature.clear();
            signature.extend(elements.iter().map(|element| element.matches_lower(lower)));
            match by_signature.get_mut(&signature) {
                Some(class) => see(class),
                None => see(by_signature.entry(signature.clone()).or_default()),
            }
        };
        for prefix in catalog.prefixes() {
            if services == Services::TokenService && prefix != "sts" {
                continue;
            }
            let is_asked = services == Services::TokenService;
            if !is_asked && !elements.iter().any(|element| element.speaks_of(prefix)) {
                // Only what speaks of all services matches, so that any name will do.
                class_of(&format!("{prefix}:x"), &mut |class| class.untouched.push(prefix));
                continue;
            }
            let actions = known::actions(prefix).iter();
            for action in actions.filter(|action| services == Services::All || action.is_about_roles) {
                class_of(&action.lower, &mut |class| class.actions.push(action));
            }
        }
        universe.classes = by_signature
            .into_iter()
            .map(|(signature, class)| Class { signature, ..class })
            .collect();
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
        let Class {
            actions,
            listed,
            kinds,
            ..
        } = class;
        let all = listed.get_or_insert_with(|| {
            // Those of one service are in order already.
            actions.sort_by_key(|action| action.rank);
            actions.iter().map(|action| with_shapes(action)).collect()
        });
        match extent {
            Extent::All => all.clone(),
            Extent::Kinds => kinds.get_or_insert_with(|| by_kind(all.iter().cloned())).clone(),
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
        let listed = by_kind(known::actions(prefix).iter().map(with_shapes));
        self.untouched.insert(prefix, listed.clone());
        listed
    }
}

/// How much of a class is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    All,
    Kinds,
}

fn with_shapes(action: &'static Known) -> (&'static str, Cow<'static, [Shape]>) {
    (&action.name, Cow::Borrowed(&action.shapes))
}

fn by_kind(actions: impl Iterator<Item = (&'static str, Cow<'static, [Shape]>)>) -> Listed {
    let mut seen = HashSet::new();
    let fresh = actions.filter_map(|(action, shapes)| {
        let fresh: Vec<Shape> = shapes
            .iter()
            .filter(|shape| seen.insert(shape.id()))
            .cloned()
            .collect();
        (!fresh.is_empty()).then_some((action, Cow::Owned(fresh)))
    });
    fresh.collect()
}
