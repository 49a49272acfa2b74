//! Questions with a yes or a no for a pipeline: does a change grant anything new, is this access granted, may everybody in?
//!
//! The questions are those of AWS's custom policy checks, with a request as the proof of each no. What cannot be proven is
//! a no with its reason. Never imports the evaluator's insides; finding requests is `compare`'s.

mod access;
mod block_public_access;
mod finding;
mod public;
mod resource_type;
mod sarif;
mod statements;
mod subject;

pub use access::Access;
pub use block_public_access::restrict_public_buckets;
pub use finding::{Check, Finding, Proof};
pub use resource_type::ResourceType;
pub use sarif::{CheckedFile, sarif};
pub use subject::Subject;

use crate::compare::{Asking, Grant, only_in_grant};
use crate::{DocumentKind, PolicySet};

/// Whether `new` allows nothing that `old` does not, as AWS's `CheckNoNewAccess` asks
/// (<https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CheckNoNewAccess.html>).
///
/// ```
/// use bucketline_policy::checks::{Subject, no_new_access};
/// use bucketline_policy::{Document, DocumentKind, PolicySet};
/// let allow = |resource: &str| -> Result<Subject, bucketline_policy::Error> {
///     let text = format!(r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"s3:PutObject","Resource":"{resource}"}}]}}"#);
///     Ok(Subject::alone(DocumentKind::Identity, PolicySet::compile(&[Document::parse(&text)?])))
/// };
/// let (old, new) = (allow("arn:aws:s3:::acme/*")?, allow("arn:aws:s3:::acme*")?);
/// assert!(no_new_access(&new, &old).passes());
/// let check = no_new_access(&old, &new);
/// let [finding] = check.findings() else { panic!("{check:?}") };
/// assert_eq!(finding.pointer(), "/Statement/0");
/// assert!(finding.witness().is_some());
/// # Ok::<(), bucketline_policy::Error>(())
/// ```
pub fn no_new_access(old: &Subject, new: &Subject) -> Check {
    let before = old.grant(old.policies());
    statements::judged("NEW_ACCESS", new.policies(), |set| {
        only_in_grant(&new.grant(set), &before, Asking::Anybody).into()
    })
}

/// Whether the policies allow nothing of this access, as AWS's `CheckAccessNotGranted` asks
/// (<https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CheckAccessNotGranted.html>).
///
/// ```
/// use bucketline_policy::checks::{Access, Subject, access_not_granted};
/// use bucketline_policy::{Document, DocumentKind, PolicySet};
/// let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::acme/*"}]}"#;
/// let policy = Subject::alone(DocumentKind::Identity, PolicySet::compile(&[Document::parse(text)?]));
/// let delete = Access::new(["s3:DeleteObject"], ["arn:aws:s3:::acme/ledger/*"])?;
/// assert!(!access_not_granted(&policy, &delete).passes());
/// let users = Access::new(["iam:*"], [""; 0])?;
/// assert!(access_not_granted(&policy, &users).passes());
/// # Ok::<(), bucketline_policy::Error>(())
/// ```
pub fn access_not_granted(subject: &Subject, access: &Access) -> Check {
    let nothing = Grant::alone(subject.kind(), &PolicySet::default());
    let access = access.policies(subject.kind());
    statements::judged("ACCESS_GRANTED", subject.policies(), |set| {
        let asked = subject.grant(set).and(subject.kind(), &access);
        only_in_grant(&asked, &nothing, Asking::Anybody).into()
    })
}

/// Whether the policy of a resource lets in nobody whom nobody chose, as AWS's `CheckNoPublicAccess` asks
/// (<https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CheckNoPublicAccess.html>).
///
/// The public are anonymous callers, callers of an account that the policy does not name, and identities of providers with
/// which anybody can have an account. A condition keeps the public out where it compares the caller, the network or the
/// source with values that somebody chose: the keys and values by which S3's Block Public Access decides
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>), and `aud`, `sub` and
/// their like of identity providers. Of other keys the public may have whatever values a policy asks for.
///
/// ```
/// use bucketline_policy::checks::{ResourceType, Subject, no_public_access};
/// use bucketline_policy::{Document, DocumentKind, PolicySet};
/// let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject",
///     "Resource":"arn:aws:s3:::acme/*","Condition":{"StringEquals":{"aws:Referer":"https://acme.example/"}}}]}"#;
/// let policy = Subject::alone(DocumentKind::Resource, PolicySet::compile(&[Document::parse(text)?]));
/// let check = no_public_access(&policy, ResourceType::S3_BUCKET);
/// assert_eq!(check.findings()[0].code(), "PUBLIC_ACCESS");
/// # Ok::<(), bucketline_policy::Error>(())
/// ```
pub fn no_public_access(subject: &Subject, resource_type: ResourceType) -> Check {
    let kind = match resource_type.is_trust() {
        true => DocumentKind::Trust,
        false => DocumentKind::Resource,
    };
    let services = resource_type.everything(kind);
    let nothing = Grant::alone(kind, &PolicySet::default());
    let around = subject.opened(kind);
    statements::judged("PUBLIC_ACCESS", subject.policies(), |set| {
        let open = public::opened(set);
        let asked = around.grant(&open).and(kind, &services);
        let side = only_in_grant(&asked, &nothing, Asking::Public);
        public::shown(side, |request| subject.allows(kind, set, request), set)
    })
}
