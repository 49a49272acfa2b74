//! The Avro schemas of the event types: the built-in ones, or a folder of `<event_type>/<schema-id>.avsc`. What a schema
//! means is the business of `bucketline-format`.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use bucketline_format::SchemaRegistry;

use crate::model::Installation;
use crate::{Error, ErrorKind, Problem, chain};

/// The schemas that come with this crate, as `[["<event_type>/<id>.avsc", "<text>"], ...]`. Made by `cargo xtask codegen`
/// from the repository's `schemas/`.
const BUILT_IN: &str = include_str!("schemas/built_in.json");

/// The schemas of an installation, none of which breaks readers of the version before it, unless that is allowed.
///
/// # Errors
///
/// [`Configuration`](crate::ErrorKind::Configuration): as [`read`]; or every change that breaks readers and is not allowed.
pub fn load(installation: &Installation) -> Result<Arc<SchemaRegistry>, Error> {
    let registry = read(installation)?;
    let refused: Vec<Problem> = registry
        .breaking_changes()
        .filter(|(_, id, _)| !installation.schemas.allowed.iter().any(|allowed| allowed.schema == *id))
        .map(|(event_type, id, change)| {
            Problem::new(format!("{change}, which breaks readers of the version before it"))
                .at(format!("{event_type}/{id}.avsc"))
                .advice(format!(
                    "add an optional field in its place; or, if it is meant: `[schemas] allow_breaking = [{{ schema = {id}, reason = \
                     \"...\" }}]`"
                ))
        })
        .collect();
    match refused.is_empty() {
        true => Ok(registry),
        false => Err(Error::several(ErrorKind::Configuration, refused)),
    }
}

/// The schemas of an installation as they are, whatever has changed from one to the next.
///
/// # Errors
///
/// [`Configuration`](crate::ErrorKind::Configuration): the folder cannot be read, holds no schema, or one that is not valid.
pub fn read(installation: &Installation) -> Result<Arc<SchemaRegistry>, Error> {
    match &installation.schemas.dir {
        Some(dir) => from_folder(dir),
        None => built_in(),
    }
}

/// The schemas that come with this crate: 94 event types.
///
/// # Errors
///
/// None but for a mistake in this crate's own data, which a test excludes.
pub fn built_in() -> Result<Arc<SchemaRegistry>, Error> {
    let unusable = |what: String| Error::configuration(Problem::new(what).at("the built-in schemas"));
    let files: Vec<(String, String)> =
        serde_json::from_str(BUILT_IN).map_err(|error| unusable(error.to_string()))?;
    let files = files.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    let registry = SchemaRegistry::from_files(files).map_err(|error| unusable(chain(&error)))?;
    Ok(Arc::new(registry))
}

/// The schemas of a folder.
///
/// # Errors
///
/// As [`read`].
pub fn from_folder(dir: &Path) -> Result<Arc<SchemaRegistry>, Error> {
    let mut files = Vec::new();
    for folder in entries(dir)? {
        if !folder.is_dir() {
            continue;
        }
        for file in entries(&folder)? {
            if file.extension().is_some_and(|extension| extension == "avsc") {
                let text = fs::read_to_string(&file).map_err(|error| unreadable(&file, &error))?;
                let name = file
                    .strip_prefix(dir)
                    .unwrap_or(&file)
                    .to_string_lossy()
                    .into_owned();
                files.push((name, text));
            }
        }
    }
    if files.is_empty() {
        return Err(Error::configuration(
            Problem::new("there is no schema in the folder of schemas")
                .at(dir.display())
                .advice("it holds files like `users.messages.email.Open/12.avsc`; set `[schemas] dir`"),
        ));
    }
    let registry =
        SchemaRegistry::from_files(files.iter().map(|(name, text)| (name.as_str(), text.as_str())))
            .map_err(|error| Error::configuration(Problem::new(chain(&error)).at(dir.display())))?;
    Ok(Arc::new(registry))
}

/// What a folder holds, by name, hidden files left out.
fn entries(dir: &Path) -> Result<Vec<std::path::PathBuf>, Error> {
    let read = || -> io::Result<Vec<_>> {
        let mut paths = Vec::new();
        for entry in fs::read_dir(dir)? {
            let entry = entry?;
            if !entry.file_name().to_string_lossy().starts_with('.') {
                paths.push(entry.path());
            }
        }
        paths.sort();
        Ok(paths)
    };
    read().map_err(|error| unreadable(dir, &error))
}

fn unreadable(path: &Path, error: &io::Error) -> Error {
    Error::configuration(
        Problem::new(format!("schemas cannot be read: {error}"))
            .at(path.display())
            .advice("set `[schemas] dir`"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written anew with `UPDATE_EXPECT=1`. In the published package there is no repository to compare with.
    #[test]
    #[expect(
        clippy::disallowed_methods,
        reason = "asked for by a person, as in every golden test"
    )]
    fn the_embedded_schemas_are_those_of_the_repository() {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
        assert!(built_in().unwrap().event_types().len() >= 94);
        if !repository.is_dir() {
            return;
        }
        let mut lines = Vec::new();
        for folder in entries(&repository).unwrap().iter().filter(|path| path.is_dir()) {
            for file in entries(folder).unwrap() {
                let name = file.strip_prefix(&repository).unwrap().to_str().unwrap();
                let text = fs::read_to_string(&file).unwrap();
                lines.push(serde_json::to_string(&[name, &text]).unwrap());
            }
        }
        lines.sort();
        let expected = format!("[\n{}\n]\n", lines.join(",\n"));
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(
                concat!(env!("CARGO_MANIFEST_DIR"), "/src/schemas/built_in.json"),
                &expected,
            )
            .unwrap();
        }
        assert!(
            BUILT_IN == expected,
            "run `UPDATE_EXPECT=1 cargo test -p bucketline-service schemas`"
        );
    }
}
