//! Policies from files and standard input, and back into files. Knows nothing of what the policies say.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use bucketline_policy::Document;

use crate::command_line::Input;
use crate::failure::{Failure, Outcome, Problem};

/// More than any set of policies that AWS stores; keeps a wrong file (an image, a log) from filling memory.
const MAX_BYTES: u64 = 64 * 1_024 * 1_024;

/// The whole text.
pub(super) fn read(input: &Input) -> Outcome<String> {
    let mut bytes = Vec::new();
    let done = match input {
        Input::Standard => io::stdin().lock().take(MAX_BYTES + 1).read_to_end(&mut bytes),
        Input::File(path) => {
            fs::File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
        }
    };
    let wrong = |what: String| Failure::usage(Problem::new(what).at(input));
    done.map_err(|error| wrong(format!("this cannot be read: {error}")))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(wrong(format!(
            "this is larger than {MAX_BYTES} bytes: no policy is"
        )));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        wrong(format!("this is not UTF-8 text: byte {at} begins no character"))
    })
}

/// The document of a text that was read from `input`.
pub(super) fn parse(input: &Input, text: &str) -> Result<Document, Problem> {
    Document::parse(text).map_err(|error| {
        let place = match error.position() {
            Some(position) => format!("{input}:{position}"),
            None => input.to_string(),
        };
        let what = match error.pointer() {
            Some(pointer) if !pointer.is_empty() => format!("{} at `{pointer}`", error.message()),
            _ => error.message().to_owned(),
        };
        Problem::new(what)
            .at(place)
            .advice("`bucketline policy lint` tells more")
    })
}

/// All documents of some files. A file may hold one document or an array of them.
pub(super) fn documents(inputs: &[Input]) -> Outcome<Vec<Document>> {
    let mut documents = Vec::new();
    for input in inputs {
        documents.extend(documents_in(input, &read(input)?)?);
    }
    Ok(documents)
}

/// The documents of a text that was read from `input`.
pub(super) fn documents_in(input: &Input, text: &str) -> Outcome<Vec<Document>> {
    if text.trim_start().starts_with('[') {
        return serde_json::from_str(text)
            .map_err(|error| Failure::usage(Problem::new(error.to_string()).at(input)));
    }
    Ok(vec![parse(input, text).map_err(Failure::usage)?])
}

/// Puts a new text in the place of a file: whole or not at all, with the permissions that it had.
pub(super) fn replace(path: &Path, text: &str) -> Outcome<()> {
    let write = || -> io::Result<()> {
        // What a link leads to is rewritten, not the link.
        let path = fs::canonicalize(path)?;
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".new");
        let beside = path.with_file_name(name);
        let mut file = fs::File::create_new(&beside)?;
        let written = fs::metadata(&path)
            .and_then(|old| file.set_permissions(old.permissions()))
            .and_then(|()| file.write_all(text.as_bytes()))
            .and_then(|()| file.sync_all())
            .and_then(|()| fs::rename(&beside, &path));
        if written.is_err() {
            let _ = fs::remove_file(&beside);
        }
        written
    };
    write().map_err(|error| {
        Failure::usage(Problem::new(format!("this cannot be rewritten: {error}")).at(path.display()))
    })
}
