//! Options that name all policies that bear on one request, and the request itself.

use bucketline_policy::checks::restrict_public_buckets;
use bucketline_policy::{
    AccountId, ActionName, BucketName, DocumentKind, Layer, Layers, PolicySet, Principal, Request, key_grants,
};
use clap::Args;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::file;
use crate::clock;
use crate::command_line::Input;
use crate::failure::{Failure, Outcome, Problem};

/// The policies, by layer.
#[derive(Args, Debug)]
pub(super) struct LayerFiles {
    /// A policy of the caller, attached or inline; a file may also hold a JSON array of policies
    #[arg(value_name = "FILE")]
    identity: Vec<Input>,
    #[command(flatten)]
    around: AroundFiles,
    /// The policy of the S3 access point whose ARN is the resource; `--bucket` names the bucket behind it, whose policy is the
    /// resource's
    #[arg(long, value_name = "FILE", requires = "bucket")]
    access_point_policy: Option<Input>,
}

/// The policies of all layers but the caller's own.
#[derive(Args, Debug)]
pub(super) struct AroundFiles {
    /// The policy of the resource: bucket policy, trust policy of the role, key policy
    #[arg(long, value_name = "FILE")]
    resource_policy: Option<Input>,
    /// The grants on a KMS key, as `aws kms list-grants` printed them; they stand beside its key policy
    #[arg(long, value_name = "FILE")]
    kms_grants: Option<Input>,
    /// The account whose bucket has S3's Block Public Access on (`RestrictPublicBuckets`): a policy that lets in the public lets
    /// in nobody of other accounts
    #[arg(long, value_name = "ACCOUNT")]
    block_public_access: Option<AccountId>,
    /// A permissions boundary of the caller
    #[arg(long, value_name = "FILE")]
    boundary: Vec<Input>,
    /// A session policy of the caller's session
    #[arg(long, value_name = "FILE")]
    session_policy: Vec<Input>,
    /// The policy of the VPC endpoint that the request comes through
    #[arg(long, value_name = "FILE")]
    vpc_endpoint_policy: Option<Input>,
    /// The service control policies of one level; once per level, from the root down, several as a JSON array
    #[arg(long, value_name = "FILE")]
    scp: Vec<Input>,
    /// The resource control policies of one level, in the same way
    #[arg(long, value_name = "FILE")]
    rcp: Vec<Input>,
}

impl LayerFiles {
    /// Whether no policy at all is at hand.
    pub(super) fn is_empty(&self) -> bool {
        self.identity.is_empty() && self.around.is_empty() && self.access_point_policy.is_none()
    }

    /// An error where there is a policy of an access point and the request goes through none.
    pub(super) fn fit(&self, request: &Request) -> Outcome<()> {
        if self.access_point_policy.is_none() || request.behind().is_some() {
            return Ok(());
        }
        Err(Failure::usage(
            Problem::new(format!(
                "`{}` is not the ARN of an access point of S3",
                request.resource()
            ))
            .advice(
                "give it, or an object's below it, with `--resource`, or leave `--access-point-policy` out",
            ),
        ))
    }

    pub(super) fn load(&self) -> Outcome<Layers> {
        let mut layers = self.around.load_for_request(self.access_point_policy.is_some())?;
        if let Some(input) = &self.access_point_policy {
            let policies = PolicySet::compile(&file::documents(std::slice::from_ref(input))?);
            layers = layers.access_point(self.around.restricted(policies));
        }
        if self.identity.is_empty() {
            return Ok(layers);
        }
        let identity = PolicySet::compile(&file::documents(&self.identity)?);
        Ok(layers.with(Layer::Identity, identity))
    }
}

impl AroundFiles {
    /// Whether some of it belongs to one caller.
    pub(super) fn names_caller(&self) -> bool {
        !self.boundary.is_empty() || !self.session_policy.is_empty()
    }

