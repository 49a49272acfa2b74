//! The check of a signature of version 4 in headers, for the services that s3s does not know. Finds out whether the secret
//! was known to whoever sent the request, and nothing else.
//!
//! Source: "Create a signed AWS API request", IAM user guide.

use hmac::{Hmac, KeyInit as _, Mac as _};
use http::request::Parts;
use sha2::{Digest as _, Sha256};

/// What a request says of its signature.
#[derive(Debug)]
pub(crate) struct Signed<'a> {
    pub(crate) key_id: &'a str,
    pub(crate) service: &'a str,
    date: &'a str,
    region: &'a str,
    headers: &'a str,
    signature: &'a str,
}

impl<'a> Signed<'a> {
    /// None for a request without such a signature.
    pub(crate) fn read(parts: &'a Parts) -> Option<Self> {
        let header = parts.headers.get(http::header::AUTHORIZATION)?.to_str().ok()?;
        let header = header.strip_prefix("AWS4-HMAC-SHA256 ")?;
        let field = |name: &str| {
            let mut fields = header.split(',');
            fields.find_map(|field| field.trim().strip_prefix(name)?.strip_prefix('='))
        };
        let mut scope = field("Credential")?.split('/');
        let (key_id, date) = (scope.next()?, scope.next()?);
        let (region, service) = (scope.next()?, scope.next()?);
        Some(Self {
            key_id,
            service,
            date,
            region,
            headers: field("SignedHeaders")?,
            signature: field("Signature")?,
        })
    }

    /// Whether this secret made it.
    pub(crate) fn is_by(&self, secret: &str, parts: &Parts, body: &[u8]) -> bool {
        self.expected(secret, parts, body).as_deref() == Some(self.signature)
    }

    fn expected(&self, secret: &str, parts: &Parts, body: &[u8]) -> Option<String> {
        let mut canonical = format!("{}\n{}\n\n", parts.method, parts.uri.path());
        for name in self.headers.split(';') {
            let value = parts.headers.get(name)?.to_str().ok()?;
            let value: Vec<&str> = value.split_ascii_whitespace().collect();
            canonical += &format!("{name}:{}\n", value.join(" "));
        }
        canonical += &format!("\n{}\n{}", self.headers, hex(&Sha256::digest(body)));
        let time = parts.headers.get("x-amz-date")?.to_str().ok()?;
        let Self {
            date,
            region,
            service,
            ..
        } = self;
        let to_sign = format!(
            "AWS4-HMAC-SHA256\n{time}\n{date}/{region}/{service}/aws4_request\n{}",
            hex(&Sha256::digest(canonical.as_bytes()))
        );
        let mut key = format!("AWS4{secret}").into_bytes();
        for part in [date, region, service, "aws4_request", to_sign.as_str()] {
            key = mac(&key, part.as_bytes())?;
        }
        Some(hex(&key))
    }
}

fn mac(key: &[u8], text: &[u8]) -> Option<Vec<u8>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(text);
    Some(mac.finalize().into_bytes().to_vec())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
