//! What is to be set up, as the command line says it, and the set-up that it means.

use bucketline_auth::{AccountId, ExternalId, Region};
use bucketline_policy::{Arn, BucketName};
use bucketline_provision::{BucketEncryption, Description, IamName, Integration, Method, Setup, Vendor};
use clap::{Args, ValueEnum};

use crate::failure::{Failure, Outcome, Problem};

#[derive(Args, Debug)]
pub(super) struct Wanted {
    /// How the vendor gets in
    #[arg(long, value_enum)]
    method: MethodName,
    /// What is delivered
    #[arg(long, value_enum, default_value_t = IntegrationName::Currents)]
    integration: IntegrationName,
    /// The bucket: it is made where there is none, and used as it is where there is one
    #[arg(long, value_name = "NAME")]
    bucket: BucketName,
    /// The bucket's region
    #[arg(long, value_name = "REGION")]
    region: Region,
    /// A folder of Currents, without a slash at either end; may be given several times [default: currents]
    #[arg(long, value_name = "FOLDER")]
    folder: Vec<String>,
    /// The vendor's account, which the role trusts
    #[arg(long, value_name = "ACCOUNT", conflicts_with = "vendor_principal")]
    vendor_account: Option<AccountId>,
    /// The one role of the vendor's which the role trusts, in place of its whole account
    #[arg(long, value_name = "ARN")]
    vendor_principal: Option<Arn>,
    /// The external ID that the vendor made for this customer (`bucketline external-id new`)
    #[arg(long, value_name = "ID")]
    external_id: Option<ExternalId>,
    /// The name of the user or role [default: bucketline-BUCKET]
    #[arg(long, value_name = "NAME")]
    name: Option<IamName>,
    /// What it is for, for whoever finds it in the account
    #[arg(long, value_name = "TEXT")]
    description: Option<Description>,
    /// How the bucket encrypts by default: `aes256`, or `kms:` and the ARN of a key of the bucket's region
    #[arg(long, value_name = "WHAT", default_value = "aes256")]
    encryption: BucketEncryption,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum MethodName {
    /// A role that the vendor assumes: nothing secret is handed over
    Role,
    /// A user with an access key
    User,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum IntegrationName {
    /// The stream of events
    Currents,
    /// Exports from the dashboard
    DataExport,
    /// Both
    Both,
}

impl Wanted {
    /// The set-up.
    ///
    /// # Errors
    /// Options that do not go together.
    pub(super) fn setup(&self) -> Outcome<Setup> {
        let mut builder = Setup::builder(self.bucket.clone(), self.region.clone())
            .method(self.method()?)
            .integration(self.integration.into())
            .encryption(self.encryption.clone());
        for folder in &self.folder {
            builder = builder.folder(folder);
        }
        if let Some(name) = &self.name {
            builder = builder.name(name.clone());
        }
        if let Some(description) = &self.description {
            builder = builder.description(description.clone());
        }
        builder
            .build()
            .map_err(|error| Failure::usage(Problem::new(error.to_string())))
    }

    fn method(&self) -> Outcome<Method> {
        let missing =
            |what: &str, at: &str, advice: &str| Failure::usage(Problem::new(what).at(at).advice(advice));
        let role_only =
            self.vendor_account.is_some() || self.vendor_principal.is_some() || self.external_id.is_some();
        if self.method == MethodName::User {
            if role_only {
                return Err(missing(
                    "a user trusts nobody: there is no vendor and no external ID",
                    "--method user",
                    "leave them out, or take `--method role`",
                ));
            }
            return Ok(Method::User);
        }
        let vendor = match (&self.vendor_principal, self.vendor_account) {
            (Some(principal), _) => Vendor::Principal(principal.clone()),
            (None, Some(account)) => Vendor::Account(account),
            (None, None) => {
                return Err(missing(
                    "a role has to trust somebody",
                    "--method role",
                    "name the vendor's account with `--vendor-account`, or its role with `--vendor-principal`",
                ));
            }
        };
        let external_id = self.external_id.clone().ok_or_else(|| {
            missing(
                "a role without an external ID can be used by any other customer of the vendor",
                "--method role",
                "ask the vendor for the one that it made for you, and give it with `--external-id`",
            )
        })?;
        Ok(Method::Role { vendor, external_id })
    }
}

impl From<IntegrationName> for Integration {
    fn from(name: IntegrationName) -> Self {
        match name {
            IntegrationName::Currents => Self::Currents,
            IntegrationName::DataExport => Self::DataExport,
            IntegrationName::Both => Self::Both,
        }
    }
}
