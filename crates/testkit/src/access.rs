//! Who asks, whether the request reached the right bucket, and whether the policies let it pass.
//!
//! s3s has checked the signature when [`Gate`] runs. It knows neither session tokens nor regions; both are checked here.

mod context;
mod scope;

use std::sync::Arc;

use http::{HeaderMap, Uri};
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::{S3Auth, SecretKey};
use s3s::path::S3Path;
use s3s::{S3Error, S3ErrorCode, S3Result, s3_error};

use crate::authorize::{self, Question};
use crate::call::Call;
use crate::operation::{OnWhat, Operation};
use crate::query;
use crate::world::{Bucket, Caller, CredentialFault, World};
use scope::Scope;

/// Gives s3s the secrets to check signatures with.
#[derive(Debug)]
pub(crate) struct Secrets(pub(crate) World);

#[async_trait::async_trait]
impl S3Auth for Secrets {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        self.0
            .secret(access_key)
            .map(|secret| SecretKey::from(secret.expose()))
            .ok_or_else(unknown_key)
    }
}

/// Settings of how requests are judged.
#[derive(Debug, Clone)]
pub(crate) struct Scene {
    /// `aws:SecureTransport`: the testkit speaks plain HTTP where AWS speaks TLS.
    pub(crate) secure_transport: bool,
    /// `aws:SourceIp`
    pub(crate) source_ip: String,
    /// The characters that a session policy may have, white space not counted.
    pub(crate) packed_policy_size: usize,
}

impl Scene {
    /// The condition keys that every request has.
    pub(crate) fn context(&self) -> Vec<(&'static str, String)> {
        vec![
            ("aws:SecureTransport", self.secure_transport.to_string()),
            ("aws:SourceIp", self.source_ip.clone()),
        ]
    }
}

/// The check that every S3 request passes before its input is read.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    pub(crate) world: World,
    pub(crate) scene: Scene,
}

#[async_trait::async_trait]
impl S3Access for Gate {
    async fn check(&self, cx: &mut S3AccessContext<'_>) -> S3Result<()> {
        let operation = served(cx)?;
        let Some((action, on_what)) = operation.s3_action() else {
            return Err(not_served(cx));
        };
        let key_id = cx.credentials().map(|credentials| credentials.access_key.clone());
        let caller = identify(&self.world, key_id.as_deref(), cx.headers(), cx.uri())?;
        let scope = Scope::read(cx.headers(), cx.uri());
        if key_id.is_some() {
            scope::check_service(scope.as_ref())?;
        }
        let target = self.target(operation, on_what, &caller, scope.as_ref(), cx)?;
        let mut context = self.scene.context();
        context.extend(context::of_request(operation, cx.headers(), cx.uri()));
        let policy = target.bucket.as_ref().and_then(|bucket| bucket.policy());
        let asked = Question {
            caller: &caller,
            action,
            resource: &target.resource,
            resource_account: &target.account,
            resource_policy: policy.as_ref(),
            now: self.world.clock().now(),
            context,
            tags: Vec::new(),
        };
        let denied = |message| S3Error::with_message(S3ErrorCode::AccessDenied, message);
        authorize::decide(&asked).map_err(denied)?;
        cx.extensions_mut().insert(caller);
        Ok(())
    }
}

impl Gate {
    /// Whether the caller may list the bucket: if not, S3 hides whether a key exists behind a 403.
    ///
    /// Source: GetObject and HeadObject, "Permissions", S3 API reference.
    pub(crate) fn may_list(&self, caller: &Caller, bucket: &Bucket) -> bool {
        let policy = bucket.policy();
        let asked = Question {
            caller,
            action: "s3:ListBucket",
            resource: &format!(
                "arn:{}:s3:::{}",
                self.partition_of(bucket.account()),
                bucket.name()
            ),
            resource_account: bucket.account(),
            resource_policy: policy.as_ref(),
            now: self.world.clock().now(),
            context: self.scene.context(),
            tags: Vec::new(),
        };
        authorize::decide(&asked).is_ok()
    }

    /// The partition of an account, as ARNs write it.
    pub(crate) fn partition_of(&self, account: &str) -> String {
        self.world.identities().partition(account).to_owned()
    }

