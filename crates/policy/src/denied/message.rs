//! AWS's AccessDenied texts, taken apart. Knows wordings, no policies.

use serde::Serialize;

use crate::{ActionName, Layer, Operation, Principal, Request};

/// What a refusal's text says. Each part may be missing: S3 mostly says no more than `Access Denied`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    principal: Option<Principal>,
    action: Option<ActionName>,
    resource: Option<String>,
    /// The call's name, where a client told it.
    call: Option<String>,
    public_access_setting: Option<&'static str>,
    cause: Option<Cause>,
    request_id: Option<String>,
    has_encoded_part: bool,
}

/// Which kind of policy refused, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Cause {
    /// The kind of policy, where the message names it.
    pub by: Option<DeniedBy>,
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
    const WORDS: [(&'static str, Self); 9] = [
        ("identity-based policy", Self::Identity),
        ("resource-based policy", Self::Resource),
        ("role trust policy", Self::Trust),
        ("assume role trust policy", Self::Trust),
        ("permissions boundary", Self::Boundary),
        ("session policy", Self::Session),
        ("service control policy", Self::ServiceControl),
        ("resource control policy", Self::ResourceControl),
        ("VPC endpoint policy", Self::VpcEndpoint),
    ];

    /// Whether a layer of the evaluator is of this kind.
    pub fn is(self, layer: Layer) -> bool {
        match layer {
            Layer::ResourceControl(_) => self == Self::ResourceControl,
            Layer::ServiceControl(_) => self == Self::ServiceControl,
            Layer::VpcEndpoint => self == Self::VpcEndpoint,
            Layer::Resource => matches!(self, Self::Resource | Self::Trust),
            Layer::AccessPoint => self == Self::Resource,
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

const PUBLIC_ACCESS_SETTINGS: [&str; 4] = [
    "BlockPublicAcls",
    "IgnorePublicAcls",
    "BlockPublicPolicy",
    "RestrictPublicBuckets",
];

impl Denial {
    /// Reads a refusal: a sentence, an SDK's or the command line's wrapping of it, or the XML or JSON that a service
    /// answered. `None` when the text is no refusal. Takes time linear in the text.
    pub fn parse(text: &str) -> Option<Self> {
        // Within JSON and XML quotation marks are written differently.
        let text = text.replace("\\\"", "\"").replace("&quot;", "\"");
        let flat = flattened(&text);
        let action = action(&flat);
        let lower = flat.to_ascii_lowercase();
        let is_refusal = action.is_some()
            || [
                "accessdenied",
                "access denied",
                "is not authorized",
                "not authorized to perform",
                "unauthorizedoperation",
            ]
            .iter()
            .any(|phrase| lower.contains(phrase));
        if !is_refusal {
            return None;
        }
        let principal: Option<Principal> = word_after(&flat, "user:")
            .or_else(|| word_after(&flat, "user ").filter(|word| word.starts_with("arn:")))
            .and_then(|word| word.parse().ok());
        Some(Self {
            resource: resource(&text).map(|told| as_arn(told, principal.as_ref(), action.as_ref())),
            principal,
            action,
            call: word_after(&flat, "when calling the").map(str::to_owned),
            public_access_setting: PUBLIC_ACCESS_SETTINGS
                .into_iter()
                .find(|name| flat.contains(name)),
            cause: cause(&flat),
            request_id: between(&flat, "<RequestId>", "</RequestId>")
                .or_else(|| word_after(&flat, "request id:"))
                .or_else(|| word_after(&flat, "requestid:"))
                .map(str::to_owned),
            has_encoded_part: lower.contains("encoded authorization failure message"),
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
        self.call.as_deref()?.parse().ok()
    }

    pub(super) fn call(&self) -> Option<&str> {
        self.call.as_deref()
    }

    /// The setting of S3's Block Public Access that the message names.
    pub(super) fn public_access_setting(&self) -> Option<&'static str> {
        self.public_access_setting
    }

    /// The policy that refused, where the message says so.
    pub fn cause(&self) -> Option<&Cause> {
        self.cause.as_ref()
    }

    /// The number under which AWS's support finds the request.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Whether AWS has sent more of it encoded, for `sts:DecodeAuthorizationMessage` to read.
    pub fn has_encoded_part(&self) -> bool {
        self.has_encoded_part
    }

    /// The request that was refused, without context; `None` when caller or action are not told, or the resource is told
    /// by something else than an ARN.
    pub fn request(&self) -> Option<Request> {
        let resource = self.resource.as_deref().unwrap_or("*");
        if resource != "*" && !resource.starts_with("arn:") {
            return None;
        }
        Some(Request::new(
            self.principal.clone()?,
            self.action.clone()?,
            resource,
        ))
    }
}

/// The text on one line: terminals and tools break it anywhere between two words.
fn flattened(text: &str) -> String {
    let mut flat = String::with_capacity(text.len());
    for (at, line) in text.lines().enumerate() {
        let line = if at == 0 {
            line
        } else {
            line.trim_start_matches(|c: char| c.is_whitespace() || c == '│' || c == '|')
        };
        if at > 0 && !flat.ends_with(' ') {
            flat.push(' ');
        }
        flat.push_str(line);
    }
    flat
}

/// Where a phrase ends in a text, whatever the case of its letters.
fn after(text: &str, phrase: &str) -> Option<usize> {
    let mut from = 0;
    let first = phrase.as_bytes().first()?;
    while let Some(rest) = text.as_bytes().get(from..) {
        let found = rest.iter().position(|byte| byte.eq_ignore_ascii_case(first))?;
        let start = from + found;
        let end = start + phrase.len();
        match text.as_bytes().get(start..end) {
            Some(bytes) if bytes.eq_ignore_ascii_case(phrase.as_bytes()) => return Some(end),
            Some(_) => from = start + 1,
            None => return None,
        }
    }
    None
}

/// The action: of all that the text says is not authorized, the first one that is an action's name. EC2 says "to perform this
/// operation" before it.
fn action(text: &str) -> Option<ActionName> {
    const PHRASE: &str = "not authorized to perform";
    let mut rest = text;
    loop {
        if let Some(action) = word_after(rest, PHRASE).and_then(|word| word.parse().ok()) {
            return Some(action);
        }
        rest = rest.get(after(rest, PHRASE)?..)?;
    }
}

/// The word behind a phrase, without the marks around it. A colon may stand between.
fn word_after<'t>(text: &'t str, phrase: &str) -> Option<&'t str> {
    let rest = text.get(after(text, phrase)?..)?;
    let rest = rest.strip_prefix(':').unwrap_or(rest);
    let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`'));
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

/// Keys of objects may hold blanks: the ARN goes on up to the reason, to its closing mark, or to the end of its line.
fn resource(text: &str) -> Option<String> {
    let start = after(text, "on resource:").or_else(|| Some(after(text, "on resource arn:")? - "arn:".len()));
    let rest = text.get(start?..)?.trim_start();
    if let Some(quoted) = rest.strip_prefix('"') {
        return quoted.split_once('"').map(|(arn, _)| arn.to_owned());
    }
    let line = rest.lines().next().unwrap_or_default();
    let ends = [
        " because",
        " with an explicit deny",
        " (Service:",
        " (service:",
        " Encoded authorization",
        " status code:",
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

/// IAM names its own resources by kind and name, `role X`: of the caller's account.
fn as_arn(told: String, caller: Option<&Principal>, action: Option<&ActionName>) -> String {
    const KINDS: [(&str, &str); 9] = [
        ("role ", "role"),
        ("user ", "user"),
        ("group ", "group"),
        ("policy ", "policy"),
        ("instance profile ", "instance-profile"),
        ("server certificate ", "server-certificate"),
        ("SAML provider ", "saml-provider"),
        ("OpenID connect provider ", "oidc-provider"),
        ("MFA device ", "mfa"),
    ];
    let is_iam = action.is_some_and(|action| action.service() == "iam");
    let account = caller.and_then(Principal::account);
    let (true, Some(account), Some(caller)) = (is_iam, account, caller) else {
        return told;
    };
    let named = KINDS
        .iter()
        .find_map(|(word, kind)| Some((kind, told.strip_prefix(word)?.trim())));
    match named {
        Some((_, arn)) if arn.starts_with("arn:") => arn.to_owned(),
        Some((kind, name)) if !name.is_empty() => {
            let name = name.trim_start_matches('/');
            format!("arn:{}:iam::{account}:{kind}/{name}", caller.partition())
        }
        _ => told,
    }
}

fn cause(text: &str) -> Option<Cause> {
    let explicit = after(text, "with an explicit deny").and_then(|end| text.get(end..));
    let (is_explicit, rest) = match explicit {
        // In a policy of some kind, or in nothing that is named.
        Some(rest) => {
            let named = rest.strip_prefix(" in ").and_then(|rest| rest.split_once(' '));
            (true, named.map(|(_article, rest)| rest))
        }
        None => (false, Some(text.get(after(text, "because no ")?..)?)),
    };
    let rest = rest.unwrap_or_default();
    let named = DeniedBy::WORDS.into_iter().find(|(words, _)| {
        rest.get(..words.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(words))
    });
    if named.is_none() && !is_explicit {
        return None;
    }
    let policy = named
        .and_then(|(words, _)| rest.get(words.len()..))
        .filter(|_| is_explicit)
        .and_then(|rest| rest.strip_prefix(": "))
        .and_then(|rest| rest.split_whitespace().next())
        .map(|arn| arn.trim_matches(['"', '.', ',']).to_owned())
        .filter(|arn| arn.starts_with("arn:"));
    Some(Cause {
        by: named.map(|(_, by)| by),
        is_explicit,
        policy,
    })
}
