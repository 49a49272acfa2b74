//! What is asked: actions and resources that go together by the catalogue, and that elements match or do not.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::compare::term::Elements;
use crate::compare::text::{self, Demand, Found, Glob, Symbol};
use crate::compare::universe::{ArnShape, Extent, Shape, Universe};

/// Of several demands, by the places of the elements, the ones that have to be met or not.
type Wanted = Vec<(usize, bool)>;

/// Finds targets and remembers them.
#[derive(Debug)]
pub(super) struct Targets {
    elements: Elements,
    universe: Universe,
    guesses: Guesses,
    resources: HashMap<Wanted, HashMap<usize, Resource>>,
    possible: HashMap<(Wanted, Wanted), bool>,
    actions: HashMap<(Wanted, String), Found>,
    work: usize,
}

/// What was found out about the resources of one type.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Resource {
    /// There are such resources, this one for instance.
    Found(String),
    /// Whether there are could not be found out, or none that looks like one.
    Unclear,
    Nothing,
}

/// Targets that are given for one case.
const CANDIDATES: usize = 100;

impl Targets {
    pub(super) fn new(elements: Elements, universe: Universe, work: usize) -> Self {
        Self {
            guesses: Guesses::of(&elements),
            elements,
            universe,
            resources: HashMap::new(),
            possible: HashMap::new(),
            actions: HashMap::new(),
            work,
        }
    }

    pub(super) fn size(&self) -> usize {
        self.elements.size()
    }

    pub(super) fn work(&mut self) -> &mut usize {
        &mut self.work
    }

    /// `false` only when it is proven that no action and resource go together with all this.
    pub(super) fn is_possible(&mut self, actions: &[(usize, bool)], resources: &[(usize, bool)]) -> bool {
        let key = (actions.to_vec(), resources.to_vec());
        if let Some(known) = self.possible.get(&key) {
            return *known;
        }
        let mut possible = false;
        self.each(Extent::Kinds, actions, resources, &mut |_, resource| {
            possible = resource != &Resource::Nothing;
            !possible
        });
        self.possible.insert(key, possible);
        possible
    }

    /// Actions with resources of which all this is true, the best known first.
    pub(super) fn candidates(
        &mut self,
        actions: &[(usize, bool)],
        resources: &[(usize, bool)],
    ) -> Vec<(String, String)> {
        let mut found = Vec::new();
        self.each(Extent::All, actions, resources, &mut |action, resource| {
            if let Resource::Found(text) = resource {
                found.push((action.to_owned(), text.clone()));
            }
            found.len() < CANDIDATES
        });
        found
    }

    /// Calls `see` with each action and each kind of resource that goes with it, until it has seen enough.
    fn each(
        &mut self,
        extent: Extent,
        actions: &[(usize, bool)],
        resources: &[(usize, bool)],
        see: &mut dyn FnMut(&str, &Resource) -> bool,
    ) {
        let contradict =
            |wanted: &[(usize, bool)]| wanted.iter().any(|(at, is)| wanted.contains(&(*at, !is)));
        if contradict(actions) || contradict(resources) {
            return;
        }
        let services = self.arn_services(resources);
        for class in self.universe.classes(actions) {
            let own = self.universe.actions(class, extent);
            if !self.each_of(&own, resources, services.as_deref(), see) {
                return;
            }
            for service in self.universe.untouched(class, services.as_deref()) {
                let own = self.universe.of_service(service);
                if !self.each_of(&own, resources, services.as_deref(), see) {
                    return;
                }
            }
        }
        let unknown = match self.universe.is_known() {
            true => self.universe.unknown_services.clone(),
            false => vec!["*".to_owned()],
        };
        for service in unknown {
            let (action, is_clear) = match self.action(actions, &service) {
                Found::Text(action) => (action, true),
                Found::Nothing => continue,
                Found::GivenUp => (String::new(), false),
            };
            let resource = match self.resource(resources, &Shape::Anything) {
                Resource::Found(_) if !is_clear => Resource::Unclear,
                resource => resource,
            };
            if !see(&action, &resource) {
                return;
            }
        }
    }

    /// `false` when enough was seen.
    fn each_of(
        &mut self,
        actions: &[(&'static str, Cow<'static, [Shape]>)],
        resources: &[(usize, bool)],
        services: Option<&[String]>,
        see: &mut dyn FnMut(&str, &Resource) -> bool,
    ) -> bool {
        for (action, shapes) in actions {
            for shape in shapes.iter() {
                if let (Shape::Arn(arn), Some(services)) = (shape, services)
                    && !services.contains(&arn.service)
                {
                    continue;
                }
                let resource = self.resource(resources, shape);
                if resource != Resource::Nothing && !see(action, &resource) {
                    return false;
                }
            }
        }
        true
    }

    /// The services in whose ARNs resources can lie; `None` for all.
    fn arn_services(&self, resources: &[(usize, bool)]) -> Option<Vec<String>> {
        let mut known: Option<Vec<String>> = None;
        for (at, matched) in resources {
            let own = self
                .elements
                .get_resource(*at)
                .and_then(|element| element.arn_services(*matched));
            known = match (known, own) {
                (Some(known), Some(own)) => Some(
                    known
                        .into_iter()
                        .filter(|service| own.contains(service))
                        .collect(),
                ),
                (known, own) => known.or(own),
            };
        }
        known
    }

