//! Paths on which a user or a role comes to permissions that it was not given. Knows no file.

use std::collections::{HashMap, VecDeque};
use std::fmt;

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use super::method::{BY_SERVICE, FOR_ONESELF, On, ROLE_POLICIES, TO_USER, USER_POLICIES, Way};
use super::trust::Trust;
use super::{Account, Member};
use crate::{ActionName, Context};

/// A user or a role that is no administrator and can become one.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Escalation<'a> {
    /// Who.
    pub member: &'a Member,
    /// How, one step after the other.
    pub steps: Vec<Step<'a>>,
}

/// One step of a path.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Step<'a> {
    /// Who acts.
    pub from: &'a Member,
    /// Whom it becomes; `None` where it gives itself anything.
    pub to: Option<&'a Member>,
    /// What it does.
    pub how: &'static str,
    /// The permissions that it uses.
    pub actions: &'static [&'static str],
    /// Whether the file says all that it takes. It does not say, for instance, which function has which role. Who changes a role's trust
    /// is taken to be able to assume it then, and a trust that names a service to let it.
    pub is_certain: bool,
}

#[derive(Clone, Copy, Debug)]
struct Edge {
    to: Option<usize>,
    how: &'static str,
    actions: &'static [&'static str],
    is_certain: bool,
}

impl Account {
    /// For each user and role that is no administrator and can become one, a shortest path, by the known ways: policies that
    /// it may write or attach, keys and passwords that it may make, roles that it may assume, let itself into, or hand to a
    /// service. Paths that take nothing that the file does not say come before others.
    ///
    /// An administrator is who may do anything on anything. What the context does not give is absent from all requests, so
    /// that a step which needs another key (`aws:MultiFactorAuthPresent`) is not seen without it.
    #[must_use]
    pub fn escalations(&self, context: &[(String, String)]) -> Vec<Escalation<'_>> {
        let context: Context = context.iter().map(|(key, value)| (key, value.clone())).collect();
        let search = Search::new(self, &context);
        let edges = search.edges();
        let next = search.shortest(&edges);
        let mut found = Vec::new();
        for (at, member) in self.members.iter().enumerate() {
            if search.is_admin(at) || next.get(at).copied().flatten().is_none() {
                continue;
            }
            let mut steps = Vec::new();
            let mut from = Some(at);
            while let Some(place) = from.filter(|place| !search.is_admin(*place)) {
                let (Some(Some(edge)), Some(actor)) = (next.get(place), self.members.get(place)) else {
                    break;
                };
                steps.push(Step {
                    from: actor,
                    to: edge.to.and_then(|to| self.members.get(to)),
                    how: edge.how,
                    actions: edge.actions,
                    is_certain: edge.is_certain,
                });
                from = edge.to;
            }
            found.push(Escalation { member, steps });
        }
        found
    }
}

impl Escalation<'_> {
    /// Whether the file says all that the path takes.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        self.steps.iter().all(|step| step.is_certain)
    }
}

/// A line for the whole and one for each step.
impl fmt::Display for Escalation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let perhaps = if self.is_certain() { "can" } else { "can perhaps" };
        write!(f, "{} {perhaps} become an administrator", self.member.arn())?;
        for step in &self.steps {
            let to = step.to.map_or("anything", Member::arn);
            write!(
                f,
                "\n  {} -> {to}: {} (`{}`)",
                step.from.arn(),
                step.how,
                step.actions.join("`, `")
            )?;
        }
        Ok(())
    }
}

/// As `{principal, certain, steps}`.
impl Serialize for Escalation<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Escalation", 3)?;
        out.serialize_field("principal", self.member.arn())?;
        out.serialize_field("certain", &self.is_certain())?;
        out.serialize_field("steps", &self.steps)?;
        out.end()
    }
}

/// As `{from, to, how, actions, certain}`.
impl Serialize for Step<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Step", 5)?;
        out.serialize_field("from", self.from.arn())?;
        out.serialize_field("to", &self.to.map(Member::arn))?;
        out.serialize_field("how", self.how)?;
        out.serialize_field("actions", self.actions)?;
        out.serialize_field("certain", &self.is_certain)?;
        out.end()
    }
}

struct Search<'a> {
    account: &'a Account,
    context: &'a Context,
    admins: Vec<bool>,
    /// Places of all members, administrators first: who reaches one need not look further.
    order: Vec<usize>,
    /// Roles that trust anybody of the account whose own policies allow it.
    open: Vec<usize>,
    /// Roles by whom they name.
    naming: HashMap<String, Vec<usize>>,
    /// Roles by the services that they trust.
    by_service: HashMap<&'static str, Vec<usize>>,
}

