//! The one place where a request meets the policies: everything else asks [`decide`].
//!
//! Gathers the layers and the condition keys that apply, and puts a refusal in AWS's words; what a policy means is
//! bucketline-policy's business.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::SystemTime;

use bucketline_policy::{
    AccountId, ActionName, Decider, Decision, Document, Layer, Layers, PolicySet, Principal, Request,
    authorize,
};

use serde_json::Value;

use crate::error::{Error, ErrorKind};
use crate::world::Caller;

/// A policy document, parsed and compiled when it is set.
#[derive(Debug, Clone)]
pub(crate) struct Policy {
    document: Document,
    set: PolicySet,
}

/// The policies of a user or role, by name, compiled together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Policies {
    by_name: BTreeMap<String, Document>,
    /// Managed policies, by ARN.
    attached: BTreeMap<String, Document>,
    set: PolicySet,
}

/// What a user or role is given, and what bounds it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rights {
    pub(crate) policies: Arc<Policies>,
    pub(crate) boundary: Option<Policy>,
    /// The managed policy that the boundary is, where it is one.
    pub(crate) boundary_arn: Option<String>,
}

impl Rights {
    /// Gives a managed policy, or what it says now.
    pub(crate) fn attach(&mut self, arn: &str, policy: Policy) {
        let policies = Arc::make_mut(&mut self.policies);
        policies.attached.insert(arn.to_owned(), policy.document);
        policies.compile();
    }

    /// Takes a managed policy away; whether it was there.
    pub(crate) fn detach(&mut self, arn: &str) -> bool {
        let policies = Arc::make_mut(&mut self.policies);
        let removed = policies.attached.remove(arn).is_some();
        policies.compile();
        removed
    }
}

impl Policy {
    /// `of` says whose policy it is, for the error.
    pub(crate) fn parse(of: &str, text: &str) -> Result<Self, Error> {
        let failed = |error| {
            Error::new(
                ErrorKind::Policy,
                format!("{of} is not a policy document: {error}"),
            )
        };
        let document = Document::parse(text).map_err(failed)?;
        let set = PolicySet::compile(std::slice::from_ref(&document));
        Ok(Self { document, set })
    }
}

impl Policy {
    /// This policy with one principal's ARN replaced; none where it does not name it.
    pub(crate) fn with_principal_renamed(&self, arn: &str, id: &str) -> Option<Self> {
        let mut json: Value = serde_json::from_str(&self.document.to_json()).ok()?;
        let statements = match json.get_mut("Statement")? {
            Value::Array(statements) => statements.iter_mut().collect(),
            one => vec![one],
        };
        let mut found = false;
        for statement in statements {
            for element in ["Principal", "NotPrincipal"] {
                let Some(named) = statement.get_mut(element).and_then(|named| named.get_mut("AWS")) else {
                    continue;
                };
                let names = match named {
                    Value::Array(names) => names.iter_mut().collect(),
                    one => vec![one],
                };
                for name in names.into_iter().filter(|name| name.as_str() == Some(arn)) {
                    *name = Value::String(id.to_owned());
                    found = true;
                }
            }
        }
        found.then(|| Self::parse("the policy", &json.to_string()).ok())?
    }
}

impl Policy {
    /// What several allow together, each with its own denials; shown as the first.
    pub(crate) fn together(policies: Vec<Self>) -> Option<Self> {
        let documents: Vec<Document> = policies.into_iter().map(|policy| policy.document).collect();
        let set = PolicySet::compile(&documents);
        let document = documents.into_iter().next()?;
        Some(Self { document, set })
    }

    /// The document, as it is shown.
    pub(crate) fn to_json(&self) -> String {
        self.document.to_json()
    }
}

impl Policies {
    /// The names, sorted.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }

    /// The ARNs of the managed policies, sorted.
    pub(crate) fn attached(&self) -> impl Iterator<Item = &str> {
        self.attached.keys().map(String::as_str)
    }

    /// What the inline policies but this one take, in the characters that IAM counts.
    pub(crate) fn size_beside(&self, name: &str) -> usize {
        let others = self.by_name.iter().filter(|(found, _)| *found != name);
        others
            .map(|(_, document)| document.to_json().chars().filter(|c| !c.is_whitespace()).count())
            .sum()
    }

    /// A document by its name.
    pub(crate) fn get(&self, name: &str) -> Option<&Document> {
        self.by_name.get(name)
    }

    pub(crate) fn insert(&mut self, name: &str, policy: Policy) {
        self.by_name.insert(name.to_owned(), policy.document);
        self.compile();
    }

    /// Whether there was one of that name.
    pub(crate) fn remove(&mut self, name: &str) -> bool {
        let removed = self.by_name.remove(name).is_some();
        self.compile();
        removed
    }

    fn compile(&mut self) {
        let all = self.by_name.values().chain(self.attached.values());
        let documents: Vec<Document> = all.cloned().collect();
        self.set = PolicySet::compile(&documents);
    }
}

