//! The description of a world: what `accounts.toml` holds, and what a test builds in code. Both are the same types.
//!
//! Plain data; it becomes state in [`Seed::build`]. Files are read by the caller, which hands their text in.
//!
//! # The file
//!
//! Unknown keys are errors. A policy is its JSON text, or `{ file = "policy.json" }`, relative to the seed file.
//!
//! ```toml
//! [[account]]
//! id = "111122223333"
//! # root_access_keys = [{ id = "...", secret = "..." }]
//!
//! [[account.user]]
//! name = "currents"
//! # path = "/vendors/"
//! access_keys = [{ id = "AKIAIOSFODNN7EXAMPLE", secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" }]
//! # status = "inactive" beside id and secret makes a key that is refused
//!
//! [account.user.policies]
//! write = '''{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'''
//!
//! [[account.role]]
//! name = "export"
//! trust = { file = "trust.json" }
//! policies = { write = { file = "write.json" } }
//! # max_session_seconds = 3600
//!
//! [[account.bucket]]
//! name = "acme-events"
//! region = "eu-central-1"        # default: us-east-1
//! # policy = { file = "bucket-policy.json" }
//! # encryption = { kms = "arn:aws:kms:eu-central-1:111122223333:key/..." }   # default: "aes256"
//! # show_encryption = false      # plays a store that forgets the encryption headers
//!
//! # [[account.kms_key]]
//! # arn = "arn:aws:kms:eu-central-1:111122223333:key/..."
//! # state = "disabled"           # default: "enabled"
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::authorize::{Policies, Policy};
use crate::error::{Error, ErrorKind};
use crate::world::{self, Encryption, Identities, KeyPair, KeyStatus, KmsKeyState, World};

/// A whole world: accounts with all that is in them.
///
/// ```
/// use bucketline_testkit::Seed;
/// use bucketline_testkit::seed::{Account, Bucket, User};
///
/// # fn main() -> Result<(), bucketline_testkit::Error> {
/// let world = Seed::new()
///     .account(
///         Account::new("111122223333")
///             .user(User::new("currents").access_key("AKIAIOSFODNN7EXAMPLE", "secret"))
///             .bucket(Bucket::new("acme-events").region("eu-central-1")),
///     )
///     .build()?;
/// assert_eq!(world.buckets(), ["acme-events"]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    #[serde(default, rename = "account")]
    accounts: Vec<Account>,
    /// What ids and tokens are derived from.
    #[serde(default)]
    ids: u64,
}

/// An AWS account.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    id: String,
    #[serde(default)]
    root_access_keys: Vec<AccessKey>,
    #[serde(default, rename = "user")]
    users: Vec<User>,
    #[serde(default, rename = "role")]
    roles: Vec<Role>,
    #[serde(default, rename = "bucket")]
    buckets: Vec<Bucket>,
    #[serde(default, rename = "kms_key")]
    kms_keys: Vec<KmsKey>,
}

/// An IAM user.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    name: String,
    #[serde(default = "root_path")]
    path: String,
    #[serde(default)]
    access_keys: Vec<AccessKey>,
    #[serde(default)]
    policies: BTreeMap<String, Text>,
}

/// An IAM role.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    name: String,
    #[serde(default = "root_path")]
    path: String,
    trust: Text,
    #[serde(default)]
    policies: BTreeMap<String, Text>,
    #[serde(default = "an_hour")]
    max_session_seconds: u64,
}

