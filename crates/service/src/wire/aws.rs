//! AWS as the environment sets it up: region, endpoints, who we are, and one HTTP client for all customers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_config::BehaviorVersion;
use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::ProfileFileRegionProvider;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use bucketline_auth::{AccountId, AwsSts, Chain, Fixed, Paced, Region, Sts};
use bucketline_sink::layer::ProtectionSeen;
use bucketline_sink::probe::Protection;
use bucketline_sink::{AwsEndpoints, S3Sink, S3SinkBuilder};

use super::credentials::Signing;
use super::{http_client, secret, vendor};
use crate::endpoint;
use crate::grants::{FileGrantStore, GrantRecords, GrantStore as _};
use crate::metrics::MeasuredSts;
use crate::model::{Bucket, Connector, GrantKind, Installation, ModelPath};
use crate::variables::Variables;
use crate::{Error, Problem, chain};

/// Whose STS is asked where nothing says which region we are in.
const DEFAULT_REGION: &str = "us-east-1";

/// Whether the store behind an endpoint keeps a key from a second writer, as far as it is known.
#[derive(Clone, Debug)]
pub struct StoreProtection {
    endpoint: String,
    pub(super) seen: ProtectionSeen,
}

impl StoreProtection {
    /// What to tell of it, once in a process: that a store was seen to overwrite.
    #[must_use]
    pub fn warning(&self) -> Option<String> {
        (self.seen.news()? == Protection::Missing).then(|| {
            format!(
                "no protection against a second writer: the store at `{}` ignores `If-None-Match` and overwrites a key that \
                 exists; let nobody else write below the connectors' folders, or use a store that keeps the condition",
                self.endpoint
            )
        })
    }
}

/// What all connectors share.
#[derive(Debug)]
pub struct Aws {
    s3_endpoint: Option<String>,
    sts_endpoint: Option<String>,
    region: Region,
    http: SharedHttpClient,
    sts: Arc<dyn Sts>,
    endpoints: AwsEndpoints,
    variables: Variables,
    /// Whose buckets are, as checks have found out.
    known: GrantRecords,
    /// What is known of each endpoint's protection against a second writer.
    protections: Mutex<BTreeMap<String, ProtectionSeen>>,
}

/// Whether the vendor's own credentials are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Vendor {
    /// Where a grant assumes a role.
    ForRoles,
    /// To know who we are.
    Asked,
}

impl Aws {
    /// Reads region and endpoints as AWS's own tools do (variables, then the shared configuration file), and the
    /// vendor's credentials. Asks nobody: neither an instance's metadata service nor STS.
    ///
    /// # Errors
    /// A setting that cannot be used .
    pub async fn load(installation: &Installation, variables: &Variables) -> Result<Self, Error> {
        Self::load_for(installation, variables, Vendor::ForRoles).await
    }

