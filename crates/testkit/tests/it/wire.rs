//! Plain HTTP over a socket, for what AWS's clients do not do.

use bucketline_testkit::Testkit;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A command to the testkit: the status and body of its answer.
pub(crate) async fn admin(testkit: &Testkit, method: &str, command: &str, body: &str) -> (u16, String) {
    let length = body.len();
    send(
        testkit,
        &format!("{method} /_testkit/{command} HTTP/1.1\r\ncontent-length: {length}\r\n"),
        body.as_bytes(),
    )
    .await
}

/// `head` lacks the lines that end it.
pub(crate) async fn send(testkit: &Testkit, head: &str, body: &[u8]) -> (u16, String) {
    let mut socket = connect(testkit).await;
    let host = host(testkit);
    let head = format!("{head}host: {host}\r\nconnection: close\r\n\r\n");
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(body).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned());
    (
        status.unwrap_or_else(|| panic!("no answer: {answer:?}")),
        body.unwrap_or_default(),
    )
}

pub(crate) async fn connect(testkit: &Testkit) -> TcpStream {
    TcpStream::connect(host(testkit)).await.unwrap()
}

pub(crate) fn host(testkit: &Testkit) -> String {
    testkit.endpoint().trim_start_matches("http://").to_owned()
}
