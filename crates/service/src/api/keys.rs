//! The bearer keys of workspaces: who asks. They are compared by their digests, and are not kept.

use std::fmt;

use bucketline_export::WorkspaceId;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::model::{Installation, ModelPath};
use crate::variables::Variables;
use crate::wire::secret_text;
use crate::{Error, Problem, chain};

/// A key that is shorter could be guessed.
const SHORTEST: usize = 24;

/// The keys of all workspaces that have any.
pub(super) struct ApiKeys(Vec<Known>);

struct Known {
    workspace: WorkspaceId,
    digest: [u8; 32],
    signing: SigningKey,
}

/// What a workspace's download links are signed with: made of its key, and of no use as one.
pub(super) struct SigningKey(Zeroizing<[u8; 32]>);

impl ApiKeys {
    /// Reads them from where they are kept.
    pub(super) fn read(installation: &Installation, variables: &Variables) -> Result<Self, Error> {
        let mut known: Vec<Known> = Vec::new();
        for workspace in &installation.workspaces {
            let path = ModelPath::workspace(workspace.id.as_str()).value("api_key");
            let refuse = |what: String| Err(Error::configuration(Problem::new(what).at_model(path.clone())));
            for keeper in &workspace.api_keys {
                let text = secret_text(keeper, &path, variables)?;
                let key = text.trim();
                if key.len() < SHORTEST || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
                    return refuse(format!(
                        "an API key has at least {SHORTEST} characters, and no spaces; make one by `openssl rand -hex 32`"
                    ));
                }
                let digest = Sha256::digest(key.as_bytes()).into();
                if known.iter().any(|other| other.digest == digest) {
                    return refuse("the same API key is given twice".to_owned());
                }
                let id = workspace.id.as_str().parse();
                known.push(Known {
                    workspace: match id {
                        Ok(id) => id,
                        Err(error) => return refuse(chain(&error)),
                    },
                    digest,
                    signing: SigningKey::of(key),
                });
            }
        }
        Ok(Self(known))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The workspace whose key this is.
    pub(super) fn workspace_of(&self, key: &str) -> Option<(&WorkspaceId, &SigningKey)> {
        // Digests are compared: how long that takes tells nothing of a key.
        let digest: [u8; 32] = Sha256::digest(key.as_bytes()).into();
        let known = self.0.iter().find(|known| known.digest == digest)?;
        Some((&known.workspace, &known.signing))
    }

    /// What links of a workspace may be signed with.
    pub(super) fn signing_keys<'a>(
        &'a self,
        workspace: &'a WorkspaceId,
    ) -> impl Iterator<Item = &'a SigningKey> {
        let known = self.0.iter().filter(move |known| known.workspace == *workspace);
        known.map(|known| &known.signing)
    }
}

impl SigningKey {
    pub(super) fn of(key: &str) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(b"bucketline download links\n");
        hasher.update(key.as_bytes());
        Self(Zeroizing::new(hasher.finalize().into()))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_slice()
    }
}

impl fmt::Debug for ApiKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|known| &known.workspace))
            .finish()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(** redacted **)")
    }
}