/// An S3 bucket.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    name: String,
    #[serde(default = "us_east_1")]
    region: String,
    policy: Option<Text>,
    #[serde(default)]
    encryption: DefaultEncryption,
    #[serde(default = "yes")]
    show_encryption: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct AccessKey {
    id: String,
    secret: String,
    #[serde(default)]
    status: KeyStatus,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct KmsKey {
    arn: String,
    #[serde(default)]
    state: KmsKeyState,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum DefaultEncryption {
    #[default]
    Aes256,
    Kms(String),
}

/// A policy's text, or the file that holds it.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "a policy's JSON text or { file = \"...\" }")]
enum Text {
    Inline(String),
    File(InFile),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct InFile {
    file: PathBuf,
}

impl Seed {
    /// An empty world.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the text of a seed file; `read` is asked for the text of each policy file that it names.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Seed`] for what is not TOML, an unknown key or a wrong type, with line and column;
    /// [`ErrorKind::Io`] for a policy file that could not be read.
    pub fn parse(text: &str, read: &mut dyn FnMut(&Path) -> std::io::Result<String>) -> Result<Self, Error> {
        let mut seed: Self = toml::from_str(text).map_err(|error| {
            Error::new(
                ErrorKind::Seed,
                format!("the seed cannot be read: {}", error.to_string().trim_end()),
            )
        })?;
        for text in seed.texts() {
            if let Text::File(InFile { file }) = text {
                let failed = |error| {
                    Error::new(
                        ErrorKind::Io,
                        format!("policy file `{}` cannot be read", file.display()),
                    )
                    .because(error)
                };
                *text = Text::Inline(read(file).map_err(failed)?);
            }
        }
        Ok(seed)
    }

    /// Adds an account.
    #[must_use]
    pub fn account(mut self, account: Account) -> Self {
        self.accounts.push(account);
        self
    }

    /// Sets what request ids, session keys and tokens are derived from; 0 unless set.
    #[must_use]
    pub fn ids(mut self, seed: u64) -> Self {
        self.ids = seed;
        self
    }

    /// Makes the state that a testkit serves.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Seed`] for names that are invalid or there twice, [`ErrorKind::Policy`] for a text that is no
    /// policy document.
    pub fn build(self) -> Result<World, Error> {
        let mut identities = Identities::default();
        let mut buckets = Vec::new();
        for account in self.accounts {
            account.build(&mut identities, &mut buckets)?;
        }
        World::new(identities, buckets, self.ids)
    }

    fn texts(&mut self) -> impl Iterator<Item = &mut Text> {
        self.accounts.iter_mut().flat_map(|account| {
            let users = account
                .users
                .iter_mut()
                .flat_map(|user| user.policies.values_mut());
            let roles = account
                .roles
                .iter_mut()
                .flat_map(|role| std::iter::once(&mut role.trust).chain(role.policies.values_mut()));
            users.chain(roles).chain(
                account
                    .buckets
                    .iter_mut()
                    .filter_map(|bucket| bucket.policy.as_mut()),
            )
        })
    }
}

impl Account {
    /// An account with nothing in it. The id is 12 digits.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            root_access_keys: Vec::new(),
            users: Vec::new(),
            roles: Vec::new(),
            buckets: Vec::new(),
            kms_keys: Vec::new(),
        }
    }

    /// Gives the root user an access key.
    #[must_use]
    pub fn root_access_key(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.root_access_keys.push(AccessKey::new(id, secret));
        self
    }

    /// Adds a user.
    #[must_use]
    pub fn user(mut self, user: User) -> Self {
        self.users.push(user);
        self
    }

    /// Adds a role.
    #[must_use]
    pub fn role(mut self, role: Role) -> Self {
        self.roles.push(role);
        self
    }

    /// Adds a bucket that the account owns.
    #[must_use]
    pub fn bucket(mut self, bucket: Bucket) -> Self {
        self.buckets.push(bucket);
        self
    }

    /// Adds a KMS key, by its ARN. Keys that are not added are unknown to S3.
    #[must_use]
    pub fn kms_key(mut self, arn: impl Into<String>) -> Self {
        self.kms_keys.push(KmsKey {
            arn: arn.into(),
            state: KmsKeyState::Enabled,
        });
        self
    }

    /// Adds a KMS key that is disabled.
    #[must_use]
    pub fn disabled_kms_key(mut self, arn: impl Into<String>) -> Self {
        self.kms_keys.push(KmsKey {
            arn: arn.into(),
            state: KmsKeyState::Disabled,
        });
        self
    }

    fn build(self, identities: &mut Identities, buckets: &mut Vec<world::Bucket>) -> Result<(), Error> {
        let id = self.id;
        if id.len() != 12 || !id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Error::new(
                ErrorKind::Seed,
                format!("account id `{id}` is not 12 digits"),
            ));
        }
        identities.add_account(&id)?;
        for key in self.root_access_keys {
            identities.add_key(&id, None, key.pair(), key.status)?;
        }
        for user in self.users {
            let policies = policies(&format!("user `{}`", user.name), user.policies)?;
            identities.add_user(&id, &user.path, &user.name, policies)?;
            for key in user.access_keys {
                identities.add_key(&id, Some(&user.name), key.pair(), key.status)?;
            }
        }
        for role in self.roles {
            let max_session = Duration::from_secs(role.max_session_seconds);
            if !(3600..=43_200).contains(&role.max_session_seconds) {
                let message = format!(
                    "max_session_seconds of role `{}` is not within 3600 to 43200",
                    role.name
                );
                return Err(Error::new(ErrorKind::Seed, message));
            }
            let trust = role
                .trust
                .policy(&format!("trust policy of role `{}`", role.name))?;
            let policies = policies(&format!("role `{}`", role.name), role.policies)?;
            identities.add_role(&id, &role.path, &role.name, trust, policies, max_session)?;
        }
        for key in self.kms_keys {
            identities.add_kms_key(&id, &key.arn, key.state)?;
        }
        for bucket in self.buckets {
            buckets.push(bucket.build(&id)?);
        }
        Ok(())
    }
}

