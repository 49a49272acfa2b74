//! Where a secret is kept: a variable or a file. Never the secret.

use std::fmt;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use crate::{EnvironmentVariables, Error};

/// A wrong path to something large is not read whole.
const LARGEST: u64 = 64 * 1024;

/// `{ env = "NAME" }` or `{ file = "path" }`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a third place would be a decision for everyone who matches"
)]
pub enum SecretSource {
    /// An environment variable.
    Env(String),
    /// A file: the secret alone, or the CSV that AWS made.
    File(PathBuf),
}

impl SecretSource {
    /// The text kept there, whole.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](crate::ErrorKind::InvalidConfig), naming the variable or file, where it is absent, empty, not
    /// text, or over 64 KiB.
    pub fn read(
        &self,
        environment: &EnvironmentVariables,
        folder: &Path,
    ) -> Result<Zeroizing<String>, Error> {
        match self {
            Self::Env(name) => environment
                .get(name)
                .map(|value| Zeroizing::new(value.to_owned()))
                .ok_or_else(|| self.wrong("is not set").with_remedy("set it to the secret")),
            Self::File(path) => {
                let text = read(&folder.join(path)).map_err(|error| {
                    self.wrong(&format!("cannot be read: {error}"))
                        .with_remedy("check the path and the file's rights")
                })?;
                if text.len() as u64 > LARGEST {
                    return Err(self
                        .wrong("is too large to hold a secret")
                        .with_remedy("check the path"));
                }
                Ok(text)
            }
        }
    }

    fn wrong(&self, what: &str) -> Error {
        Error::invalid(what).with_subject(self.to_string())
    }
}

fn read(path: &Path) -> std::io::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    std::fs::File::open(path)?
        .take(LARGEST + 1)
        .read_to_string(&mut text)?;
    Ok(text)
}

impl fmt::Display for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "environment variable `{name}`"),
            Self::File(path) => write!(f, "secret file `{}`", path.display()),
        }
    }
}

impl<'de> Deserialize<'de> for SecretSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SourceVisitor)
    }
}

/// Written by hand because serde's own answer to a wrong type repeats the value, which here may be the secret.
struct SourceVisitor;

impl<'de> Visitor<'de> for SourceVisitor {
    type Value = SecretSource;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`{ env = \"NAME\" }` or `{ file = \"path\" }`")
    }

    fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<SecretSource, E> {
        Err(E::custom(
            "a secret is not written here; write `{ env = \"NAME\" }` or `{ file = \"path\" }`",
        ))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SecretSource, A::Error> {
        let mut source = None;
        while let Some(key) = map.next_key::<String>()? {
            let next = match key.as_str() {
                "env" => SecretSource::Env(map.next_value()?),
                "file" => SecretSource::File(map.next_value()?),
                _ => {
                    return Err(A::Error::custom(format!(
                        "unknown key `{key}`; write `env` or `file`"
                    )));
                }
            };
            if source.replace(next).is_some() {
                return Err(A::Error::custom(
                    "a secret is in one place: write `env` or `file`, not both",
                ));
            }
        }
        source.ok_or_else(|| A::Error::custom("write `{ env = \"NAME\" }` or `{ file = \"path\" }`"))
    }
}
