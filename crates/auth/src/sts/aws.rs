//! The port to STS over aws-sdk-sts. Knows the SDK's types; lets none of them out.

mod builder;

pub use builder::AwsStsBuilder;

use std::fmt;
use std::time::SystemTime;

use async_trait::async_trait;
use aws_credential_types::Credentials;
use aws_sdk_sts::Client;
use aws_sdk_sts::operation::RequestId;
use aws_sdk_sts::types::{AssumedRoleUser, Credentials as Session, PolicyDescriptorType, Tag};
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
use aws_types::SdkConfig;
use bucketline_policy::{AccountId, Arn};

use super::{AssumeRoleRequest, AssumedRole, CallerIdentity, Sts, WebIdentityRequest};
use crate::client::{Failure, single_attempt};
use crate::{Error, ErrorKind, Region, RoleArn, SessionTag};

/// STS as the AWS SDK speaks to it: one attempt per call, one timeout, no cache.
///
/// ```
/// use bucketline_auth::{AccessKey, AwsSts, Fixed, SecretAccessKey};
///
/// # fn main() -> Result<(), bucketline_auth::Error> {
/// let vendor = AccessKey::new("AKIAIOSFODNN7EXAMPLE".parse()?, SecretAccessKey::parse("wJalrXUtnFEMI")?);
/// let sts = AwsSts::builder()
///     .region("eu-central-1".parse()?)
///     .endpoint("http://127.0.0.1:4566")
///     .credentials(Fixed::new(&vendor))
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct AwsSts {
    client: Client,
    region: Region,
    signed: bool,
}

impl AwsSts {
    /// To say which region, endpoint, credentials and HTTP client to use.
    #[must_use]
    pub fn builder() -> AwsStsBuilder {
        AwsStsBuilder::default()
    }

    /// The adapter over these settings: region, endpoint, credentials and HTTP client are theirs; see
    /// [`single_attempt`] for what is not. Nothing is sent yet. Without credentials only
    /// [`assume_role_with_web_identity`](Sts::assume_role_with_web_identity) can be asked.
    ///
    /// # Errors
    ///
    /// Those of [`single_attempt`].
    pub fn from_sdk_config(config: &SdkConfig) -> Result<Self, Error> {
        Self::of(config, None)
    }

    fn of(config: &SdkConfig, interceptor: Option<SharedInterceptor>) -> Result<Self, Error> {
        let config = single_attempt(config)?;
        let mut conf = aws_sdk_sts::config::Builder::from(&config);
        if let Some(interceptor) = interceptor {
            conf = conf.interceptor(interceptor);
        }
        Ok(Self {
            region: config.region().map_or("", |region| region.as_ref()).parse()?,
            signed: config.credentials_provider().is_some(),
            client: Client::from_conf(conf.build()),
        })
    }

    /// The region whose STS is asked.
    #[must_use]
    pub fn region(&self) -> &Region {
        &self.region
    }

    fn check_signed(&self, operation: &'static str) -> Result<(), Error> {
        if self.signed {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::NotLoaded,
            "there are no credentials to sign the call with",
        )
        .with_operation(operation)
        .with_remedy("configure the vendor's own credentials"))
    }
}

