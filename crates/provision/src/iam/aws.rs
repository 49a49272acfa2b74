//! The port to IAM over aws-sdk-iam. Knows the SDK's types; lets none of them out.

mod lower;

use std::fmt;

use async_trait::async_trait;
use aws_sdk_iam::Client;
use aws_sdk_iam::config::http::HttpResponse;
use aws_sdk_iam::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_iam::types::StatusType;
use aws_types::SdkConfig;
use bucketline_auth::{AccessKey, AccessKeyId, Error, ErrorKind, SecretAccessKey, single_attempt};
use bucketline_policy::Document;

use super::{AccessKeyInfo, CreateRole, CreateUser, Iam, IamName, KeyStatus, Role, User};

/// IAM as the AWS SDK speaks to it: one attempt per call, one timeout.
///
/// IAM has one endpoint for each partition: any region of the partition will do.
///
/// ```
/// use aws_types::SdkConfig;
/// use aws_types::region::Region;
/// use bucketline_provision::{AwsIam, ErrorKind};
///
/// // `aws_config::load_defaults` makes one from the environment, with an administrator's credentials.
/// let settings = SdkConfig::builder().region(Region::new("us-east-1")).build();
/// assert_eq!(AwsIam::from_sdk_config(&settings).unwrap_err().kind(), ErrorKind::NotLoaded);
/// ```
#[derive(Clone)]
pub struct AwsIam {
    client: Client,
}

impl AwsIam {
    /// The adapter over these settings: region, endpoint, credentials and HTTP client are theirs. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// Those of [`single_attempt`]; [`NotLoaded`](ErrorKind::NotLoaded) without credentials, which all of IAM's calls
    /// want.
    pub fn from_sdk_config(config: &SdkConfig) -> Result<Self, Error> {
        if config.credentials_provider().is_none() {
            return Err(Error::new(
                ErrorKind::NotLoaded,
                "there are no credentials to sign calls to IAM with",
            )
            .with_remedy("give those of someone who may administer the account"));
        }
        Ok(Self {
            client: Client::new(&single_attempt(config)?),
        })
    }
}

#[async_trait]
impl Iam for AwsIam {
    async fn get_role(&self, name: &IamName) -> Result<Role, Error> {
        let failed = Call("GetRole", name.as_str());
        let output = self.client.get_role().role_name(name.as_str()).send().await;
        let output = output.map_err(|error| failed.by(&error))?;
        lower::role(output.role()).map_err(|error| failed.at(error))
    }

    async fn create_role(&self, role: &CreateRole) -> Result<Role, Error> {
        let failed = Call("CreateRole", role.name.as_str());
        let output = self
            .client
            .create_role()
            .role_name(role.name.as_str())
            .path(role.path.as_str())
            .assume_role_policy_document(role.trust.to_json())
            .set_description(role.description.clone())
            .set_max_session_duration(role.max_session.map(lower::seconds))
            .set_permissions_boundary(role.boundary.as_ref().map(|arn| arn.as_str().to_owned()))
            .set_tags(lower::tags(&role.tags).map_err(|error| failed.at(error))?)
            .send()
            .await
            .map_err(|error| failed.by(&error))?;
        lower::role(output.role()).map_err(|error| failed.at(error))
    }

    async fn update_assume_role_policy(&self, role: &IamName, trust: &Document) -> Result<(), Error> {
        let failed = Call("UpdateAssumeRolePolicy", role.as_str());
        let call = self
            .client
            .update_assume_role_policy()
            .role_name(role.as_str())
            .policy_document(trust.to_json());
        call.send().await.map_err(|error| failed.by(&error))?;
        Ok(())
    }

    async fn get_role_policy(&self, role: &IamName, policy: &IamName) -> Result<Document, Error> {
        let failed = Call("GetRolePolicy", role.as_str());
        let call = self
            .client
            .get_role_policy()
            .role_name(role.as_str())
            .policy_name(policy.as_str());
        let output = call.send().await.map_err(|error| failed.by(&error))?;
        lower::document(output.policy_document()).map_err(|error| failed.at(error))
    }

    async fn put_role_policy(
        &self,
        role: &IamName,
        policy: &IamName,
        document: &Document,
    ) -> Result<(), Error> {
        let failed = Call("PutRolePolicy", role.as_str());
        let call = self
            .client
            .put_role_policy()
            .role_name(role.as_str())
            .policy_name(policy.as_str());
        let call = call.policy_document(document.to_json());
        call.send().await.map_err(|error| failed.by(&error))?;
        Ok(())
    }

    async fn get_user(&self, name: &IamName) -> Result<User, Error> {
        let failed = Call("GetUser", name.as_str());
        let output = self.client.get_user().user_name(name.as_str()).send().await;
        let output = output.map_err(|error| failed.by(&error))?;
        lower::user(output.user()).map_err(|error| failed.at(error))
    }

    async fn create_user(&self, user: &CreateUser) -> Result<User, Error> {
        let failed = Call("CreateUser", user.name.as_str());
        let output = self
            .client
            .create_user()
            .user_name(user.name.as_str())
            .path(user.path.as_str())
            .set_permissions_boundary(user.boundary.as_ref().map(|arn| arn.as_str().to_owned()))
            .set_tags(lower::tags(&user.tags).map_err(|error| failed.at(error))?)
            .send()
            .await
            .map_err(|error| failed.by(&error))?;
        lower::user(output.user()).map_err(|error| failed.at(error))
    }