impl User {
    /// A user without keys or policies.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            path: root_path(),
            access_keys: Vec::new(),
            policies: BTreeMap::new(),
        }
    }

    /// Sets the path, e.g. `/vendors/`; `/` unless set.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// Gives the user an access key.
    #[must_use]
    pub fn access_key(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.access_keys.push(AccessKey::new(id, secret));
        self
    }

    /// Gives the user a policy, as JSON text.
    #[must_use]
    pub fn policy(mut self, name: impl Into<String>, document: impl Into<String>) -> Self {
        self.policies.insert(name.into(), Text::Inline(document.into()));
        self
    }
}

impl Role {
    /// A role with this trust policy, as JSON text.
    #[must_use]
    pub fn new(name: impl Into<String>, trust: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            path: root_path(),
            trust: Text::Inline(trust.into()),
            policies: BTreeMap::new(),
            max_session_seconds: an_hour(),
        }
    }

    /// Sets the path, e.g. `/vendors/`; `/` unless set.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// Gives the role a permission policy, as JSON text.
    #[must_use]
    pub fn policy(mut self, name: impl Into<String>, document: impl Into<String>) -> Self {
        self.policies.insert(name.into(), Text::Inline(document.into()));
        self
    }

    /// Sets how long a session may last, 3,600 to 43,200 seconds; 3,600 unless set.
    #[must_use]
    pub fn max_session_seconds(mut self, seconds: u64) -> Self {
        self.max_session_seconds = seconds;
        self
    }
}

impl Bucket {
    /// An empty bucket in us-east-1.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            region: us_east_1(),
            policy: None,
            encryption: DefaultEncryption::Aes256,
            show_encryption: true,
        }
    }

    /// Sets the region.
    #[must_use]
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = region.into();
        self
    }

    /// Sets the bucket policy, as JSON text.
    #[must_use]
    pub fn policy(mut self, document: impl Into<String>) -> Self {
        self.policy = Some(Text::Inline(document.into()));
        self
    }

    /// Encrypts objects that ask for nothing with this KMS key, an ARN.
    #[must_use]
    pub fn kms_encryption(mut self, key: impl Into<String>) -> Self {
        self.encryption = DefaultEncryption::Kms(key.into());
        self
    }

    /// Plays a store that takes encryption headers and shows none, as some S3-compatible ones do.
    #[must_use]
    pub fn hide_encryption(mut self) -> Self {
        self.show_encryption = false;
        self
    }

    fn build(self, account: &str) -> Result<world::Bucket, Error> {
        let name = &self.name;
        if !s3s::path::check_bucket_name(name) {
            return Err(Error::new(
                ErrorKind::Seed,
                format!("`{name}` is not a bucket name"),
            ));
        }
        let policy = self
            .policy
            .map(|text| text.policy(&format!("policy of bucket `{name}`")))
            .transpose()?;
        let encryption = match self.encryption {
            DefaultEncryption::Aes256 => Encryption::Aes256,
            DefaultEncryption::Kms(key) => Encryption::Kms { key },
        };
        Ok(world::Bucket::new(name, account, &self.region)
            .with_policy(policy)
            .with_encryption(encryption, self.show_encryption))
    }
}

impl AccessKey {
    fn new(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            secret: secret.into(),
            status: KeyStatus::Active,
        }
    }

    fn pair(&self) -> KeyPair {
        KeyPair {
            access_key_id: self.id.clone(),
            secret_access_key: self.secret.clone(),
        }
    }
}

impl Text {
    fn policy(&self, of: &str) -> Result<Policy, Error> {
        match self {
            Self::Inline(text) => Policy::parse(of, text),
            Self::File(InFile { file }) => Err(Error::new(
                ErrorKind::Io,
                format!("{of} is in `{}`, which was not read", file.display()),
            )),
        }
    }
}

fn policies(of: &str, texts: BTreeMap<String, Text>) -> Result<Policies, Error> {
    let policy = |(name, text): (String, Text)| {
        let policy = text.policy(&format!("policy `{name}` of {of}"))?;
        Ok((name, policy))
    };
    texts.into_iter().map(policy).collect()
}

fn root_path() -> String {
    "/".into()
}

fn us_east_1() -> String {
    "us-east-1".into()
}

fn an_hour() -> u64 {
    3600
}

fn yes() -> bool {
    true
}
