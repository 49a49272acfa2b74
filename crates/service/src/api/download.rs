//! Download links of the API: they name an export and an end, and are signed. Whoever has one may download that file until then,
//! without a key. Pure: it takes the time.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bucketline_export::JobId;
use bucketline_notify::Timestamp;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::keys::SigningKey;

/// The path and query of a link to an export's file, good for `lifetime`.
pub(super) fn link(id: JobId, key: &SigningKey, now: Timestamp, lifetime: Duration) -> Option<String> {
    let ends = now.after(lifetime).as_seconds();
    let signature = URL_SAFE_NO_PAD.encode(signed(id, ends, key)?.finalize().into_bytes());
    Some(format!("/downloads/{id}?ends={ends}&signature={signature}"))
}

/// What the query of a link says.
#[derive(Debug)]
pub(super) struct Claimed {
    ends: u64,
    signature: Vec<u8>,
}

impl Claimed {
    /// Reads a query; nothing where it is none of a link.
    pub(super) fn parse(query: &str) -> Option<Self> {
        let (mut ends, mut signature) = (None, None);
        for pair in query.split('&') {
            match pair.split_once('=')? {
                ("ends", text) => ends = text.parse().ok(),
                ("signature", text) => signature = URL_SAFE_NO_PAD.decode(text).ok(),
                _ => return None,
            }
        }
        Some(Self {
            ends: ends?,
            signature: signature?,
        })
    }

    /// Whether it was signed with this key for this export, and has not ended.
    pub(super) fn is_good(&self, id: JobId, key: &SigningKey, now: Timestamp) -> bool {
        let signed = signed(id, self.ends, key);
        self.ends > now.as_seconds() && signed.is_some_and(|mac| mac.verify_slice(&self.signature).is_ok())
    }
}

fn signed(id: JobId, ends: u64, key: &SigningKey) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.bytes()).ok()?;
    mac.update(format!("{id} {ends}").as_bytes());
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);

    fn query(link: &str) -> Claimed {
        Claimed::parse(link.split_once('?').unwrap().1).unwrap()
    }

    #[test]
    fn a_link_is_good_for_its_export_its_key_and_its_time() {
        let id: JobId = "d9696570-dfb7-45ae-baa2-25e302a2da27".parse().unwrap();
        let other: JobId = "d9696570-dfb7-45ae-baa2-25e302a2da28".parse().unwrap();
        let (key, another) = (SigningKey::of("a key of acme"), SigningKey::of("a key of globex"));
        let now = Timestamp::from_millis(1_793_491_200_000);
        let link = link(id, &key, now, HOUR).unwrap();
        assert!(
            link.starts_with("/downloads/d9696570-dfb7-45ae-baa2-25e302a2da27?ends=1793494800&signature=")
        );
        assert!(query(&link).is_good(id, &key, now));
        assert!(!query(&link).is_good(other, &key, now));
        assert!(!query(&link).is_good(id, &another, now));
        assert!(!query(&link).is_good(id, &key, now.after(HOUR)));
        let longer = link.replace("ends=1793494800", "ends=1793494801");
        assert!(!query(&longer).is_good(id, &key, now));
        for wrong in [
            "",
            "ends=1",
            "signature=x",
            "ends=x&signature=AA",
            "ends=1&signature=AA&more=1",
        ] {
            assert!(Claimed::parse(wrong).is_none(), "{wrong}");
        }
    }
}
