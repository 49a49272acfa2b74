//! A server at the other end of the wire: it reads HTTP/1.1 requests raw, keeps them, and answers from a
//! script.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// One request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// The value of a header; all of them joined if there are several.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let values: Vec<&str> = self
            .headers
            .iter()
            .filter(|(found, _)| found == name)
            .map(|(_, value)| value.as_str())
            .collect();
        (!values.is_empty()).then(|| values.join("; "))
    }

    /// The names of all headers, sorted.
    pub(crate) fn header_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names
    }
}

/// What to do with the next request.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Read it whole and answer.
    Answer(String),
    /// Read it whole, answer, and close.
    AnswerAndHangUp(String),
    /// Read it whole, begin to answer, and go on with one byte at a time.
    Drip { head: String, every: Duration },
    /// Read it whole and say nothing, until the other side closes.
    Silence,
    /// Read the head, and nothing more for half a second.
    IgnoreBody,
    /// Read it whole and close without an answer.
    HangUp,
}

/// What happened to a connection.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Opened,
    ClosedByClient,
}

#[derive(Default)]
struct Script {
    steps: VecDeque<Step>,
    requests: Vec<Request>,
}

/// The server; it stops when dropped.
pub(crate) struct Wire {
    pub(crate) endpoint: String,
    script: Arc<Mutex<Script>>,
    pub(crate) events: mpsc::UnboundedReceiver<Event>,
    _tasks: JoinSet<()>,
}

impl Wire {
    pub(crate) async fn start(steps: impl IntoIterator<Item = Step>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let script = Arc::new(Mutex::new(Script {
            steps: steps.into_iter().collect(),
            requests: Vec::new(),
        }));
        let (send, events) = mpsc::unbounded_channel();
        let mut tasks = JoinSet::new();
        let shared = Arc::clone(&script);
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let _ = send.send(Event::Opened);
                connections.spawn(serve(stream, Arc::clone(&shared), send.clone()));
            }
        });
        Self {
            endpoint,
            script,
            events,
            _tasks: tasks,
        }
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.script.lock().unwrap().requests.clone()
    }

    pub(crate) fn only_request(&self) -> Request {
        let requests = self.requests();
        assert_eq!(requests.len(), 1, "one call, one request: {requests:#?}");
        requests[0].clone()
    }
}

async fn serve(mut stream: TcpStream, script: Arc<Mutex<Script>>, events: mpsc::UnboundedSender<Event>) {
    let mut buffer = Vec::new();
    loop {
        let Some(head_len) = read_until_blank_line(&mut stream, &mut buffer).await else {
            let _ = events.send(Event::ClosedByClient);
            return;
        };
        let head = String::from_utf8(buffer.drain(..head_len).collect()).unwrap();
        let mut lines = head.trim_end().split("\r\n");
        let line = lines.next().unwrap().to_owned();
        let headers: Vec<(String, String)> = lines
            .map(|line| line.split_once(':').unwrap())
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let length = headers
            .iter()
            .find(|(name, _)| name == "content-length")
            .map_or(0, |(_, value)| value.parse().unwrap());
        let mut request = Request {
            line,
            headers,
            body: Vec::new(),
        };
        let step = script.lock().unwrap().steps.pop_front().unwrap_or(Step::HangUp);
        if matches!(step, Step::IgnoreBody) {
            script.lock().unwrap().requests.push(request);
            let _ = tokio::time::timeout(Duration::from_millis(500), std::future::pending::<()>()).await;
            let mut taken = buffer.len();
            while taken < length {
                buffer.clear();
                match stream.read_buf(&mut buffer).await {
                    Ok(some) if some > 0 => taken += some,
                    _ => {
                        let _ = events.send(Event::ClosedByClient);
                        return;
                    }
                }
            }
            return;
        }
        while buffer.len() < length {
            if stream.read_buf(&mut buffer).await.unwrap_or(0) == 0 {
                return;
            }
        }
        request.body = buffer.drain(..length).collect();
        script.lock().unwrap().requests.push(request);
        match step {
            Step::Answer(text) => {
                if stream.write_all(text.as_bytes()).await.is_err() {
                    return;
                }
            }
            Step::AnswerAndHangUp(text) => {
                let _ = stream.write_all(text.as_bytes()).await;
                return;
            }
            Step::Drip { head, every } => {
                let mut next = head;
                while stream.write_all(next.as_bytes()).await.is_ok() {
                    // Nothing else is waited for than the time.
                    let _ = tokio::time::timeout(every, std::future::pending::<()>()).await;
                    next = "x".to_owned();
                }
                return;
            }
            Step::Silence => {
                while stream.read_buf(&mut buffer).await.unwrap_or(0) > 0 {}
                let _ = events.send(Event::ClosedByClient);
                return;
            }
            Step::HangUp | Step::IgnoreBody => return,
        }
    }
}

async fn read_until_blank_line(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<usize> {
    loop {
        if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            return Some(at + 4);
        }
        if stream.read_buf(buffer).await.unwrap_or(0) == 0 {
            return None;
        }
    }
}

/// An answer with these header lines and this body.
pub(crate) fn answer(status: &str, headers: &[&str], body: &str) -> Step {
    let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    let ids = "x-amz-request-id: REQ1\r\nx-amz-id-2: HOST1\r\n";
    Step::Answer(format!(
        "HTTP/1.1 {status}\r\n{ids}{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    ))
}

/// A refusal as S3 words it.
pub(crate) fn refusal(status: &str, code: &str, message: &str) -> Step {
    answer(
        status,
        &["content-type: application/xml"],
        &format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message>\
             <RequestId>REQ1</RequestId><HostId>HOST1</HostId></Error>"
        ),
    )
}
