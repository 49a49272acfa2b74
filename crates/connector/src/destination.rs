//! Where a connector delivers: a store and a folder in it. Knows no credentials and opens nothing.

use std::fmt;

use crate::FolderPath;

/// The endpoint that stands for local directories.
const LOCAL: &str = "file:";

/// A connector's destination, as an identity to be compared: two connectors with the same [`store`](Self::store) write
/// into the same bucket, and their folders must not overlap.
///
/// ```
/// use bucketline_connector::Destination;
///
/// let aws = Destination::bucket("acme-events", "", "currents".parse()?);
/// assert_eq!(aws.to_string(), "s3://acme-events/currents");
/// let local = Destination::directory("/data/out", "currents".parse()?);
/// assert_ne!(aws.store(), local.store());
/// # Ok::<(), bucketline_connector::InvalidFolderPath>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Destination {
    endpoint: String,
    bucket: String,
    folder: FolderPath,
}

impl Destination {
    /// A bucket, and the folder in it. `endpoint` tells apart stores that may have buckets of one name: empty for AWS
    /// itself, else the URL of a custom endpoint. However one endpoint is spelt, by case, default port, or name of this machine, it is
    /// the same.
    pub fn bucket(bucket: impl Into<String>, endpoint: impl Into<String>, folder: FolderPath) -> Self {
        Self {
            endpoint: canonical(&endpoint.into()),
            bucket: bucket.into(),
            folder,
        }
    }

    /// A local directory, by its canonical path, and the folder in it.
    pub fn directory(path: impl Into<String>, folder: FolderPath) -> Self {
        Self::bucket(path, LOCAL, folder)
    }

    /// The endpoint.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The bucket's name, or the directory's path.
    pub fn bucket_name(&self) -> &str {
        &self.bucket
    }

    /// The folder.
    pub fn folder(&self) -> &FolderPath {
        &self.folder
    }

    /// The identity of the store without the folder.
    pub fn store(&self) -> String {
        format!("{}/{}", self.endpoint, self.bucket)
    }
}

/// An endpoint's URL in one spelling.
fn canonical(endpoint: &str) -> String {
    let Some((scheme, rest)) = endpoint.split_once("://") else {
        return endpoint.to_owned();
    };
    let scheme = scheme.to_ascii_lowercase();
    let (authority, path) = match rest.find('/') {
        Some(slash) => rest.split_at(slash),
        None => (rest, ""),
    };
    let default_port = match scheme.as_str() {
        "http" => ":80",
        "https" => ":443",
        _ => "",
    };
    let authority = authority.to_ascii_lowercase();
    let authority = match authority.strip_suffix(default_port) {
        Some(host) if !host.is_empty() && !default_port.is_empty() => host,
        _ => authority.as_str(),
    };
    let host_of_this_machine = ["localhost", "[::1]"]
        .iter()
        .find_map(|name| authority.strip_prefix(name))
        .filter(|port| port.is_empty() || port.starts_with(':'));
    let path = path.trim_end_matches('/');
    match host_of_this_machine {
        Some(port) => format!("{scheme}://127.0.0.1{port}{path}"),
        None => format!("{scheme}://{authority}{path}"),
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.endpoint == LOCAL {
            write!(f, "{}/{}", self.bucket, self.folder)
        } else {
            write!(f, "s3://{}/{}", self.bucket, self.folder)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_endpoint_has_one_spelling() {
        for (spelling, endpoint) in [
            ("HTTP://LocalHost:9000/", "http://127.0.0.1:9000"),
            ("http://[::1]:80", "http://127.0.0.1"),
            ("https://S3.Example.net:443", "https://s3.example.net"),
            ("http://s3.example.net:443", "http://s3.example.net:443"),
            ("http://localhost.example.net", "http://localhost.example.net"),
            ("https://example.net/Path/", "https://example.net/Path"),
            ("memory:", "memory:"),
            ("", ""),
        ] {
            assert_eq!(canonical(spelling), endpoint, "{spelling}");
        }
    }
}