    /// What the request is about. That a bucket exists, and where, is told to everyone, as AWS does.
    fn target(
        &self,
        operation: Operation,
        on_what: OnWhat,
        caller: &Caller,
        scope: Option<&Scope>,
        cx: &S3AccessContext<'_>,
    ) -> S3Result<Target> {
        let callers_account = || caller.account().unwrap_or_default().to_owned();
        let (name, key) = match cx.s3_path() {
            S3Path::Root => {
                return Ok(Target {
                    bucket: None,
                    account: callers_account(),
                    resource: "*".into(),
                });
            }
            S3Path::Bucket { bucket } => (bucket, ""),
            S3Path::Object { bucket, key } => (bucket, &**key),
        };
        let found = self.world.bucket(name);
        let owner = found
            .as_ref()
            .map_or_else(callers_account, |bucket| bucket.account().to_owned());
        let partition = self.partition_of(&owner);
        let resource = match on_what {
            OnWhat::Object => format!("arn:{partition}:s3:::{name}/{key}"),
            OnWhat::Bucket | OnWhat::Account => format!("arn:{partition}:s3:::{name}"),
        };
        match found {
            Some(bucket) => {
                scope::check_region(&bucket, operation, scope)?;
                check_owner(&bucket, cx.headers())?;
                Ok(Target {
                    account: bucket.account().to_owned(),
                    bucket: Some(bucket),
                    resource,
                })
            }
            None if operation == Operation::CreateBucket => Ok(Target {
                bucket: None,
                account: callers_account(),
                resource,
            }),
            None => Err(s3_error!(NoSuchBucket, "The specified bucket does not exist")),
        }
    }
}

/// What a request acts on, for the policies.
#[derive(Debug)]
struct Target {
    bucket: Option<Arc<Bucket>>,
    /// The owner's account.
    account: String,
    resource: String,
}

/// The operation, if s3s and the front door read the same one from the request.
fn served(cx: &mut S3AccessContext<'_>) -> S3Result<Operation> {
    let operation = cx.extensions_mut().get::<Call>().map(|call| call.operation);
    operation
        .filter(|operation| operation.as_str() == cx.s3_op().name())
        .ok_or_else(|| not_served(cx))
}

fn not_served(cx: &S3AccessContext<'_>) -> S3Error {
    s3_error!(NotImplemented, "the testkit does not serve {}", cx.s3_op().name())
}

/// Who signed, by key and session token.
pub(crate) fn identify(
    world: &World,
    key_id: Option<&str>,
    headers: &HeaderMap,
    uri: &Uri,
) -> S3Result<Caller> {
    let Some(key_id) = key_id else {
        return Ok(Caller::Anonymous);
    };
    let token = headers
        .get("x-amz-security-token")
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let token = token.or_else(|| query::value(uri.query(), "X-Amz-Security-Token"));
    world
        .caller(key_id, token.as_deref(), world.clock().now())
        .map_err(|fault| match fault {
            CredentialFault::UnknownKey => unknown_key(),
            CredentialFault::BadToken => s3_error!(
                InvalidToken,
                "The provided token is malformed or otherwise invalid."
            ),
            CredentialFault::Expired => s3_error!(ExpiredToken, "The provided token has expired."),
        })
}

fn unknown_key() -> S3Error {
    s3_error!(
        InvalidAccessKeyId,
        "The AWS Access Key Id you provided does not exist in our records."
    )
}

/// Source: "Verifying bucket ownership with bucket owner condition", S3 user guide.
fn check_owner(bucket: &Bucket, headers: &HeaderMap) -> S3Result<()> {
    let Some(expected) = headers.get("x-amz-expected-bucket-owner") else {
        return Ok(());
    };
    let expected = expected.to_str().unwrap_or_default();
    if expected.len() != 12 || !expected.bytes().all(|byte| byte.is_ascii_digit()) {
        let code = S3ErrorCode::InvalidBucketOwnerAWSAccountID;
        let message = "The value of the expected bucket owner parameter must be an AWS account ID.";
        return Err(S3Error::with_message(code, message));
    }
    if expected != bucket.account() {
        return Err(s3_error!(AccessDenied, "Access Denied"));
    }
    Ok(())
}
