//! One plain HTTP request to the testkit's own pages on loopback: enough for that, and for nothing else.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::error::Error;

/// GETs `path` from `http://host:port` and returns the body of a 200.
pub(crate) fn get(endpoint: &str, path: &str) -> Result<String, Error> {
    request(endpoint, "GET", path, "")
}

/// POSTs `body` to `path` and returns the body of a 200.
pub(crate) fn post(endpoint: &str, path: &str, body: &str) -> Result<String, Error> {
    request(endpoint, "POST", path, body)
}

/// PUTs nothing to `path`.
pub(crate) fn put(endpoint: &str, path: &str) -> Result<String, Error> {
    request(endpoint, "PUT", path, "")
}

fn request(endpoint: &str, method: &str, path: &str, body: &str) -> Result<String, Error> {
    let host = endpoint
        .strip_prefix("http://")
        .unwrap_or(endpoint)
        .trim_end_matches('/');
    let mut stream = TcpStream::connect(host).map_err(|e| Error::failed(format!("{endpoint}: {e}")))?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    // HTTP/1.0, so that the answer ends with the connection and is never chunked.
    write!(
        stream,
        "{method} {path} HTTP/1.0\r\nHost: {host}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.lines().next().unwrap_or_default();
    if status.split_whitespace().nth(1) == Some("200") {
        Ok(body.to_owned())
    } else {
        Err(Error::failed(format!(
            "{method} {endpoint}{path}: {status}: {body}"
        )))
    }
}
