//! Scripted answers on the wire: what the adapters send, and what they make of what comes back.
//!
//! Not the SDK's own replay client: its feature `test-util` changes how `serde_json` orders maps, and what is tested
//! should be what ships.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;

#[derive(Debug, Clone)]
pub(crate) struct Wire {
    answers: Arc<Mutex<VecDeque<(u16, String)>>>,
    requests: Arc<Mutex<Vec<HttpRequest>>>,
}

impl HttpClient for Wire {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.requests.lock().unwrap().push(request);
        let answer = self.answers.lock().unwrap().pop_front();
        HttpConnectorFuture::ready(answer.map_or_else(
            || {
                Err(ConnectorError::other(
                    "no answer is scripted for this request".into(),
                    None,
                ))
            },
            |(status, body)| {
                let identified = body.contains("<RequestId>");
                let mut response = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body));
                if identified {
                    response.headers_mut().insert("x-amzn-requestid", "req-1");
                }
                Ok(response)
            },
        ))
    }
}

impl Wire {
    /// Answers in turn: status and body.
    pub(crate) fn answering(answers: &[(u16, &str)]) -> Self {
        let answers = answers.iter().map(|(status, body)| (*status, (*body).to_owned()));
        Self {
            answers: Arc::new(Mutex::new(answers.collect())),
            requests: Arc::default(),
        }
    }

    pub(crate) fn client(&self) -> SharedHttpClient {
        SharedHttpClient::new(self.clone())
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
        let requests = self.requests.lock().unwrap();
        requests
            .iter()
            .map(|request| parameters(request.body().bytes().unwrap_or_default()))
            .collect()
    }

    /// Whether each request was signed.
    pub(crate) fn signed(&self) -> Vec<bool> {
        let requests = self.requests.lock().unwrap();
        requests
            .iter()
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
