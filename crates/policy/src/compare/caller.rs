//! Callers that stand for all others: `Principal` elements name finitely many, so a few of each kind tell all apart.

use crate::document::{PrincipalType, Principals};
use crate::{AccountId, Arn, PolicySet, Principal};

/// A caller whom no document names.
pub(super) fn stranger() -> Option<Principal> {
    "arn:aws:iam::111122223333:user/somebody".parse().ok()
}

/// One caller for every way in which the documents can tell callers apart.
pub(super) fn representatives(sets: [&PolicySet; 2]) -> Vec<Principal> {
    let mut callers: Vec<Principal> = stranger().into_iter().collect();
    let mut add = |caller: Option<Principal>| {
        if let Some(caller) = caller
            && !callers.contains(&caller)
        {
            callers.push(caller);
        }
    };
    let groups = sets
        .into_iter()
        .flat_map(PolicySet::documents)
        .flat_map(|document| document.statements().iter())
        .filter_map(|statement| match statement.principal()?.principals() {
            Principals::Everyone => None,
            Principals::Named(groups) => Some(groups),
        })
        .flatten();
    for (kind, name) in groups.flat_map(|group| group.values().iter().map(|name| (group.kind(), name))) {
        match kind {
            PrincipalType::Aws => of_account(name, &mut add),
            PrincipalType::CanonicalUser => add(stranger().map(|caller| caller.with_canonical_user(name))),
            PrincipalType::Service | PrincipalType::Federated => add(name.parse().ok()),
        }
    }
    add(Some(Principal::anonymous()));
    add(Some(Principal::service("unnamed.amazonaws.com")));
    add("unnamed.example.com".parse().ok());
    callers
}

/// Everybody of the account whom a policy could mean by this name, and some whom it could not.
fn of_account(name: &str, add: &mut impl FnMut(Option<Principal>)) {
    let arn: Option<Arn> = name.parse().ok();
    let own: Option<Principal> = name.parse().ok().filter(|_| name != "*");
    let Some(account) = name.parse::<AccountId>().ok().or_else(|| arn.as_ref()?.account()) else {
        return;
    };
    let partition = arn.as_ref().map_or("aws", Arn::partition).to_owned();
    let of = |service: &str, rest: &str| {
        format!("arn:{partition}:{service}::{account}:{rest}")
            .parse::<Principal>()
            .ok()
    };
    add(own);
    if let Some(arn) = &arn {
        let resource = arn.resource();
        let last = resource.rsplit('/').next().unwrap_or_default();
        if resource.starts_with("role/") {
            add(of("sts", &format!("assumed-role/{last}/unnamed")));
        } else if resource.starts_with("user/") {
            add(of("sts", "federated-user/unnamed").map(|caller| caller.federated_by(arn)));
        } else if let Some(session) = resource.strip_prefix("assumed-role/") {
            let role = session.split('/').next().unwrap_or_default();
            add(of("iam", &format!("role/{role}")));
            add(of("sts", &format!("assumed-role/{role}/unnamed")));
        }
    }
    for (service, rest) in [
        ("iam", "root"),
        ("iam", "user/unnamed"),
        ("iam", "role/unnamed"),
        ("sts", "assumed-role/unnamed/unnamed"),
        ("sts", "federated-user/unnamed"),
    ] {
        add(of(service, rest));
    }
}
