//! Reads a secret from where the configuration says that it is kept. Errors name the place, never what was found there.

use bucketline_auth::AccessKey as Key;
use zeroize::Zeroizing;

use crate::config::{AccessKey, Keeper};
use crate::environment::{Environment, Unusable};
use crate::failure::{Failure, Outcome, Problem, chain};

/// More than any secret or AWS's CSV has: a wrong path to something large is not read whole.
const LARGEST: u64 = 65_536;

/// The whole access key.
///
/// # Errors
/// The variable is not set, the file cannot be read, or what is in it is no secret: exit code 2.
pub(super) fn access_key(key: &AccessKey, environment: Environment) -> Outcome<Key> {
    let (text, holder) = match &key.secret.keeper {
        Keeper::Env(name) => {
            let text = environment.text(name).map_err(|unusable| {
                let what = match unusable {
                    Unusable::Missing => format!("the environment variable `{name}` is not set"),
                    Unusable::NotText => format!("the environment variable `{name}` is not text"),
                };
                Failure::usage(
                    Problem::new(what)
                        .at(&key.secret.place)
                        .advice("it has to hold the secret access key"),
                )
            })?;
            (Zeroizing::new(text), format!("the environment variable `{name}`"))
        }
        Keeper::File(path) => {
            let text = read(path).map_err(|error| {
                Failure::usage(
                    Problem::new(format!(
                        "the secret file `{}` cannot be read: {error}",
                        path.display()
                    ))
                    .at(&key.secret.place)
                    .advice(
                        "it has to hold the secret access key, or AWS's CSV, and be readable by this user",
                    ),
                )
            })?;
            (text, format!("the secret file `{}`", path.display()))
        }
    };
    Key::from_secret_text(key.id.as_ref(), &text).map_err(|error| {
        Failure::usage(Problem::new(format!("{holder}: {}", chain(&error))).at(&key.secret.place))
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
