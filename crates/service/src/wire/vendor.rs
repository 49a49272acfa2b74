//! Who we are where the configuration does not say: the places in which every AWS tool looks for credentials, in AWS's
//! order. Knows no customer's credentials.

use std::sync::Arc;

use aws_config::ecs::EcsCredentialsProvider;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use bucketline_auth::{Cached, Chain, FromEnvironment, Region, Sts, WebIdentity};

use crate::variables::Variables;

/// The vendor's credentials: access key variables, the shared files' profile, a web identity token, the container's
/// endpoint (ECS, EKS Pod Identity), the instance's metadata. The first that is set up is taken; one that is set up and
/// fails ends the search. Asks nobody before it is asked itself.
///
/// `unsigned` exchanges the web identity token, by a call that nobody signs.
pub(super) fn credentials(
    variables: &Variables,
    region: &Region,
    http: &SharedHttpClient,
    unsigned: Arc<dyn Sts>,
) -> SharedCredentialsProvider {
    let config = ProviderConfig::without_region()
        .with_region(Some(aws_config::Region::new(region.as_str().to_owned())))
        .with_http_client(http.clone());
    let texts = variables.texts();
    let chain = Chain::new()
        .then("environment", FromEnvironment::new(texts))
        .then(
            "profile",
            ProfileFileCredentialsProvider::builder()
                .configure(&config)
                .build(),
        )
        .then("web identity", WebIdentity::from_environment(unsigned, texts))
        .then(
            "container",
            EcsCredentialsProvider::builder().configure(&config).build(),
        )
        .then(
            "instance metadata",
            ImdsCredentialsProvider::builder().configure(&config).build(),
        );
    SharedCredentialsProvider::new(Cached::new(chain))
}
