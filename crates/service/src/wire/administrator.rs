//! The customer's own administrator, as the environment of every AWS tool names one. Nothing is sent yet.

use std::sync::Arc;

use aws_config::BehaviorVersion;
use bucketline_auth::Region;
use bucketline_provision::{Administrator, AwsBuckets, AwsIam};

use super::aws::check_endpoints;
use super::http_client;
use crate::variables::Variables;
use crate::{Error, Problem, chain};

/// Whoever administers the account that is set up: credentials, endpoints, proxies and certificates as the environment
/// and the shared AWS files have them.
///
/// # Errors
/// A setting that cannot be used.
pub async fn administrator(region: &Region, variables: &Variables) -> Result<Administrator, Error> {
    check_endpoints(variables)?;
    let settings = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .region(aws_config::Region::new(region.as_str().to_owned()))
        .http_client(http_client::from(variables)?)
        .load()
        .await;
    let of_service = |name: &str| match variables.optional(name) {
        Some(endpoint) => settings.to_builder().endpoint_url(endpoint).build(),
        None => settings.clone(),
    };
    let unusable = |error: bucketline_auth::Error| {
        Error::configuration(Problem::new(chain(&error)).at("the AWS settings of the environment"))
    };
    let iam = AwsIam::from_sdk_config(&of_service("AWS_ENDPOINT_URL_IAM")).map_err(unusable)?;
    let buckets = AwsBuckets::from_sdk_config(&of_service("AWS_ENDPOINT_URL_S3"), region.clone());
    let buckets = buckets.map_err(unusable)?;
    Ok(Administrator::new(Arc::new(iam), Arc::new(buckets)))
}
