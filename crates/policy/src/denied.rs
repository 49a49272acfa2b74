//! From a refusal's text to the edit that would lift it: what AWS's message says, which statement of which policy decided,
//! and what to write instead.
//!
//! Knows AWS's wordings (<https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>); the
//! decision itself is the evaluator's. Every edit is tried out before it is proposed.

mod attempt;
mod diagnosis;
mod edit;
mod hint;
mod message;
mod text;
mod untold;

pub use diagnosis::{Agreement, Diagnosis, Step, diagnose};
pub use edit::Edit;
pub use hint::Hint;
pub use message::{Cause, Denial, DeniedBy};

use crate::{Context, Layers};

/// What lies behind a refusal, from its text and the policies at hand.
///
/// The request is taken from the message, with the keys that follow from the caller; the context that only AWS
/// knows (source address, prefix, external id) can be given. [`Denial::parse`], [`Denial::request`] and [`diagnose`] are
/// the steps, for those who know more of the request. `None` when the text is no refusal.
///
/// ```
/// use bucketline_policy::denied::explain_denied;
/// use bucketline_policy::{Context, Document, Layers, PolicySet};
/// let message = "User: arn:aws:iam::123456789012:user/exporter is not authorized to perform: s3:PutObject on resource: \
///     \"arn:aws:s3:::acme/currents/1.avro\" because no identity-based policy allows the s3:PutObject action";
/// let policy: Document = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],
///     "Resource":"arn:aws:s3:::acme/currents/*"}]}"#.parse()?;
/// let identity = PolicySet::compile(&[policy]);
/// let diagnosis = explain_denied(message, &Layers::new(&identity), &Context::default()).expect("it is a refusal");
/// let edit = diagnosis.steps()[0].edit().expect("an edit lifts it");
/// assert_eq!(
///     serde_json::to_string(edit).unwrap(),
///     r#"{"op":"replace","path":"/Statement/0/Action","value":["s3:GetObject","s3:PutObject"]}"#
/// );
/// # Ok::<(), bucketline_policy::Error>(())
/// ```
pub fn explain_denied(text: &str, layers: &Layers, context: &Context) -> Option<Diagnosis> {
    let denial = Denial::parse(text)?;
    let request = denial
        .request()
        .map(|request| request.with_context(context.clone()));
    Some(diagnose(denial, request.as_ref(), layers))
}
