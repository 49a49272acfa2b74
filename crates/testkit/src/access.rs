//! Who asks, whether the request reached the right bucket, and whether the policies let it pass.
//!
//! s3s has checked the signature when [`Gate`] runs. It knows neither session tokens nor regions; both are checked here.

use http::{HeaderMap, HeaderValue, Uri};
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::{S3Auth, SecretKey};
use s3s::path::S3Path;
use s3s::{S3Error, S3ErrorCode, S3Result, s3_error};

use crate::authorize::{self, Question};
use crate::call::{Call, OnWhat, Operation};
use crate::query;
use crate::world::{Bucket, Caller, CredentialFault, World};

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

/// The check that every S3 request passes before its input is read.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    pub(crate) world: World,
    pub(crate) scene: Scene,
}

#[async_trait::async_trait]
impl S3Access for Gate {
    async fn check(&self, cx: &mut S3AccessContext<'_>) -> S3Result<()> {
        let call = cx.extensions_mut().get::<Call>().cloned();
        let call = call.filter(|call| call.operation.as_str() == cx.s3_op().name());
        let Some((call, (action, on_what))) = call
            .and_then(|call| Some((call.operation.s3_action()?, call)))
            .map(|(action, call)| (call, action))
        else {
            return Err(s3_error!(
                NotImplemented,
                "the testkit does not serve {}",
                cx.s3_op().name()
            ));
        };
        let key_id = cx.credentials().map(|credentials| credentials.access_key.clone());
        let caller = identify(&self.world, key_id.as_deref(), cx.headers(), cx.uri())?;
        let scope = Scope::read(cx.headers(), cx.uri());
        if key_id.is_some() && scope.is_none() {
            return Err(s3_error!(
                InvalidRequest,
                "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."
            ));
        }
        if let Some(service) = scope
            .as_ref()
            .map(|scope| &scope.service)
            .filter(|service| *service != "s3")
        {
            let code = S3ErrorCode::AuthorizationHeaderMalformed;
            let message = format!(
                "The authorization header is malformed; incorrect service \"{service}\". This endpoint belongs to \"s3\"."
            );
            return Err(S3Error::with_message(code, message));
        }

        let (S3Path::Bucket { bucket: name } | S3Path::Object { bucket: name, .. }) = cx.s3_path() else {
            return Err(s3_error!(NotImplemented));
        };
        let key = if let S3Path::Object { key, .. } = cx.s3_path() {
            Some(&**key)
        } else {
            None
        };
        let bucket = self.world.bucket(name);
        let account = match &bucket {
            Some(bucket) => {
                check_region(bucket, call.operation, scope.as_ref())?;
                check_owner(bucket, cx.headers())?;
                bucket.account().to_owned()
            }
            None if call.operation == Operation::CreateBucket => {
                caller.account().unwrap_or_default().to_owned()
            }
            None => return Err(s3_error!(NoSuchBucket, "The specified bucket does not exist")),
        };
        let resource = match (on_what, key) {
            (OnWhat::Object, Some(key)) => format!("arn:aws:s3:::{name}/{key}"),
            _ => format!("arn:aws:s3:::{name}"),
        };
        let mut context = self.scene.context();
        context.extend(s3_context(call.operation, cx.headers(), cx.uri()));
        let policy = bucket.as_ref().and_then(|bucket| bucket.policy());
        let asked = Question {
            caller: &caller,
            action,
            resource: &resource,
            resource_account: &account,
            resource_policy: policy.as_ref(),
            now: self.world.clock().now(),
            context,
        };
        authorize::decide(&asked)
            .map_err(|message| S3Error::with_message(S3ErrorCode::AccessDenied, message))?;
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
            resource: &format!("arn:aws:s3:::{}", bucket.name()),
            resource_account: bucket.account(),
            resource_policy: policy.as_ref(),
            now: self.world.clock().now(),
            context: self.scene.context(),
        };
        authorize::decide(&asked).is_ok()
    }
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

/// The signing scope of a request.
#[derive(Debug)]
struct Scope {
    region: String,
    service: String,
}