impl FromIterator<(String, Policy)> for Policies {
    fn from_iter<I: IntoIterator<Item = (String, Policy)>>(policies: I) -> Self {
        let by_name = policies
            .into_iter()
            .map(|(name, policy)| (name, policy.document))
            .collect();
        let mut policies = Self {
            by_name,
            attached: BTreeMap::new(),
            set: PolicySet::default(),
        };
        policies.compile();
        policies
    }
}

/// May the caller do this?
#[derive(Debug)]
pub(crate) struct Question<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) action: &'a str,
    /// An ARN.
    pub(crate) resource: &'a str,
    pub(crate) resource_account: &'a str,
    /// A bucket policy, or a role's trust policy.
    pub(crate) resource_policy: Option<&'a Policy>,
    pub(crate) now: SystemTime,
    /// The condition keys that the request itself brings; those of caller, resource and time are added.
    pub(crate) context: Vec<(&'static str, String)>,
    /// The same, of keys that have a name of the caller's choice in theirs.
    pub(crate) tags: Vec<(String, String)>,
}

/// Decides a request; a refusal comes in AWS's words.
pub(crate) fn decide(question: &Question<'_>) -> Result<(), String> {
    // A name that cannot be read cannot be allowed anything either.
    let request = question.request().ok_or("Access Denied")?;
    let nothing = Rights::default();
    let rights = match question.caller {
        Caller::User { rights, .. } | Caller::Session { rights, .. } => rights,
        Caller::Root { .. } | Caller::Anonymous | Caller::Federated { .. } => &nothing,
    };
    let mut layers = Layers::new(&rights.policies.set);
    if let Some(boundary) = &rights.boundary {
        layers = layers.boundary(&boundary.set);
    }
    if let Caller::Session {
        session_policy: Some(policy),
        ..
    } = question.caller
    {
        layers = layers.session(&policy.set);
    }
    if let Some(policy) = question.resource_policy {
        layers = layers.resource(&policy.set);
    }
    let verdict = authorize(&layers, &request);
    match verdict.decision() {
        Decision::Allow => Ok(()),
        refused => Err(question.refusal(refused, verdict.by())),
    }
}

impl Question<'_> {
    fn request(&self) -> Option<Request> {
        let principal: Principal = match self.caller {
            Caller::Anonymous => Principal::anonymous(),
            Caller::Federated { provider } => Principal::federated(provider),
            caller => caller.arn().parse().ok()?,
        };
        let action: ActionName = self.action.parse().ok()?;
        let owner: AccountId = self.resource_account.parse().ok()?;
        let mut request = Request::new(principal, action, self.resource).resource_account(owner);
        for (key, value) in &self.context {
            request = request.context(key, value);
        }
        for (key, value) in self.tags.iter().chain(&self.caller.context()) {
            request = request.context(key, value);
        }
        if let Some(id) = self.caller.user_id() {
            request = request.context("aws:userid", id);
        }
        if let Caller::Session { role_arn, issued, .. } = self.caller {
            // The session's own ARN leaves out the role's path; this key has it.
            request = request.context("aws:PrincipalArn", role_arn);
            request = request.context("aws:TokenIssueTime", epoch_seconds(*issued));
        }
        if self.action.starts_with("s3:") {
            request = request.context("s3:ResourceAccount", self.resource_account);
        }
        request = request
            .context("aws:CurrentTime", epoch_seconds(self.now))
            .context("aws:EpochTime", epoch_seconds(self.now))
            .context("aws:PrincipalIsAWSService", "false")
            .context("aws:ViaAWSService", "false");
        Some(request)
    }

    /// Callers of other accounts are not told why.
    ///
    /// Source: "Troubleshoot access denied (403 Forbidden) errors in Amazon S3", S3 user guide; "Troubleshoot access
    /// denied error messages", IAM user guide.
    fn refusal(&self, decision: Decision, by: Decider) -> String {
        if self.caller.account() != Some(self.resource_account) {
            return "Access Denied".into();
        }
        let layer = match by {
            Decider::Statement(layer, _) | Decider::Missing(layer) => layer,
            _ => Layer::Identity,
        };
        let kind = match layer {
            Layer::Resource => "resource-based policy",
            Layer::Session => "session policy",
            Layer::Boundary => "permissions boundary",
            Layer::ServiceControl(_) => "service control policy",
            Layer::ResourceControl(_) => "resource control policy",
            _ => "identity-based policy",
        };
        let (caller, action) = (self.caller.arn(), self.action);
        let resource = if action.starts_with("s3:") {
            format!("\"{}\"", self.resource)
        } else {
            self.resource.to_owned()
        };
        let told = format!("User: {caller} is not authorized to perform: {action} on resource: {resource}");
        if decision == Decision::ExplicitDeny {
            let article = if kind.starts_with("identity") { "an" } else { "a" };
            format!("{told} with an explicit deny in {article} {kind}")
        } else {
            format!("{told} because no {kind} allows the {action} action")
        }
    }
}

/// Dates in conditions may be told in seconds since 1970.
fn epoch_seconds(time: SystemTime) -> String {
    time.duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
        .to_string()
}