    /// An action of a service that the catalogue does not know.
    fn action(&mut self, wanted: &[(usize, bool)], service: &str) -> Found {
        let key = (wanted.to_vec(), service.to_owned());
        if let Some(found) = self.actions.get(&key) {
            return found.clone();
        }
        let own: Glob = service
            .chars()
            .map(|c| if c == '*' { Symbol::Run } else { Symbol::Char(c) })
            .chain([Symbol::Char(':'), Symbol::Run])
            .collect();
        let mut demands: Vec<Demand<'_>> = wanted
            .iter()
            .filter_map(|(at, matched)| Some(self.elements.get_action(*at)?.demand(*matched)))
            .collect();
        demands.push(Demand::met_by(&own));
        let known = ["s3:PutObject", "s3:GetObject", "s3:ListBucket"]
            .into_iter()
            .find(|action| text::accepts(&demands, &action.to_ascii_lowercase()));
        let found = match known {
            Some(action) => Found::Text(action.to_owned()),
            None => text::find(text::Shape::Action, &demands, &mut self.work),
        };
        self.actions.insert(key, found.clone());
        found
    }

    fn resource(&mut self, wanted: &[(usize, bool)], shape: &Shape) -> Resource {
        let known = self
            .resources
            .get(wanted)
            .and_then(|known| known.get(&shape.id()));
        if let Some(found) = known {
            return found.clone();
        }
        let demands: Vec<Demand<'_>> = wanted
            .iter()
            .filter_map(|(at, matched)| Some(self.elements.get_resource(*at)?.demand(*matched)))
            .collect();
        let accepts = |text: &str| text::accepts(&demands, text);
        let star = || Resource::Found("*".to_owned());
        let found = match shape {
            Shape::Nothing if accepts("*") => star(),
            Shape::AllBuckets if accepts("arn:aws:s3:::*") => star(),
            Shape::Nothing | Shape::AllBuckets => Resource::Nothing,
            Shape::Anything => match self.guesses.find(&demands, None) {
                Some(text) => Resource::Found(text),
                None => match text::find(text::Shape::Arn, &demands, &mut self.work) {
                    // `*`, the resource of actions that have none, is no ARN.
                    Found::Nothing if accepts("*") => star(),
                    Found::Nothing => Resource::Nothing,
                    Found::Text(text) => Resource::Found(text),
                    Found::GivenUp => Resource::Unclear,
                },
            },
            Shape::Arn(arn) => of_type(arn, &self.guesses, &demands, &mut self.work),
        };
        let known = self.resources.entry(wanted.to_vec()).or_default();
        known.insert(shape.id(), found.clone());
        found
    }
}

fn of_type(arn: &ArnShape, guesses: &Guesses, demands: &[Demand<'_>], work: &mut usize) -> Resource {
    let (mut strict, mut loose) = (demands.to_vec(), demands.to_vec());
    strict.push(Demand::met_by(&arn.strict));
    loose.push(Demand::met_by(&arn.loose));
    if let Some(text) = guesses.find(&strict, Some(&arn.strict)) {
        return Resource::Found(text);
    }
    match text::find(text::Shape::Arn, &loose, work) {
        Found::Nothing => return Resource::Nothing,
        Found::GivenUp => return Resource::Unclear,
        Found::Text(_) => {}
    }
    match text::find(text::Shape::Arn, &strict, work) {
        Found::Text(text) => Resource::Found(text),
        // Resources of AWS itself, for instance: what they look like is not known well enough.
        Found::Nothing | Found::GivenUp => guesses
            .find(&loose, None)
            .filter(|text| matches!(text.split(':').nth(4), Some("" | "aws")))
            .map_or(Resource::Unclear, Resource::Found),
    }
}

/// Resources that a person knows, by what elements name: proofs need none, but witnesses are read.
#[derive(Debug)]
struct Guesses(Vec<(&'static str, Vec<String>)>);

impl Guesses {
    fn of(elements: &Elements) -> Self {
        let by_filling = ["some-key", "x"].into_iter().map(|filling| {
            let texts = elements.globs().flat_map(|glob| Self::filled(glob, filling));
            (filling, texts.collect())
        });
        Self(by_filling.collect())
    }

    /// One that will do.
    fn find(&self, demands: &[Demand<'_>], shape: Option<&Glob>) -> Option<String> {
        for (filling, texts) in &self.0 {
            if let Some(text) = texts.iter().find(|text| text::accepts(demands, text)) {
                return Some(text.clone());
            }
            let mut own = shape.into_iter().flat_map(|glob| Self::filled(glob, filling));
            if let Some(text) = own.find(|text| text::accepts(demands, text)) {
                return Some(text);
            }
        }
        let known = "arn:aws:s3:::some-bucket/some-key";
        text::accepts(demands, known).then(|| known.to_owned())
    }

    fn filled(glob: &[Symbol], filling: &str) -> impl Iterator<Item = String> + use<> {
        let text = (glob.len() > 1).then(|| text::filled(glob, filling));
        let texts = [text.as_deref().and_then(placed), text];
        texts.into_iter().flatten().filter(|text| {
            let fields = || text.splitn(6, ':');
            text.starts_with("arn:")
                && fields().all(|field| field.len() < 200)
                && fields().count() == 6
                && !text.ends_with(':')
        })
    }
}

/// The same ARN with a partition, region and account that there are, where fillings stand for them.
fn placed(text: &str) -> Option<String> {
    let fields: Vec<&str> = text.splitn(6, ':').collect();
    let [_, partition, service, region, account, resource] = fields.as_slice() else {
        return None;
    };
    let is_filling =
        |field: &str| field.contains("some-key") || field.contains('x') || field.contains("some");
    let partition = if is_filling(partition)
        || partition.starts_with("aws") && *partition != "aws-cn" && *partition != "aws-us-gov"
    {
        "aws"
    } else {
        partition
    };
    let region = if is_filling(region) { "us-east-1" } else { region };
    let account = if is_filling(account) || *account == "111111111111" {
        "123456789012"
    } else {
        account
    };
    Some(format!("arn:{partition}:{service}:{region}:{account}:{resource}"))
}
