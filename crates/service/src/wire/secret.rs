//! Reads a secret from where the configuration says that it is kept. Errors name the place, never what was found there.

use bucketline_auth::AccessKey as Key;
use zeroize::Zeroizing;

use crate::model::{Keeper, KeptKey};
use crate::variables::{Unusable, Variables};
use crate::{Error, Problem, chain};

/// More than any secret or AWS's CSV has: a wrong path to something large is not read whole.
const LARGEST: u64 = 65_536;

/// The whole access key.
///
/// # Errors
/// The variable is not set, the file cannot be read, or what is in it is no secret .
pub(super) fn access_key(key: &KeptKey, variables: &Variables) -> Result<Key, Error> {
    let (text, holder) = match &key.secret {
        Keeper::Env(name) => {
            let text = variables.text(name).map_err(|unusable| {
                let what = match unusable {
                    Unusable::Missing => format!("the environment variable `{name}` is not set"),
                    Unusable::NotText => format!("the environment variable `{name}` is not text"),
                };
                Error::configuration(
                    Problem::new(what)
                        .at_model(key.path.clone())
                        .advice("it has to hold the secret access key"),
                )
            })?;
            (
                Zeroizing::new(text.to_owned()),
                format!("the environment variable `{name}`"),
            )
        }
        Keeper::File(path) => {
            let text = read(path).map_err(|error| {
                Error::configuration(
                    Problem::new(format!(
                        "the secret file `{}` cannot be read: {error}",
                        path.display()
                    ))
                    .at_model(key.path.clone())
                    .advice(
                        "it has to hold the secret access key, or AWS's CSV, and be readable by this user",
                    ),
                )
            })?;
            (text, format!("the secret file `{}`", path.display()))
        }
    };
    Key::from_secret_text(key.id.as_ref(), &text).map_err(|error| {
        Error::configuration(Problem::new(format!("{holder}: {}", chain(&error))).at_model(key.path.clone()))
    })
}

fn read(path: &std::path::Path) -> std::io::Result<Zeroizing<String>> {
    use std::io::Read as _;
    let mut text = Zeroizing::new(String::new());
    std::fs::File::open(path)?
        .take(LARGEST)
        .read_to_string(&mut text)?;
    Ok(text)
}