    async fn put_user_policy(
        &self,
        user: &IamName,
        policy: &IamName,
        document: &Document,
    ) -> Result<(), Error> {
        let failed = Call("PutUserPolicy", user.as_str());
        let call = self
            .client
            .put_user_policy()
            .user_name(user.as_str())
            .policy_name(policy.as_str());
        let call = call.policy_document(document.to_json());
        call.send().await.map_err(|error| failed.by(&error))?;
        Ok(())
    }

    async fn create_access_key(&self, user: &IamName) -> Result<AccessKey, Error> {
        let failed = Call("CreateAccessKey", user.as_str());
        let output = self
            .client
            .create_access_key()
            .user_name(user.as_str())
            .send()
            .await;
        let output = output.map_err(|error| failed.by(&error))?;
        let key = output
            .access_key()
            .ok_or_else(|| failed.at(lower::incomplete("access key")))?;
        let id: AccessKeyId = key.access_key_id().parse().map_err(|error| failed.at(error))?;
        let secret = SecretAccessKey::parse(key.secret_access_key()).map_err(|error| failed.at(error))?;
        Ok(AccessKey::new(id, secret))
    }

    /// A user has two keys at most, so that one page holds them all.
    async fn list_access_keys(&self, user: &IamName) -> Result<Vec<AccessKeyInfo>, Error> {
        let failed = Call("ListAccessKeys", user.as_str());
        let output = self
            .client
            .list_access_keys()
            .user_name(user.as_str())
            .send()
            .await;
        let output = output.map_err(|error| failed.by(&error))?;
        let keys = output.access_key_metadata().iter().map(lower::key_info);
        keys.collect::<Result<_, _>>().map_err(|error| failed.at(error))
    }

    async fn delete_access_key(&self, user: &IamName, key: &AccessKeyId) -> Result<(), Error> {
        let failed = Call("DeleteAccessKey", user.as_str());
        let call = self
            .client
            .delete_access_key()
            .user_name(user.as_str())
            .access_key_id(key.as_str());
        call.send().await.map_err(|error| failed.by(&error))?;
        Ok(())
    }

    async fn delete_role(&self, name: &IamName) -> Result<(), Error> {
        let failed = Call("DeleteRole", name.as_str());
        let call = self.client.delete_role().role_name(name.as_str());
        call.send().await.map_err(|error| failed.by(&error))?;
        Ok(())
    }

    async fn delete_role_policy(&self, role: &IamName, policy: &IamName) -> Result<(), Error> {
        let failed = Call("DeleteRolePolicy", role.as_str());
        let call = self
            .client
            .delete_role_policy()
            .role_name(role.as_str())
            .policy_name(policy.as_str());
        call.send().await.map_err(|error| failed.by(&error))?;
        Ok(())
    }

    async fn delete_user_policy(&self, user: &IamName, policy: &IamName) -> Result<(), Error> {
        let failed = Call("DeleteUserPolicy", user.as_str());
        let call = self
            .client
            .delete_user_policy()
            .user_name(user.as_str())
            .policy_name(policy.as_str());
        call.send().await.map_err(|error| failed.by(&error))?;
        Ok(())
    }

    async fn delete_user(&self, name: &IamName) -> Result<(), Error> {
        let failed = Call("DeleteUser", name.as_str());
        let call = self.client.delete_user().user_name(name.as_str());
        call.send().await.map_err(|error| failed.by(&error))?;
        Ok(())
    }

    async fn get_user_policy(&self, user: &IamName, policy: &IamName) -> Result<Document, Error> {
        let failed = Call("GetUserPolicy", user.as_str());
        let call = self
            .client
            .get_user_policy()
            .user_name(user.as_str())
            .policy_name(policy.as_str());
        let output = call.send().await.map_err(|error| failed.by(&error))?;
        lower::document(output.policy_document()).map_err(|error| failed.at(error))
    }

    async fn set_access_key_status(
        &self,
        user: &IamName,
        key: &AccessKeyId,
        status: KeyStatus,
    ) -> Result<(), Error> {
        let failed = Call("UpdateAccessKey", user.as_str());
        let status = match status {
            KeyStatus::Active => StatusType::Active,
            KeyStatus::Inactive => StatusType::Inactive,
        };
        let call = self
            .client
            .update_access_key()
            .user_name(user.as_str())
            .access_key_id(key.as_str())
            .status(status);
        call.send().await.map_err(|error| failed.by(&error))?;
        Ok(())
    }
}

/// Which call an error is about: its name and that of the role or user.
#[derive(Clone, Copy)]
struct Call<'a>(&'static str, &'a str);

impl Call<'_> {
    fn by<E>(self, error: &SdkError<E, HttpResponse>) -> Error
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        Error::of_call(self.0, self.1, error)
    }

    fn at(self, error: Error) -> Error {
        error.with_operation(self.0).with_subject(self.1)
    }
}

impl fmt::Debug for AwsIam {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwsIam").finish_non_exhaustive()
    }
}