#[async_trait]
impl Sts for AwsSts {
    async fn assume_role(&self, request: &AssumeRoleRequest) -> Result<AssumedRole, Error> {
        const OPERATION: &str = "AssumeRole";
        self.check_signed(OPERATION)?;
        request.role().check_region(&self.region)?;
        let output = self
            .client
            .assume_role()
            .role_arn(request.role().as_str())
            .role_session_name(request.session_name().as_str())
            .duration_seconds(seconds(request.duration()))
            .set_external_id(request.external_id().map(|id| id.as_str().to_owned()))
            .set_policy(request.session_policy().map(|policy| policy.as_str().to_owned()))
            .set_policy_arns(policy_arns(request))
            .set_tags(tags(request)?)
            .set_transitive_tag_keys(transitive_tag_keys(request))
            .set_source_identity(request.source_identity().map(ToString::to_string))
            .send()
            .await
            .map_err(|error| match Failure::of(&error) {
                Failure::Answer(answer) => request.refused(answer),
                failure => failure.into_error(OPERATION, request.role().as_str()),
            })?;
        #[expect(
            deprecated,
            reason = "endpoints other than AWS's own know only the older figure"
        )]
        let packed = output.packed_policy_size();
        Answered {
            session: output.credentials(),
            user: output.assumed_role_user(),
            size: output.session_token_utilization().or(packed),
            request_id: output.request_id(),
        }
        .session_of(OPERATION, request.role())
    }

    async fn assume_role_with_web_identity(
        &self,
        request: &WebIdentityRequest,
    ) -> Result<AssumedRole, Error> {
        const OPERATION: &str = "AssumeRoleWithWebIdentity";
        request.role().check_region(&self.region)?;
        let output = self
            .client
            .assume_role_with_web_identity()
            .role_arn(request.role().as_str())
            .role_session_name(request.session_name().as_str())
            .duration_seconds(seconds(request.duration()))
            .web_identity_token(request.token().expose())
            .send()
            .await
            .map_err(|error| match Failure::of(&error) {
                Failure::Answer(answer) => request.refused(answer),
                failure => failure.into_error(OPERATION, request.role().as_str()),
            })?;
        #[expect(
            deprecated,
            reason = "endpoints other than AWS's own know only the older figure"
        )]
        let packed = output.packed_policy_size();
        Answered {
            session: output.credentials(),
            user: output.assumed_role_user(),
            size: output.session_token_utilization().or(packed),
            request_id: output.request_id(),
        }
        .session_of(OPERATION, request.role())
    }

    async fn caller_identity(&self) -> Result<CallerIdentity, Error> {
        const OPERATION: &str = "GetCallerIdentity";
        self.check_signed(OPERATION)?;
        let output = self
            .client
            .get_caller_identity()
            .send()
            .await
            .map_err(|error| Failure::of(&error).into_error(OPERATION, ""))?;
        let lacks = |what: &str| incomplete(what).with_operation(OPERATION);
        let account: AccountId = output
            .account()
            .and_then(|account| account.parse().ok())
            .ok_or_else(|| lacks("account"))?;
        let arn: Arn = output
            .arn()
            .and_then(|arn| arn.parse().ok())
            .ok_or_else(|| lacks("ARN"))?;
        Ok(CallerIdentity::new(
            account,
            arn,
            output.user_id().ok_or_else(|| lacks("user id"))?,
        ))
    }
}

fn policy_arns(request: &AssumeRoleRequest) -> Option<Vec<PolicyDescriptorType>> {
    let arns = request.policy_arns();
    let described = |arn: &Arn| PolicyDescriptorType::builder().arn(arn.as_str()).build();
    (!arns.is_empty()).then(|| arns.iter().map(described).collect())
}

fn tags(request: &AssumeRoleRequest) -> Result<Option<Vec<Tag>>, Error> {
    let tag = |tag: &SessionTag| Tag::builder().key(tag.key()).value(tag.value()).build();
    let tags: Result<Vec<Tag>, _> = request.tags().iter().map(tag).collect();
    let tags = tags.map_err(|error| Error::invalid(format!("a session tag cannot be sent: {error}")))?;
    Ok((!tags.is_empty()).then_some(tags))
}

fn transitive_tag_keys(request: &AssumeRoleRequest) -> Option<Vec<String>> {
    let tags = request.tags().iter();
    let keys: Vec<String> = tags
        .filter(|tag| tag.is_transitive())
        .map(|tag| tag.key().to_owned())
        .collect();
    (!keys.is_empty()).then_some(keys)
}

impl fmt::Debug for AwsSts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwsSts")
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

/// What both ways of assuming a role answer.
struct Answered<'a> {
    session: Option<&'a Session>,
    user: Option<&'a AssumedRoleUser>,
    /// In per cent of what AWS allows.
    size: Option<i32>,
    request_id: Option<&'a str>,
}

impl Answered<'_> {
    fn session_of(self, operation: &'static str, role: &RoleArn) -> Result<AssumedRole, Error> {
        let lacks = |what| {
            incomplete(what)
                .with_operation(operation)
                .with_subject(role.as_str())
        };
        let session = self.session.ok_or_else(|| lacks("credentials"))?;
        let arn: Arn = self
            .user
            .and_then(|user| user.arn().parse().ok())
            .ok_or_else(|| lacks("session's ARN"))?;
        let expiry = SystemTime::try_from(*session.expiration()).map_err(|_| lacks("expiry"))?;
        let mut credentials = Credentials::builder()
            .access_key_id(session.access_key_id())
            .secret_access_key(session.secret_access_key())
            .session_token(session.session_token())
            .account_id(role.account().as_str())
            .provider_name("BucketlineSts");
        credentials.set_expiry(Some(expiry));
        let mut assumed = AssumedRole::new(credentials.build(), arn);
        assumed.size_used_percent = self.size.and_then(|size| u32::try_from(size).ok());
        assumed.request_id = self.request_id.map(str::to_owned);
        Ok(assumed)
    }
}

fn incomplete(what: &str) -> Error {
    Error::new(ErrorKind::Unexpected, format!("the answer has no valid {what}"))
        .with_remedy("look at the STS endpoint and at any proxy before it")
}

/// Checked to be within a day when the request was made.
fn seconds(duration: std::time::Duration) -> i32 {
    i32::try_from(duration.as_secs()).unwrap_or(i32::MAX)
}
