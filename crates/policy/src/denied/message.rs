//! AWS's AccessDenied texts, taken apart. Knows wordings, no policies.

use serde::Serialize;

use crate::{ActionName, Layer, Operation, Principal, Request};

/// What a refusal's text says. Each part may be missing: S3 mostly says no more than `Access Denied`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    principal: Option<Principal>,
    action: Option<ActionName>,
    resource: Option<String>,
    operation: Option<Operation>,
    cause: Option<Cause>,
    request_id: Option<String>,
}

/// Which kind of policy refused, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Cause {
    /// The kind of policy.
    pub by: DeniedBy,
    /// A statement denies it; otherwise none allows it.
    pub is_explicit: bool,
    /// The policy's ARN, where the message names it.
    pub policy: Option<String>,
}

/// The kinds of policy that AWS's messages name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DeniedBy {
    /// The caller's own policies.
    Identity,
    /// The policy of the resource.
    Resource,
    /// The trust policy of the role.
    Trust,
    /// The caller's permissions boundary.
    Boundary,
    /// The session's policies.
    Session,
    /// A service control policy.
    ServiceControl,
    /// A resource control policy.
    ResourceControl,
    /// The policy of the VPC endpoint that the request came through.
    VpcEndpoint,
}

impl DeniedBy {
    const WORDS: [(&'static str, Self); 10] = [
        ("identity-based policy", Self::Identity),
        ("resource-based policy", Self::Resource),
        ("role trust policy", Self::Trust),
        ("assume role trust policy", Self::Trust),
        ("permissions boundary", Self::Boundary),
        ("session policy", Self::Session),
        ("service control policy", Self::ServiceControl),
        ("resource control policy", Self::ResourceControl),
        ("VPC endpoint policy", Self::VpcEndpoint),
        ("vpc endpoint policy", Self::VpcEndpoint),
    ];

    /// Whether a layer of the evaluator is of this kind.
    pub fn is(self, layer: Layer) -> bool {
        match layer {
            Layer::ResourceControl(_) => self == Self::ResourceControl,
            Layer::ServiceControl(_) => self == Self::ServiceControl,
            Layer::VpcEndpoint => self == Self::VpcEndpoint,
            Layer::Resource => matches!(self, Self::Resource | Self::Trust),
            Layer::Identity => self == Self::Identity,
            Layer::Boundary => self == Self::Boundary,
            Layer::Session => self == Self::Session,
        }
    }

    /// AWS's name for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity-based policy",
            Self::Resource => "resource-based policy",
            Self::Trust => "role trust policy",
            Self::Boundary => "permissions boundary",
            Self::Session => "session policy",
            Self::ServiceControl => "service control policy",
            Self::ResourceControl => "resource control policy",
            Self::VpcEndpoint => "VPC endpoint policy",
        }
    }
}

impl Denial {
    /// Reads a refusal: a sentence, an SDK's or the command line's wrapping of it, or the XML or JSON that a service
    /// answered. `None` when the text is no refusal. Takes time linear in the text.
    pub fn parse(text: &str) -> Option<Self> {
        // Within JSON and XML quotation marks are written differently.
        let text = text.replace("\\\"", "\"").replace("&quot;", "\"");
        let principal = word_after(&text, "User: ");
        let action = word_after(&text, "not authorized to perform: ")
            .or_else(|| word_after(&text, "not authorized to perform "));
        let lower = text.to_ascii_lowercase();
        let is_refusal = action.is_some()
            || [
                "accessdenied",
                "access denied",
                "is not authorized",
                "unauthorizedoperation",
            ]
            .iter()
            .any(|phrase| lower.contains(phrase));
        if !is_refusal {
            return None;
        }
        Some(Self {
            principal: principal.and_then(|word| word.parse().ok()),
            action: action.and_then(|word| word.parse().ok()),
            resource: resource(&text),
            operation: word_after(&text, "when calling the ").and_then(|word| word.parse().ok()),
            cause: cause(&text),
            request_id: between(&text, "<RequestId>", "</RequestId>")
                .or_else(|| word_after(&text, "Request ID: "))
                .or_else(|| word_after(&text, "RequestID: "))
                .map(str::to_owned),
        })
    }

    /// The caller.
    pub fn principal(&self) -> Option<&Principal> {
        self.principal.as_ref()
    }

    /// The action.
    pub fn action(&self) -> Option<&ActionName> {
        self.action.as_ref()
    }

    /// The resource's ARN.
    pub fn resource(&self) -> Option<&str> {
        self.resource.as_deref()
    }

    /// The call, where a client named it.
    pub fn operation(&self) -> Option<Operation> {
        self.operation
    }

    /// The policy that refused, where the message says so.
    pub fn cause(&self) -> Option<&Cause> {
        self.cause.as_ref()
    }

    /// The number under which AWS's support finds the request.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The request that was refused, without context; `None` when caller or action are not told.
    pub fn request(&self) -> Option<Request> {
        let resource = self.resource.as_deref().unwrap_or("*");
        Some(Request::new(
            self.principal.clone()?,
            self.action.clone()?,
            resource,
        ))
    }
}

/// The word behind a phrase, without the marks around it.
fn word_after<'t>(text: &'t str, phrase: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(phrase)?;
    let rest = rest.trim_start_matches(['"', '\'', '`']);
    let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>' | ';' | ')'));
    let word = rest
        .get(..end.unwrap_or(rest.len()))?
        .trim_end_matches(['.', ',']);
    (!word.is_empty()).then_some(word)
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(start)?;
    rest.split_once(end).map(|(inside, _)| inside.trim())
}

/// Keys of objects may hold blanks: the ARN goes on up to the reason, or up to its closing mark.
fn resource(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("on resource: ")?;
    if let Some(quoted) = rest.strip_prefix('"') {
        return quoted.split_once('"').map(|(arn, _)| arn.to_owned());
    }
    let line = rest.lines().next().unwrap_or_default();
    let ends = [
        " because ",
        " with an explicit deny",
        " (Service:",
        "</",
        "\"",
        " , ",
    ];
    let end = ends.iter().filter_map(|mark| line.find(mark)).min();
    let arn = line
        .get(..end.unwrap_or(line.len()))?
        .trim()
        .trim_end_matches(['.', ',']);
    (!arn.is_empty()).then(|| arn.to_owned())
}

fn cause(text: &str) -> Option<Cause> {
    let (is_explicit, rest) = match text.split_once("with an explicit deny in ") {
        Some((_, rest)) => (true, rest.split_once(' ').map(|(_article, rest)| rest)?),
        None => (false, text.split_once("because no ")?.1),
    };
    let (words, by) = DeniedBy::WORDS
        .into_iter()
        .find(|(words, _)| rest.starts_with(words))?;
    let policy = rest
        .strip_prefix(words)
        .filter(|_| is_explicit)
        .and_then(|rest| rest.strip_prefix(": "))
        .and_then(|rest| rest.split_whitespace().next())
        .map(|arn| arn.trim_matches(['"', '.', ',']).to_owned())
        .filter(|arn| arn.starts_with("arn:"));
    Some(Cause {
        by,
        is_explicit,
        policy,
    })
}
