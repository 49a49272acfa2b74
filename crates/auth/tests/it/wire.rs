//! Scripted answers on the wire: what the adapters send, and what they make of what comes back.

use aws_smithy_http_client::test_util::{ReplayEvent, StaticReplayClient};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::body::SdkBody;

pub(crate) struct Wire(StaticReplayClient);

impl Wire {
    /// Answers in turn: status and body.
    pub(crate) fn answering(answers: &[(u16, &str)]) -> Self {
        let events = answers.iter().map(|(status, body)| {
            let response = http::Response::builder()
                .status(*status)
                .header("x-amzn-requestid", "req-1")
                .body(SdkBody::from(*body))
                .unwrap();
            ReplayEvent::new(
                http::Request::builder()
                    .uri("http://unused")
                    .body(SdkBody::empty())
                    .unwrap(),
                response,
            )
        });
        Self(StaticReplayClient::new(events.collect()))
    }

    pub(crate) fn client(&self) -> SharedHttpClient {
        SharedHttpClient::new(self.0.clone())
    }

    /// The parameters of each request, decoded, in the order they were sent.
    pub(crate) fn sent(&self) -> Vec<Vec<(String, String)>> {
        let decode = |text: &str| {
            let text = text.replace('+', " ");
            let mut bytes = Vec::new();
            let mut rest = text.bytes();
            while let Some(byte) = rest.next() {
                if byte == b'%' {
                    let digits: String = rest.by_ref().take(2).map(char::from).collect();
                    bytes.push(u8::from_str_radix(&digits, 16).unwrap());
                } else {
                    bytes.push(byte);
                }
            }
            String::from_utf8(bytes).unwrap()
        };
        let parameters = |body: &[u8]| {
            let body = std::str::from_utf8(body).unwrap().to_owned();
            body.split('&')
                .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
                .map(|(name, value)| (decode(name), decode(value)))
                .collect()
        };
        self.0
            .actual_requests()
            .map(|request| parameters(request.body().bytes().unwrap_or_default()))
            .collect()
    }

    /// Whether each request was signed.
    pub(crate) fn signed(&self) -> Vec<bool> {
        self.0
            .actual_requests()
            .map(|request| request.headers().get("authorization").is_some())
            .collect()
    }

    /// One parameter of the only request.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let sent = self.sent();
        let [parameters] = sent.as_slice() else {
            panic!("{} requests", sent.len())
        };
        parameters
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.clone())
    }
}