impl<'a> Search<'a> {
    fn new(account: &'a Account, context: &'a Context) -> Self {
        let admins: Vec<bool> = account
            .members
            .iter()
            .map(|m| account.is_admin(m, context))
            .collect();
        let mut order: Vec<usize> = (0..account.members.len()).collect();
        order.sort_by_key(|at| !admins.get(*at).copied().unwrap_or_default());
        let trust: Vec<Trust> = account
            .members
            .iter()
            .map(|member| {
                member
                    .trust()
                    .map_or_else(Trust::default, |set| Trust::of(set, account.id))
            })
            .collect();
        let mut by_service: HashMap<&'static str, Vec<usize>> = HashMap::new();
        for method in BY_SERVICE {
            by_service.entry(method.service).or_insert_with(|| {
                let trusts = |at: &usize| trust.get(*at).is_some_and(|trust| trust.names(method.service));
                order.iter().copied().filter(trusts).collect()
            });
        }
        let (mut open, mut naming): (Vec<usize>, HashMap<String, Vec<usize>>) = Default::default();
        for at in &order {
            let Some(trust) = trust.get(*at) else { continue };
            if trust.is_open() {
                open.push(*at);
            }
            for arn in trust.named() {
                naming.entry(arn.to_owned()).or_default().push(*at);
            }
        }
        Self {
            account,
            context,
            admins,
            order,
            open,
            naming,
            by_service,
        }
    }

    fn is_admin(&self, at: usize) -> bool {
        self.admins.get(at).copied().unwrap_or_default()
    }

    fn edges(&self) -> Vec<Vec<Edge>> {
        let members = self.account.members.iter().enumerate();
        members
            .map(|(at, member)| {
                if self.is_admin(at) {
                    return Vec::new();
                }
                let mut own = Own {
                    edges: Vec::new(),
                    known: HashMap::new(),
                    is_done: false,
                };
                self.of_member(at, member, &mut own);
                own.edges
            })
            .collect()
    }

    fn of_member(&self, at: usize, member: &Member, own: &mut Own) {
        let looks: [&dyn Fn(&mut Own); 5] = [
            &|own| self.for_oneself(member, own),
            &|own| self.to_users(at, member, own),
            &|own| self.by_changed_trust(at, member, own),
            &|own| self.by_trust(at, member, own),
            &|own| self.by_services(at, member, own),
        ];
        for look in looks {
            look(own);
            if own.is_done {
                return;
            }
        }
    }

    fn can(&self, member: &Member, action: &'static str, resource: &str) -> bool {
        action
            .parse::<ActionName>()
            .is_ok_and(|action| member.can(&action, resource, self.context))
    }

    fn for_oneself(&self, member: &Member, own: &mut Own) {
        if !self.account.could_be_admin(member, self.context) {
            return;
        }
        for method in FOR_ONESELF {
            if method.is_for_roles.is_some_and(|roles| roles != member.is_role()) {
                continue;
            }
            let on: &[String] = match method.on {
                On::Oneself => &[member.arn().to_owned()],
                On::OwnGroup => &member.groups,
                On::OwnPolicy => &member.own_policies,
            };
            if on
                .iter()
                .any(|resource| self.can(member, method.action, resource))
            {
                return own.done(method.name, std::slice::from_ref(&method.action));
            }
        }
        let older = member
            .own_policies
            .iter()
            .filter(|arn| self.account.older_admin.contains(*arn));
        for policy in older {
            if self.can(member, "iam:SetDefaultPolicyVersion", policy) {
                return own.done(
                    "returns to a wider version of a policy",
                    &["iam:SetDefaultPolicyVersion"],
                );
            }
        }
        if !member.is_role() {
            for group in &self.account.admin_groups {
                if self.can(member, "iam:AddUserToGroup", group) {
                    return own.done("joins a group of administrators", &["iam:AddUserToGroup"]);
                }
            }
        }
    }