    /// The options that have no bearing on policies of this kind that are checked by themselves. Block Public Access restricts
    /// the policy of a bucket: the one that is checked, or the one beside it.
    pub(super) fn without_bearing(&self, kind: DocumentKind) -> Vec<&'static str> {
        let is_of_caller = kind == DocumentKind::Identity;
        let given = [
            ("--resource-policy", self.resource_policy.is_some(), is_of_caller),
            ("--kms-grants", self.kms_grants.is_some(), is_of_caller),
            (
                "--block-public-access",
                self.block_public_access.is_some(),
                kind == DocumentKind::Resource || is_of_caller && self.resource_policy.is_some(),
            ),
            ("--boundary", !self.boundary.is_empty(), is_of_caller),
            ("--session-policy", !self.session_policy.is_empty(), is_of_caller),
            ("--scp", !self.scp.is_empty(), is_of_caller),
        ];
        let unused = given
            .into_iter()
            .filter(|(_, is_given, bears)| *is_given && !bears);
        unused.map(|(option, _, _)| option).collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.resource_policy.is_none()
            && self.kms_grants.is_none()
            && self.boundary.is_empty()
            && self.session_policy.is_empty()
            && self.vpc_endpoint_policy.is_none()
            && self.scp.is_empty()
            && self.rcp.is_empty()
    }

    /// A bucket's policy as Block Public Access leaves it, where that is on.
    pub(super) fn restricted(&self, policies: PolicySet) -> PolicySet {
        match self.block_public_access {
            Some(owner) => restrict_public_buckets(&policies, owner),
            None => policies,
        }
    }

    /// The layers; an error where Block Public Access is on of a bucket whose policy is not given.
    pub(super) fn load_for_request(&self, has_access_point: bool) -> Outcome<Layers> {
        if self.block_public_access.is_some() && self.resource_policy.is_none() && !has_access_point {
            return Err(Failure::usage(
                Problem::new("`--block-public-access` restricts the policy of a bucket, and none is given")
                    .advice("give it with `--resource-policy`"),
            ));
        }
        self.load()
    }

    pub(super) fn load(&self) -> Outcome<Layers> {
        let set = |inputs: &[Input]| -> Outcome<Option<PolicySet>> {
            if inputs.is_empty() {
                return Ok(None);
            }
            Ok(Some(PolicySet::compile(&file::documents(inputs)?)))
        };
        let levels = |inputs: &[Input]| -> Outcome<Vec<PolicySet>> {
            inputs
                .iter()
                .map(|input| Ok(PolicySet::compile(&file::documents(std::slice::from_ref(input))?)))
                .collect()
        };
        let mut layers = Layers::default()
            .service_control(levels(&self.scp)?)
            .resource_control(levels(&self.rcp)?);
        let mut resource = file::documents(self.resource_policy.as_slice())?;
        if let Some(input) = &self.kms_grants {
            let grants = key_grants(&file::read(input)?)
                .map_err(|error| Failure::usage(Problem::new(error.to_string()).at(input)))?;
            resource.push(grants);
        }
        if !resource.is_empty() {
            layers = layers.with(Layer::Resource, self.restricted(PolicySet::compile(&resource)));
        }
        for (layer, inputs) in [
            (Layer::Boundary, self.boundary.as_slice()),
            (Layer::Session, &self.session_policy),
            (Layer::VpcEndpoint, self.vpc_endpoint_policy.as_slice()),
        ] {
            if let Some(policies) = set(inputs)? {
                layers = layers.with(layer, policies);
            }
        }
        Ok(layers)
    }
}

/// What is asked.
#[derive(Args, Debug)]
pub(super) struct RequestOptions {
    /// Who asks: an ARN, an account id, a service such as `lambda.amazonaws.com`, or `anonymous`
    #[arg(long, value_name = "ARN")]
    principal: Option<Principal>,
    /// What for, such as `s3:PutObject`
    #[arg(long, value_name = "ACTION")]
    action: Option<ActionName>,
    /// On what: an ARN [default: `*`, for actions without a resource]
    #[arg(long, value_name = "ARN")]
    resource: Option<String>,
    /// The account that owns the resource [default: that of its ARN, or else the caller's]
    #[arg(long, value_name = "ACCOUNT")]
    resource_account: Option<AccountId>,
    /// The bucket behind the S3 access point whose ARN, or an object's below it, is the resource; its owner is the resource's
    /// account
    #[arg(long, value_name = "NAME")]
    bucket: Option<BucketName>,
    /// A condition key of the request and one value; several times for several values. Keys that follow from the caller
    /// and the resource (`aws:PrincipalArn`, `aws:ResourceAccount`, ...), and the time now, are set unless given
    #[arg(long, value_name = "KEY=VALUE", value_parser = context_entry)]
    context: Vec<(String, String)>,
}

impl RequestOptions {
    /// The request, if principal and action are given.
    pub(super) fn request(&self) -> Option<Request> {
        self.request_or(None, None, None)
    }

    /// The same, made now: AWS says the time with every request.
    pub(super) fn request_made_now(&self) -> Option<Request> {
        const TIME: [&str; 2] = ["aws:CurrentTime", "aws:EpochTime"];
        let request = self.request()?;
        let is_given = |key: &&str| !request.given_context().get(key).is_empty();
        if TIME.iter().any(is_given) {
            return Some(request);
        }
        let seconds = OffsetDateTime::from(clock::wall()).unix_timestamp();
        let now = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
        let [current, epoch] = TIME;
        let request = request.context(current, now.format(&Rfc3339).ok()?);
        Some(request.context(epoch, seconds.to_string()))
    }

    /// The same, where what is not given is known from elsewhere.
    pub(super) fn request_or(
        &self,
        principal: Option<&Principal>,
        action: Option<&ActionName>,
        resource: Option<&str>,
    ) -> Option<Request> {
        let resource = self.resource.as_deref().or(resource).unwrap_or("*");
        let mut request = Request::new(
            self.principal.as_ref().or(principal)?.clone(),
            self.action.as_ref().or(action)?.clone(),
            resource,
        );
        if let Some(account) = self.resource_account {
            request = request.resource_account(account);
        }
        if let Some(bucket) = &self.bucket {
            request = request.in_bucket(bucket.clone());
        }
        for (key, value) in &self.context {
            request = request.context(key, value);
        }
        Some(request)
    }
}

pub(super) fn context_entry(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("a key and a value are needed, such as `aws:SourceIp=203.0.113.7`".to_owned()),
    }
}
