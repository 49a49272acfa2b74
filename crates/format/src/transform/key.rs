//! The key of a salted hash. Its value is never shown.

use std::fmt;
use std::sync::Arc;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::rule::hex;
use crate::error::{Error, ErrorKind};

/// A key for [`Action::Hmac`](super::Action::Hmac): what keeps hashes of guessable values (e-mail addresses, phone numbers) from
/// being guessed. Cloning is cheap; the bytes are zeroed when the last clone goes.
///
/// ```
/// use bucketline_format::transform::HmacKey;
///
/// let key = HmacKey::new(b"9f86d081884c7d659a2feaa0c55ad015")?;
/// assert_eq!(format!("{key:?}"), "HmacKey(** redacted **)");
/// assert!(HmacKey::new(b"salt").unwrap_err().to_string().contains("16 bytes"));
/// # Ok::<(), bucketline_format::Error>(())
/// ```
#[derive(Clone)]
pub struct HmacKey(Arc<Zeroizing<Vec<u8>>>);

impl HmacKey {
    /// A shorter key could be found by trying.
    pub const MIN_LEN: usize = 16;

    /// A key of these bytes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidTransform`] if they are fewer than [`HmacKey::MIN_LEN`].
    pub fn new(bytes: &[u8]) -> Result<Self, Error> {
        if bytes.len() < Self::MIN_LEN {
            let message = format!(
                "a key for `hmac` has at least {} bytes, 32 random ones are usual; this one has {}",
                Self::MIN_LEN,
                bytes.len()
            );
            return Err(Error::new(ErrorKind::InvalidTransform, message));
        }
        Ok(Self(Arc::new(Zeroizing::new(bytes.to_vec()))))
    }

    /// What tells this key from others without telling it: 16 hexadecimal digits.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let tag = self.tag(b"bucketline: which key this is");
        hex(tag.first_chunk::<8>().unwrap_or(&[0; 8]))
    }

    /// HMAC-SHA-256 of a message (RFC 2104).
    pub(super) fn tag(&self, message: &[u8]) -> [u8; 32] {
        // Keys of any length are in order.
        match Hmac::<Sha256>::new_from_slice(&self.0) {
            Ok(mut mac) => {
                mac.update(message);
                mac.finalize().into_bytes().into()
            }
            Err(_) => [0; 32],
        }
    }
}

impl fmt::Debug for HmacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HmacKey(** redacted **)")
    }
}

impl PartialEq for HmacKey {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for HmacKey {}
