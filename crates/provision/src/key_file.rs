//! The file that an access key is handed over in: AWS's own form, readable by its owner alone.
//!
//! Before a key is made, the file says so and which keys there were: IAM tells a secret once, and a run that is stopped
//! between that moment and the writing leaves a key that nobody has the secret of. The next run knows it by this.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind as IoKind, Write as _};
use std::path::{Path, PathBuf};

use bucketline_auth::{AccessKey, Error, ErrorKind};

use crate::observed::KeyFileState;

const PENDING: &str = "# bucketline: a key is about to be made; the keys before it:";

/// Where a key is handed over.
#[derive(Clone, Debug)]
pub struct KeyFile {
    path: PathBuf,
}

impl KeyFile {
    /// The file of this path. Nothing is read or written yet.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the file says.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](ErrorKind::InvalidConfig) where it cannot be read, or holds something else.
    pub fn state(&self) -> Result<KeyFileState, Error> {
        let text = match std::fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == IoKind::NotFound => return Ok(KeyFileState::Absent),
            Err(error) => return Err(self.failed("read", error)),
        };
        if let Some(had) = text.strip_prefix(PENDING) {
            let had = had.split_whitespace().map(str::to_owned).collect();
            return Ok(KeyFileState::Pending { had });
        }
        match AccessKey::from_aws_csv(&text) {
            Ok(key) => Ok(KeyFileState::Holds(key.id().clone())),
            // The reason would show what the file holds.
            Err(_) => Err(Error::new(
                ErrorKind::InvalidConfig,
                format!("the key file `{}` holds something else", self.path.display()),
            )
            .with_remedy("name another with `--key-file`")),
        }
    }

    /// Says that a key is about to be made, and which there are.
    pub(crate) fn begin(&self, had: &[String]) -> Result<(), Error> {
        if matches!(self.state()?, KeyFileState::Holds(_)) {
            return Err(Error::new(
                ErrorKind::AlreadyExists,
                format!("the key file `{}` holds a key already", self.path.display()),
            ));
        }
        let mut text = format!("{PENDING}\n");
        for id in had {
            text.push_str(id);
            text.push('\n');
        }
        self.write(&text)
    }

    /// Takes back what [`begin`](Self::begin) said, where no key was made.
    pub(crate) fn abandon(&self) -> Result<(), Error> {
        match self.state()? {
            KeyFileState::Pending { .. } => {
                std::fs::remove_file(&self.path).map_err(|error| self.failed("removed", error))
            }
            _ => Ok(()),
        }
    }

    /// Keeps a key, as AWS's console writes the file that it hands out.
    pub(crate) fn finish(&self, key: &AccessKey) -> Result<(), Error> {
        let (id, secret) = (key.id().as_str(), key.secret().expose());
        self.write(&format!("Access key ID,Secret access key\r\n{id},{secret}\r\n"))
    }

    /// All or nothing, and on the disk when it returns.
    fn write(&self, text: &str) -> Result<(), Error> {
        let failed = |error| self.failed("written", error);
        let mut draft = self.path.clone().into_os_string();
        draft.push(".new");
        let draft = PathBuf::from(draft);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        // What an earlier run left half written.
        match std::fs::remove_file(&draft) {
            Err(error) if error.kind() != IoKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        let mut file = options.open(&draft).map_err(failed)?;
        file.write_all(text.as_bytes()).map_err(failed)?;
        file.sync_all().map_err(failed)?;
        std::fs::rename(&draft, &self.path).map_err(failed)?;
        let folder = match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(failed)
    }

    fn failed(&self, what: &str, error: std::io::Error) -> Error {
        let message = format!("the key file `{}` cannot be {what}", self.path.display());
        Error::new(ErrorKind::InvalidConfig, message)
            .with_remedy("name a file that can be written with `--key-file`")
            .with_source(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_kept_for_its_owner_alone_and_a_file_of_something_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let file = KeyFile::new(folder.path().join("key.csv"));
        assert_eq!(file.state().unwrap(), KeyFileState::Absent);
        file.begin(&["AKIABEFORE0000000001".to_owned()]).unwrap();
        let had = vec!["AKIABEFORE0000000001".to_owned()];
        assert_eq!(file.state().unwrap(), KeyFileState::Pending { had });
        let key = "Access key ID,Secret access key\nAKIANEW0000000000001,wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEYAA\n";
        let key = AccessKey::from_aws_csv(key).unwrap();
        file.finish(&key).unwrap();
        assert_eq!(file.state().unwrap(), KeyFileState::Holds(key.id().clone()));
        assert_eq!(file.begin(&[]).unwrap_err().kind(), ErrorKind::AlreadyExists);
        file.abandon().unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(file.path()).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        std::fs::write(file.path(), "my diary").unwrap();
        let error = file.state().unwrap_err().to_string();
        assert!(
            error.contains("something else") && !error.contains("diary"),
            "{error}"
        );
    }
}
