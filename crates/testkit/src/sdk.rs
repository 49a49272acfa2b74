//! Settings for AWS's own clients, pointed at a testkit. Knows nothing of what they will ask.

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_types::retry::RetryConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;

use crate::error::{Error, ErrorKind};
use crate::testkit::Testkit;

impl Testkit {
    /// The settings of a user of the seed: its first active key, us-east-1, one attempt for each call.
    ///
    /// An S3 client needs `force_path_style(true)` besides.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] where no account, or more than one, has a user of that name with an active key.
    pub fn sdk_config(&self, user: &str) -> Result<SdkConfig, Error> {
        let found = self.world().identities().keys_of(user);
        let [(id, secret)] = found.as_slice() else {
            return Err(Error::new(
                ErrorKind::NotFound,
                format!("{} accounts have a user `{user}` with an active key", found.len()),
            ));
        };
        let credentials = Credentials::new(id.as_str(), secret.expose(), None, None, "testkit");
        Ok(SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .endpoint_url(self.endpoint())
            .region(Region::new("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .retry_config(RetryConfig::disabled())
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build())
    }
}