    /// The same, with the vendor's credentials also where no grant needs them.
    pub(super) async fn load_for(
        installation: &Installation,
        variables: &Variables,
        vendor: Vendor,
    ) -> Result<Self, Error> {
        let regions = RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new())
            .or_else(ProfileFileRegionProvider::builder().build());
        let settings = aws_config::defaults(BehaviorVersion::v2026_01_12())
            .region(regions)
            .no_credentials()
            .load()
            .await;
        check_endpoints(variables)?;
        let endpoint_of = |name: &str| {
            variables
                .optional(name)
                .map(str::to_owned)
                .or_else(|| settings.endpoint_url().map(str::to_owned))
        };
        let unusable = |error: bucketline_auth::Error| {
            Error::configuration(Problem::new(chain(&error)).at("the AWS settings of the environment"))
        };
        let region: Region = settings
            .region()
            .map_or(DEFAULT_REGION, |region| region.as_ref())
            .parse()
            .map_err(unusable)?;
        let http = http_client::from(variables)?;
        let sts_endpoint = endpoint_of("AWS_ENDPOINT_URL_STS");
        let sts = |credentials: Option<SharedCredentialsProvider>| {
            let mut builder = AwsSts::builder().region(region.clone()).http_client(http.clone());
            if let Some(endpoint) = &sts_endpoint {
                builder = builder.endpoint(endpoint);
            }
            if let Some(credentials) = credentials {
                builder = builder.credentials(credentials);
            }
            builder.build().map_err(unusable)
        };
        // The vendor's own secret is not asked for where nobody assumes a role.
        let assumes = vendor == Vendor::Asked
            || installation
                .grants
                .iter()
                .any(|grant| matches!(grant.kind, GrantKind::AssumeRole { .. }));
        let vendor = match &installation.vendor.credentials {
            Some(key) if assumes => {
                SharedCredentialsProvider::new(Fixed::new(&secret::access_key(key, variables)?))
            }
            Some(_) => SharedCredentialsProvider::new(Chain::new()),
            None => vendor::credentials(variables, &region, &http, Arc::new(sts(None)?)),
        };
        Ok(Self {
            s3_endpoint: endpoint_of("AWS_ENDPOINT_URL_S3"),
            sts: Arc::new(Paced::new(MeasuredSts(sts(Some(vendor))?))),
            sts_endpoint,
            http,
            endpoints: AwsEndpoints::default()
                .fips(settings.use_fips().unwrap_or_default())
                .dual_stack(settings.use_dual_stack().unwrap_or_default()),
            region,
            variables: variables.clone(),
            known: FileGrantStore::of(installation).read()?,
            protections: Mutex::default(),
        })
    }

    /// The endpoint of a bucket, where it is not AWS's own.
    pub fn s3_endpoint(&self, bucket: &Bucket) -> Option<String> {
        let endpoint = bucket.endpoint.as_ref().or(self.s3_endpoint.as_ref())?;
        Some(endpoint.trim_end_matches('/').to_owned())
    }

    /// The account that a bucket has to belong to: as configured, or as a check has found out.
    pub(super) fn owner(&self, bucket: &Bucket) -> Option<AccountId> {
        let found = || {
            self.known
                .owner(bucket.name.as_str(), self.s3_endpoint(bucket).as_deref())
        };
        bucket.owner.or_else(found)
    }

    /// What is known of grants.
    pub(super) const fn known(&self) -> &GrantRecords {
        &self.known
    }

    /// What is known of the protection of a bucket's endpoint, shared by all buckets there; nothing for AWS's own, which is known.
    pub(super) fn protection(&self, bucket: &Bucket) -> Option<StoreProtection> {
        let endpoint = self.s3_endpoint(bucket)?;
        let mut protections = self.protections.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = protections.entry(endpoint.clone()).or_default().clone();
        Some(StoreProtection { endpoint, seen })
    }

    pub(super) fn sts(&self) -> Arc<dyn Sts> {
        Arc::clone(&self.sts)
    }

    pub(super) fn variables(&self) -> &Variables {
        &self.variables
    }

    /// An STS that signs with these credentials: to ask whose they are.
    pub(super) fn sts_signing_with(
        &self,
        credentials: SharedCredentialsProvider,
    ) -> Result<Arc<dyn Sts>, Error> {
        let mut builder = AwsSts::builder()
            .region(self.region.clone())
            .http_client(self.http.clone())
            .credentials(credentials);
        if let Some(endpoint) = &self.sts_endpoint {
            builder = builder.endpoint(endpoint);
        }
        let sts = builder.build().map_err(|error| {
            Error::configuration(Problem::new(chain(&error)).at("the AWS settings of the environment"))
        })?;
        Ok(Arc::new(sts))
    }

    /// A bucket behind its credentials. Its region is the configured one; else the sink learns it.
    pub(super) fn sink(
        &self,
        connector: &Connector,
        bucket: &Bucket,
        signing: Signing,
    ) -> Result<S3Sink, Error> {
        let built = self.builder(bucket, signing).and_then(S3SinkBuilder::build);
        built.map_err(|error| {
            Error::configuration(Problem::new(chain(&error)).at_model(ModelPath::connector(&connector.id)))
        })
    }

    /// The settings of a bucket's sink, as production has them.
    pub(super) fn builder(
        &self,
        bucket: &Bucket,
        signing: Signing,
    ) -> Result<S3SinkBuilder, bucketline_sink::Error> {
        self.builder_for(bucket, self.owner(bucket), signing)
    }

    /// The same, demanding this owner or none.
    pub(super) fn builder_for(
        &self,
        bucket: &Bucket,
        owner: Option<AccountId>,
        signing: Signing,
    ) -> Result<S3SinkBuilder, bucketline_sink::Error> {
        let mut builder = S3Sink::builder(bucket.name.clone())
            .checksum_headers(bucket.checksums)
            .tags(bucket.tags.clone())
            .caching_credentials(signing.credentials)
            .aws_endpoints(self.endpoints)
            .interceptor(signing.refusals)
            .http_client(self.http.clone());
        if let Some(class) = &bucket.storage_class {
            builder = builder.storage_class(class.clone());
        }
        if let Some(region) = &bucket.region {
            builder = builder.region(region.clone());
        }
        if let Some(endpoint) = self.s3_endpoint(bucket) {
            builder = builder.endpoint(endpoint);
        }
        if let Some(addressing) = bucket.addressing {
            builder = builder.addressing(addressing);
        }
        if let Some(owner) = owner {
            builder = builder.expected_owner(owner.as_str().parse()?);
        }
        Ok(builder)
    }
}

/// The SDK passes over an address that it cannot read and asks AWS itself: not what whoever set it wants.
pub(super) fn check_endpoints(variables: &Variables) -> Result<(), Error> {
    for name in [
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_IAM",
        "AWS_ENDPOINT_URL_S3",
        "AWS_ENDPOINT_URL_STS",
    ] {
        if let Some(url) = variables.optional(name)
            && endpoint::parse(url).is_none()
        {
            return Err(Error::configuration(
                Problem::new(endpoint::FAULT)
                    .at(format_args!("the environment variable `{name}`"))
                    .advice(endpoint::ADVICE),
            ));
        }
    }
    Ok(())
}
