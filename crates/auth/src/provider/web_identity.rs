//! A session for a workload's own token, as EKS mounts it in a file. Knows STS by its port alone.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, future};
use tokio::io::AsyncReadExt as _;
use zeroize::Zeroizing;

use crate::sts::{Sts, WebIdentityRequest};
use crate::{EnvironmentVariables, Error, ErrorKind, RoleArn, SessionName, WebIdentityToken};

const FILE: &str = "AWS_WEB_IDENTITY_TOKEN_FILE";
const ROLE: &str = "AWS_ROLE_ARN";
const NAME: &str = "AWS_ROLE_SESSION_NAME";
/// A wrong path to something large is not read whole; more than any token has.
const LARGEST: u64 = 64 * 1024;

/// Provides sessions of the workload's own role, for the token in a file that whoever runs the workload renews.
///
/// The file is read anew for each session. Wrap it in [`Cached`](crate::Cached).
#[derive(Clone, Debug)]
pub struct WebIdentity {
    sts: Arc<dyn Sts>,
    settings: Result<Settings, Error>,
}

#[derive(Clone, Debug)]
struct Settings {
    file: PathBuf,
    role: RoleArn,
    session_name: SessionName,
}

impl WebIdentity {
    /// Sessions of `role` for the token in `file`.
    #[must_use]
    pub fn new(
        sts: Arc<dyn Sts>,
        role: RoleArn,
        session_name: SessionName,
        file: impl Into<PathBuf>,
    ) -> Self {
        Self {
            sts,
            settings: Ok(Settings {
                file: file.into(),
                role,
                session_name,
            }),
        }
    }

    /// As `AWS_WEB_IDENTITY_TOKEN_FILE`, `AWS_ROLE_ARN` and `AWS_ROLE_SESSION_NAME` say; not loaded where the first is
    /// absent.
    #[must_use]
    pub fn from_environment(sts: Arc<dyn Sts>, environment: &EnvironmentVariables) -> Self {
        Self {
            sts,
            settings: read(environment),
        }
    }

    async fn session(&self) -> Result<Credentials, Error> {
        let settings = self.settings.clone()?;
        let subject = || format!("token file `{}`", settings.file.display());
        let text = read_token(&settings.file).await.map_err(|error| {
            Error::new(ErrorKind::InvalidConfig, format!("it cannot be read: {error}"))
                .with_subject(subject())
                .with_remedy(format!("check `{FILE}` and the rights on the file"))
        })?;
        let token = WebIdentityToken::parse(&text).map_err(|error| error.with_subject(subject()))?;
        let request = WebIdentityRequest::new(settings.role, settings.session_name, token);
        Ok(self
            .sts
            .assume_role_with_web_identity(&request)
            .await?
            .credentials)
    }
}

impl ProvideCredentials for WebIdentity {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async { self.session().await.map_err(CredentialsError::from) })
    }
}

/// The file's text, or so much of it that it is seen to be too long.
async fn read_token(path: &Path) -> io::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    let file = tokio::fs::File::open(path).await?;
    file.take(LARGEST).read_to_string(&mut text).await?;
    Ok(text)
}

fn read(environment: &EnvironmentVariables) -> Result<Settings, Error> {
    let file = environment
        .get(FILE)
        .ok_or_else(|| Error::new(ErrorKind::NotLoaded, format!("`{FILE}` is not set")))?;
    let role = environment
        .get(ROLE)
        .ok_or_else(|| {
            Error::invalid(format!("`{FILE}` is set and `{ROLE}` is not")).with_remedy("set both or neither")
        })?
        .parse()
        .map_err(|error: Error| error.with_subject(ROLE))?;
    let session_name = match environment.get(NAME) {
        Some(name) => name.parse().map_err(|error: Error| error.with_subject(NAME))?,
        None => SessionName::default(),
    };
    Ok(Settings {
        file: file.into(),
        role,
        session_name,
    })
}