    fn others(&self, at: usize, roles: bool) -> impl Iterator<Item = (usize, &'a Member)> + '_ {
        let all = self.order.iter().filter(move |other| **other != at);
        let members = all.filter_map(|other| Some((*other, self.account.members.get(*other)?)));
        members.filter(move |(_, member)| member.is_role() == roles)
    }

    fn to_users(&self, at: usize, member: &Member, own: &mut Own) {
        for (how, actions) in TO_USER {
            if !may_all(member, actions) {
                continue;
            }
            for (other, user) in self.others(at, false) {
                if own.is_done || !actions.iter().all(|action| self.can(member, action, user.arn())) {
                    continue;
                }
                own.add(self, other, how, actions, true);
                self.with_any_policy(member, user, own, USER_POLICIES);
            }
        }
    }

    /// Gives a policy to another one that it becomes in any case.
    fn with_any_policy(&self, member: &Member, other: &Member, own: &mut Own, ways: &[Way]) {
        for (how, actions) in ways {
            let can = || actions.iter().all(|action| self.can(member, action, other.arn()));
            if !own.is_done && can() && self.account.could_be_admin(other, self.context) {
                own.done(how, actions);
            }
        }
    }

    fn by_changed_trust(&self, at: usize, member: &Member, own: &mut Own) {
        let actions = &["iam:UpdateAssumeRolePolicy"];
        if !may_all(member, actions) {
            return;
        }
        for (other, role) in self.others(at, true) {
            if own.is_done {
                return;
            }
            if self.can(member, "iam:UpdateAssumeRolePolicy", role.arn()) {
                own.add(self, other, "lets itself into it", actions, true);
            }
        }
    }

    fn by_trust(&self, at: usize, member: &Member, own: &mut Own) {
        let actions = &["sts:AssumeRole"];
        let Ok(action) = "sts:AssumeRole".parse::<ActionName>() else {
            return;
        };
        let named = self.naming.get(member.arn()).map_or(&[][..], Vec::as_slice);
        let open = if member.may(&action) {
            self.open.as_slice()
        } else {
            &[]
        };
        for other in named.iter().chain(open).copied().filter(|other| *other != at) {
            if own.is_done {
                return;
            }
            let Some(role) = self.account.members.get(other) else {
                continue;
            };
            if member.can_assume(&action, role, self.context) {
                own.add(self, other, "assumes it", actions, true);
                self.with_any_policy(member, role, own, ROLE_POLICIES);
            }
        }
    }

    fn by_services(&self, at: usize, member: &Member, own: &mut Own) {
        let Ok(pass) = "iam:PassRole".parse::<ActionName>() else {
            return;
        };
        let may_pass = member.may(&pass);
        for method in BY_SERVICE {
            if method.passes && !may_pass || !may_all(member, method.actions) {
                continue;
            }
            let actions = method.actions.iter();
            if !actions
                .into_iter()
                .all(|action| self.can_somewhere(member, action))
            {
                continue;
            }
            let mut context = self.context.clone();
            context.set("iam:PassedToService", [method.service]);
            let roles = self.by_service.get(method.service).map_or(&[][..], Vec::as_slice);
            for other in roles.iter().copied().filter(|other| *other != at) {
                if own.is_done {
                    return;
                }
                let Some(role) = self.account.members.get(other) else {
                    continue;
                };
                let of_machine = method.service != "ec2.amazonaws.com" || role.has_instance_profile;
                if of_machine && (!method.passes || member.can(&pass, role.arn(), &context)) {
                    own.add(self, other, method.name, method.actions, method.passes);
                }
            }
        }
    }

    /// On something that its own policies speak of.
    fn can_somewhere(&self, member: &Member, action: &'static str) -> bool {
        let Ok(action) = action.parse::<ActionName>() else {
            return false;
        };
        let tried = member.spoken_of(&action);
        tried
            .iter()
            .any(|resource| member.can(&action, resource, self.context))
    }

    /// For each member its first step on a shortest path to an administrator: by certain steps alone where there is such a
    /// path.
    fn shortest(&self, edges: &[Vec<Edge>]) -> Vec<Option<Edge>> {
        let mut next: Vec<Option<Edge>> = vec![None; edges.len()];
        let mut reached: Vec<bool> = self.admins.clone();
        for certain_alone in [true, false] {
            let counts = |edge: &&Edge| edge.is_certain || !certain_alone;
            let mut back: Vec<Vec<(usize, Edge)>> = vec![Vec::new(); edges.len()];
            let mut queue: VecDeque<usize> = VecDeque::new();
            for (at, own) in edges.iter().enumerate() {
                if reached.get(at).copied().unwrap_or_default() {
                    queue.push_back(at);
                    continue;
                }
                for edge in own.iter().filter(counts) {
                    match edge.to {
                        Some(to) => {
                            if let Some(list) = back.get_mut(to) {
                                list.push((at, *edge));
                            }
                        }
                        None => {
                            mark(&mut next, &mut reached, at, *edge);
                            queue.push_back(at);
                        }
                    }
                }
            }
            while let Some(to) = queue.pop_front() {
                for (at, edge) in back.get_mut(to).map(std::mem::take).unwrap_or_default() {
                    if !reached.get(at).copied().unwrap_or(true) {
                        mark(&mut next, &mut reached, at, edge);
                        queue.push_back(at);
                    }
                }
            }
        }
        next
    }
}

fn mark(next: &mut [Option<Edge>], reached: &mut [bool], at: usize, edge: Edge) {
    if let (Some(place), Some(is_reached)) = (next.get_mut(at), reached.get_mut(at)) {
        if !*is_reached {
            *place = Some(edge);
        }
        *is_reached = true;
    }
}

fn may_all(member: &Member, actions: &[&'static str]) -> bool {
    let mut actions = actions.iter();
    actions.all(|action| {
        action
            .parse::<ActionName>()
            .is_ok_and(|action| member.may(&action))
    })
}

/// The steps of one member.
struct Own {
    edges: Vec<Edge>,
    /// By whom it leads to, whether that is certain.
    known: HashMap<usize, bool>,
    /// It reaches an administrator in one certain step.
    is_done: bool,
}

impl Own {
    fn done(&mut self, how: &'static str, actions: &'static [&'static str]) {
        self.is_done = true;
        self.edges.push(Edge {
            to: None,
            how,
            actions,
            is_certain: true,
        });
    }

    fn add(
        &mut self,
        search: &Search<'_>,
        to: usize,
        how: &'static str,
        actions: &'static [&'static str],
        is_certain: bool,
    ) {
        if self.known.get(&to).is_some_and(|known| *known || !is_certain) {
            return;
        }
        self.known.insert(to, is_certain);
        self.is_done |= is_certain && search.is_admin(to);
        self.edges.push(Edge {
            to: Some(to),
            how,
            actions,
            is_certain,
        });
    }
}
