//! Reads the folder of Avro schemas: `<event_type>/<schema-id>.avsc`. What a schema means is the library's business.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use bucketline_format::SchemaRegistry;

use crate::failure::{Failure, Outcome, Problem, chain};

/// All schemas below a folder.
///
/// # Errors
/// The folder cannot be read, holds no schema, or one that is not valid: exit code 2.
pub(crate) fn load(dir: &Path) -> Outcome<Arc<SchemaRegistry>> {
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
        return Err(Failure::usage(
            Problem::new("there is no schema in the folder of schemas")
                .at(dir.display())
                .advice("it holds files like `users.messages.email.Open/12.avsc`; set `[schemas] dir`"),
        ));
    }
    let registry =
        SchemaRegistry::from_files(files.iter().map(|(name, text)| (name.as_str(), text.as_str())))
            .map_err(|error| Failure::usage(Problem::new(chain(&error)).at(dir.display())))?;
    Ok(Arc::new(registry))
}

/// What a folder holds, by name, hidden files left out.
fn entries(dir: &Path) -> Outcome<Vec<std::path::PathBuf>> {
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

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::usage(
        Problem::new(format!("schemas cannot be read: {error}"))
            .at(path.display())
            .advice("set `[schemas] dir`"),
    )
}