impl Scope {
    fn read(headers: &HeaderMap, uri: &Uri) -> Option<Self> {
        let credential = match headers
            .get(http::header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
        {
            Some(header) => header
                .split_once("Credential=")?
                .1
                .split(',')
                .next()?
                .trim()
                .to_owned(),
            None => query::value(uri.query(), "X-Amz-Credential")?,
        };
        // <key id>/<date>/<region>/<service>/aws4_request; the key id may hold slashes with other stores.
        let mut parts = credential.rsplit('/').skip(1);
        let (service, region) = (parts.next()?.to_owned(), parts.next()?.to_owned());
        Some(Self { region, service })
    }
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
            CredentialFault::BadToken => {
                s3_error!(
                    InvalidToken,
                    "The provided token is malformed or otherwise invalid."
                )
            }
            CredentialFault::Expired => s3_error!(ExpiredToken, "The provided token has expired."),
        })
}

fn unknown_key() -> S3Error {
    s3_error!(
        InvalidAccessKeyId,
        "The AWS Access Key Id you provided does not exist in our records."
    )
}

/// The signing region stands for the endpoint that the client believes the bucket to be at.
///
/// us-east-1 is also the global endpoint, which AWS's DNS leads to the bucket's own region: that one finds the
/// signature made for another region. Any other regional endpoint redirects. GetBucketLocation is answered by
/// us-east-1 for every bucket. Both errors name the right region, as AWS's do.
fn check_region(bucket: &Bucket, operation: Operation, scope: Option<&Scope>) -> S3Result<()> {
    let Some(scope) = scope.filter(|scope| scope.region != bucket.region()) else {
        return Ok(());
    };
    let global = scope.region == "us-east-1";
    // Creating a bucket that exists is answered by the operation itself.
    if operation == Operation::CreateBucket || (global && operation == Operation::GetBucketLocation) {
        return Ok(());
    }
    let mut error = if global {
        let message = format!(
            "The authorization header is malformed; the region '{}' is wrong; expecting '{}'",
            scope.region,
            bucket.region()
        );
        S3Error::with_message(S3ErrorCode::AuthorizationHeaderMalformed, message)
    } else {
        s3_error!(
            PermanentRedirect,
            "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint."
        )
    };
    if let Ok(region) = HeaderValue::from_str(bucket.region()) {
        error.set_headers(HeaderMap::from_iter([(
            http::HeaderName::from_static("x-amz-bucket-region"),
            region,
        )]));
    }
    Err(error)
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

/// The condition keys of S3 that a request has.
///
/// Source: "Actions, resources, and condition keys for Amazon S3", AWS Service Authorization Reference.
fn s3_context(operation: Operation, headers: &HeaderMap, uri: &Uri) -> Vec<(&'static str, String)> {
    let mut context = Vec::new();
    if operation == Operation::ListObjectsV2 {
        for (name, key) in [
            ("prefix", "s3:prefix"),
            ("delimiter", "s3:delimiter"),
            ("max-keys", "s3:max-keys"),
        ] {
            if let Some(value) = query::value(uri.query(), name) {
                context.push((key, value));
            }
        }
    }
    let from_headers = [
        ("x-amz-server-side-encryption", "s3:x-amz-server-side-encryption"),
        (
            "x-amz-server-side-encryption-aws-kms-key-id",
            "s3:x-amz-server-side-encryption-aws-kms-key-id",
        ),
        ("x-amz-content-sha256", "s3:x-amz-content-sha256"),
        ("x-amz-storage-class", "s3:x-amz-storage-class"),
        ("x-amz-acl", "s3:x-amz-acl"),
        ("if-none-match", "s3:if-none-match"),
        ("if-match", "s3:if-match"),
    ];
    let is_put = operation == Operation::PutObject;
    for (header, key) in from_headers {
        let applies = is_put || header == "x-amz-content-sha256";
        if let Some(value) = headers
            .get(header)
            .filter(|_| applies)
            .and_then(|value| value.to_str().ok())
        {
            context.push((key, value.to_owned()));
        }
    }
    context
}
