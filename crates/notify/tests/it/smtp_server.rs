//! A mail server that takes one connection after the other, and answers as it is told.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

#[derive(Clone, Default)]
pub(crate) struct SmtpServer {
    letters: Arc<Mutex<Vec<String>>>,
    /// What it says to the letter itself.
    verdict: Arc<Mutex<Option<&'static str>>>,
}

impl SmtpServer {
    /// A server, and its port.
    pub(crate) async fn start() -> (Self, u16) {
        let server = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let own = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = own.clone();
                tokio::spawn(async move { server.serve(stream).await });
            }
        });
        (server, port)
    }

    pub(crate) fn say(&self, verdict: &'static str) {
        *self.verdict.lock().unwrap() = Some(verdict);
    }

    pub(crate) fn letters(&self) -> Vec<String> {
        self.letters.lock().unwrap().clone()
    }

    async fn serve(self, stream: TcpStream) -> Option<()> {
        let (reader, mut writer) = stream.into_split();
        let mut lines = BufReader::new(reader).lines();
        writer.write_all(b"220 test\r\n").await.ok()?;
        while let Some(line) = lines.next_line().await.ok()? {
            let answer = match line.split(' ').next().unwrap().to_ascii_uppercase().as_str() {
                "EHLO" => "250-test\r\n250 8BITMIME",
                "DATA" => {
                    writer.write_all(b"354 go on\r\n").await.ok()?;
                    let mut letter = String::new();
                    while let Some(line) = lines.next_line().await.ok()? {
                        if line == "." {
                            break;
                        }
                        letter += &line;
                        letter += "\n";
                    }
                    let verdict = self.verdict.lock().unwrap().take();
                    if verdict.is_none() {
                        self.letters.lock().unwrap().push(letter);
                    }
                    verdict.unwrap_or("250 taken")
                }
                "QUIT" => "221 bye",
                _ => "250 fine",
            };
            writer.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
        }
        Some(())
    }
}
