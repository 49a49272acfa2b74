//! Reads a secret from where the configuration says that it is kept. Errors name the place, never what was found there.

use bucketline_auth::AccessKey as Key;
use zeroize::Zeroizing;

use crate::model::{Keeper, KeptKey, ModelPath};
use crate::variables::{Unusable, Variables};
use crate::{Error, Problem, chain};

/// More than any secret or AWS's CSV has: a wrong path to something large is not read whole.
const LARGEST: u64 = 65_536;

/// The whole access key.
///
/// # Errors
/// The variable is not set, the file cannot be read, or what is in it is no secret .
pub(super) fn access_key(key: &KeptKey, variables: &Variables) -> Result<Key, Error> {
    let text = secret_text(&key.secret, &key.path, variables)?;
    let holder = place(&key.secret);
    Key::from_secret_text(key.id.as_ref(), &text).map_err(|error| {
        Error::configuration(Problem::new(format!("{holder}: {}", chain(&error))).at_model(key.path.clone()))
    })
}

/// A secret as it is kept, of whatever kind.
///
/// # Errors
/// The variable is not set, or the file cannot be read.
pub(crate) fn secret_text(
    keeper: &Keeper,
    path: &ModelPath,
    variables: &Variables,
) -> Result<Zeroizing<String>, Error> {
    match keeper {
        Keeper::Env(name) => {
            let text = variables.text(name).map_err(|unusable| {
                let what = match unusable {
                    Unusable::Missing => format!("the environment variable `{name}` is not set"),
                    Unusable::NotText => format!("the environment variable `{name}` is not text"),
                };
                Error::configuration(
                    Problem::new(what)
                        .at_model(path.clone())
                        .advice("it has to hold the secret"),
                )
            })?;
            Ok(Zeroizing::new(text.to_owned()))
        }
        Keeper::File(file) => read(file).map_err(|error| {
            let what = format!("the secret file `{}` cannot be read: {error}", file.display());
            Error::configuration(
                Problem::new(what)
                    .at_model(path.clone())
                    .advice("it has to hold the secret, or AWS's CSV, and be readable by this user"),
            )
        }),
    }
}

fn place(keeper: &Keeper) -> String {
    match keeper {
        Keeper::Env(name) => format!("the environment variable `{name}`"),
        Keeper::File(path) => format!("the secret file `{}`", path.display()),
    }
}

fn read(path: &std::path::Path) -> std::io::Result<Zeroizing<String>> {
    use std::io::Read as _;
    let mut text = Zeroizing::new(String::new());
    std::fs::File::open(path)?
        .take(LARGEST)
        .read_to_string(&mut text)?;
    Ok(text)
}
