//! The text of a policy in a seed: in place, or in a file of its own.

use std::collections::BTreeMap;
#[cfg(feature = "seed-file")]
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;

use crate::authorize::{Policies, Policy, Rights};
use crate::error::{Error, ErrorKind};

/// A policy's text, or the file that holds it.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "a policy's JSON text or { file = \"...\" }")]
pub(super) enum Text {
    Inline(String),
    File(InFile),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InFile {
    file: PathBuf,
}

impl Text {
    /// Replaces a file by its text.
    #[cfg(feature = "seed-file")]
    pub(super) fn fetch(
        &mut self,
        read: &mut dyn FnMut(&Path) -> std::io::Result<String>,
    ) -> Result<(), Error> {
        if let Self::File(InFile { file }) = self {
            let message = format!("policy file `{}` cannot be read", file.display());
            let text = read(file).map_err(|error| Error::new(ErrorKind::Io, message).because(error))?;
            *self = Self::Inline(text);
        }
        Ok(())
    }

    pub(super) fn policy(&self, of: &str) -> Result<Policy, Error> {
        match self {
            Self::Inline(text) => Policy::parse(of, text),
            Self::File(InFile { file }) => Err(Error::new(
                ErrorKind::Io,
                format!("{of} is in `{}`, which was not read", file.display()),
            )),
        }
    }
}

/// The policies and boundary of a user or role, named by `of`.
pub(super) fn rights(
    of: &str,
    texts: BTreeMap<String, Text>,
    boundary: Option<Text>,
) -> Result<Rights, Error> {
    let policy = |(name, text): (String, Text)| {
        let policy = text.policy(&format!("policy `{name}` of {of}"))?;
        Ok((name, policy))
    };
    let policies = texts
        .into_iter()
        .map(policy)
        .collect::<Result<Policies, Error>>()?;
    let boundary = boundary
        .map(|text| text.policy(&format!("permissions boundary of {of}")))
        .transpose()?;
    Ok(Rights {
        policies: Arc::new(policies),
        boundary,
        boundary_arn: None,
    })
}
