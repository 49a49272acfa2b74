//! What is drawn for a job: its id, and the random names of its files. Draws nothing itself.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::hex::hex;
use crate::{Error, ErrorKind};

/// The id of a job: a random UUID (version 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId([u8; 16]);

/// The random part of a file's name: 32 hex digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RandomPart(String);

impl JobId {
    /// The id made of these random bytes.
    #[must_use]
    pub fn from_random(mut bytes: [u8; 16]) -> Self {
        let [_, _, _, _, _, _, version, _, variant, ..] = &mut bytes;
        *version = (*version & 0x0f) | 0x40;
        *variant = (*variant & 0x3f) | 0x80;
        Self(bytes)
    }

    /// The random part of a file's name: the same for the same attempt and file, and not to be guessed from the name
    /// of another job.
    #[must_use]
    pub fn random_part(&self, attempt: u32, file: u64) -> RandomPart {
        let mut hasher = Sha256::new();
        hasher.update(b"bucketline export file");
        hasher.update(self.0);
        hasher.update(attempt.to_le_bytes());
        hasher.update(file.to_le_bytes());
        let digits = hex(&hasher.finalize());
        RandomPart(digits.chars().take(32).collect())
    }
}

impl RandomPart {
    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, digit) in hex(&self.0).chars().enumerate() {
            if matches!(place, 8 | 12 | 16 | 20) {
                f.write_char('-')?;
            }
            f.write_char(digit)?;
        }
        Ok(())
    }
}

impl FromStr for JobId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let refuse = || {
            let message = format!("`{}` is no id of an export; it is a UUID", text.escape_debug());
            Error::new(ErrorKind::Invalid, message)
        };
        let digits: Vec<u8> = text.bytes().filter(|byte| *byte != b'-').collect();
        let mut bytes = [0; 16];
        if digits.len() != 32 {
            return Err(refuse());
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| refuse())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| refuse())?;
        }
        let id = Self(bytes);
        if id.to_string() == text.to_ascii_lowercase() {
            Ok(id)
        } else {
            Err(refuse())
        }
    }
}

impl Serialize for JobId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for JobId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_uuid_of_version_4_and_reads_back() {
        let id = JobId::from_random([0xff; 16]);
        assert_eq!(id.to_string(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(id.to_string().parse::<JobId>().unwrap(), id);
        for wrong in [
            "",
            "ffffffffffff4fffbfffffffffffffff",
            "ffffffff-ffff-4fff-bfff-fffffffffff",
            "+fffffff-ffff-4fff-bfff-ffffffffffff",
        ] {
            assert!(wrong.parse::<JobId>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn no_two_files_have_one_name() {
        let id = JobId::from_random([1; 16]);
        assert_eq!(id.random_part(0, 1), id.random_part(0, 1));
        assert_ne!(id.random_part(0, 1), id.random_part(0, 2));
        assert_ne!(id.random_part(0, 1), id.random_part(1, 1));
        assert_eq!(id.random_part(0, 1).as_str().len(), 32);
    }
}
