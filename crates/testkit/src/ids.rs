//! Names that AWS draws at random, drawn here from a seed: request ids, access keys, session tokens.
//!
//! Deterministic on purpose, so that a test's output can be compared; they protect nothing.

use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest as _, Sha256};

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE62: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// A source of ids: a counter, hashed with a seed.
#[derive(Debug)]
pub(crate) struct Ids {
    seed: u64,
    next: AtomicU64,
}

/// The ids that AWS gives a request, to be told to its support.
#[derive(Debug, Clone)]
pub(crate) struct RequestIds {
    pub(crate) request_id: String,
    /// The extended one, `x-amz-id-2`.
    pub(crate) host_id: String,
}

impl Ids {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            next: AtomicU64::new(0),
        }
    }

    /// Temporary credentials: `ASIA...`, as AWS shapes them.
    ///
    /// A token is longer for a session with a policy, since AWS's carry the policy along.
    pub(crate) fn temporary_key(&self, policy_size: usize) -> (String, String, String) {
        let n = self.draw();
        (
            format!("ASIA{}", text(BASE32, &self.tag("key", n), 16)),
            text(BASE62, &self.tag("secret", n), 40),
            format!(
                "IQoJb3JpZ2luX2VjE{}",
                text(BASE62, &self.tag("token", n), 239 + policy_size)
            ),
        )
    }

    /// A long-term access key: `AKIA...` and its secret.
    pub(crate) fn access_key(&self) -> (String, String) {
        let n = self.draw();
        (
            format!("AKIA{}", text(BASE32, &self.tag("key", n), 16)),
            text(BASE62, &self.tag("secret", n), 40),
        )
    }

    pub(crate) fn request(&self) -> RequestIds {
        let n = self.draw();
        RequestIds {
            request_id: text(BASE32, &self.tag("request", n), 16),
            host_id: format!("{}=", text(BASE62, &self.tag("host", n), 75)),
        }
    }

    /// Of a multipart upload.
    pub(crate) fn upload(&self) -> String {
        let n = self.draw();
        text(BASE62, &self.tag("upload", n), 96)
    }

    fn draw(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    fn tag(&self, what: &str, n: u64) -> String {
        format!("{what} {} {n}", self.seed)
    }
}

/// The unique id of a user (`AIDA...`) or role (`AROA...`): always the same for one ARN.
pub(crate) fn unique_id(prefix: &str, arn: &str) -> String {
    format!("{prefix}{}", text(BASE32, arn, 17))
}

/// `length` characters of the alphabet, made of the hash of `seed`.
fn text(alphabet: &[u8], seed: &str, length: usize) -> String {
    let mut out = String::with_capacity(length);
    let mut block = 0_u32;
    while out.len() < length {
        let mut hash = Sha256::new();
        hash.update(block.to_le_bytes());
        hash.update(seed.as_bytes());
        for byte in hash.finalize() {
            if out.len() == length {
                break;
            }
            if let Some(&letter) = alphabet.get(usize::from(byte) % alphabet.len()) {
                out.push(char::from(letter));
            }
        }
        block += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_aws_shapes_and_never_repeat() {
        let ids = Ids::new(1);
        let (key, secret, token) = ids.temporary_key(0);
        assert!(key.starts_with("ASIA") && key.len() == 20 && secret.len() == 40 && token.len() == 256);
        assert_ne!(ids.temporary_key(0).0, key);
        assert_ne!(Ids::new(2).temporary_key(0).0, key);
        assert_eq!(Ids::new(1).temporary_key(0).0, key);
        assert_eq!(unique_id("AROA", "arn:a").len(), 21);
    }
}
