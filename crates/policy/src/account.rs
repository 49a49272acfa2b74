//! A whole account as one file describes it: who can do something, and who can become what it is not.
//!
//! Knows no network: the file is what `aws iam get-account-authorization-details` prints.

mod details;
mod escalation;
mod member;
mod method;
#[cfg(test)]
mod tests;
mod trust;
mod who_can;

pub use escalation::{Escalation, Step};
pub use member::Member;
pub use who_can::WhoCan;

use std::collections::BTreeSet;

use crate::{
    AccountId, ActionName, Context, DocumentKind, Error, Layer, Layers, PolicySet, Request, authorize,
    everything,
};

/// The users and roles of an account with the policies that bear on each.
///
/// ```
/// use bucketline_policy::account::Account;
/// let text = r#"{"UserDetailList": [{"UserName": "ada", "Arn": "arn:aws:iam::123456789012:user/ada",
///     "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement":
///         {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme/*"}}}],
///     "GroupList": [], "AttachedManagedPolicies": []}],
///   "GroupDetailList": [], "RoleDetailList": [], "Policies": []}"#;
/// let account = Account::from_json(text)?;
/// let found = account.who_can(&"s3:GetObject".parse()?, "arn:aws:s3:::acme/f", &[]);
/// assert_eq!(found[0].member.arn(), "arn:aws:iam::123456789012:user/ada");
/// assert!(account.escalations(&[]).is_empty());
/// # Ok::<(), bucketline_policy::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Account {
    id: AccountId,
    partition: String,
    members: Vec<Member>,
    /// Managed policies that are attached and not described.
    missing: Vec<String>,
    /// The policy of the resource that is asked about.
    resource: Option<PolicySet>,
    /// Groups whose policies allow anything on anything.
    admin_groups: Vec<String>,
    /// Managed policies of which a version that is not the default one does.
    older_admin: BTreeSet<String>,
}

impl Account {
    /// Reads what `aws iam get-account-authorization-details` prints. Policies may stand there as objects or, as the API
    /// sends them, as text in URL encoding.
    ///
    /// # Errors
    /// [`ErrorKind::Syntax`](crate::ErrorKind::Syntax) when the text is not of that form or is not the whole answer,
    /// [`ErrorKind::Structure`](crate::ErrorKind::Structure) when one of the policies is none, with its owner.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        details::read(text)
    }

    /// Puts all members within these layers: service control policies of the account, resource control policies, the policy
    /// of the VPC endpoint, and, for [`who_can`](Self::who_can), the policy of the resource.
    #[must_use]
    pub fn within(mut self, around: &Layers) -> Self {
        self.resource = around.policies(Layer::Resource).cloned();
        for member in &mut self.members {
            member.put_within(around);
        }
        self
    }

    /// The account.
    pub fn id(&self) -> AccountId {
        self.id
    }

    /// Its users and roles.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// The ARNs of managed policies and boundaries, and the groups (`group NAME`), that are named and that the file does not describe: what
    /// they allow or deny is not seen, and a boundary that is not there allows nothing. None in what AWS prints without a filter.
    pub fn missing(&self) -> &[String] {
        &self.missing
    }

    fn is_admin(&self, member: &Member, context: &Context) -> bool {
        may_anything(&self.partition, self.id, |action, resource| {
            member.can(action, resource, context)
        })
    }

    /// Whether nothing but its own policies keeps it from everything.
    fn could_be_admin(&self, member: &Member, context: &Context) -> bool {
        let all = PolicySet::compile(&[everything::policy(DocumentKind::Identity)]);
        let layers = member.layers.clone().with(Layer::Identity, all);
        may_anything(&self.partition, self.id, |action, resource| {
            let request = Request::new(member.principal.clone(), action.clone(), resource);
            authorize(&layers, &request.with_context(context.clone())).is_allowed()
        })
    }
}

/// Whether everything is allowed, as far as a few questions tell: an action that no pattern but `*` means, and what an
/// administrator cannot do without.
fn may_anything(partition: &str, account: AccountId, can: impl Fn(&ActionName, &str) -> bool) -> bool {
    let iam = |rest: &str| format!("arn:{partition}:iam::{account}:{rest}");
    let asked = [
        ("any-service:AnyAction", "*".to_owned()),
        ("iam:CreateUser", iam("user/any-user")),
        ("iam:AttachRolePolicy", iam("role/any-role")),
        ("iam:PutUserPolicy", iam("user/any-user")),
    ];
    asked
        .iter()
        .all(|(action, resource)| action.parse().is_ok_and(|action| can(&action, resource)))
}
