//! The HTTP client of a process: its proxies, and whose certificates it trusts. It must not know any store.

use std::sync::OnceLock;

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::{Effect, Error, ErrorKind, Operation};

/// The HTTP client of this process: one pool of connections, one TLS set-up, for all sinks and all of AWS's
/// clients that are given it.
///
/// It speaks plain HTTP as well, for stores on a local network, and goes through the proxies that the environment
/// names, as every tool of AWS does: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, in upper or lower case.
/// It trusts the certificates that the system trusts; for others see [`HttpClientBuilder`].
#[must_use]
pub fn shared_http_client() -> SharedHttpClient {
    static CLIENT: OnceLock<SharedHttpClient> = OnceLock::new();
    CLIENT.get_or_init(|| client(TrustStore::default())).clone()
}

/// Settings of an HTTP client that trusts other certificates than the system does, and is else as
/// [`shared_http_client`]. Make one for a process, and give it to all.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct HttpClientBuilder {
    bundle: Option<Vec<u8>>,
}

impl HttpClientBuilder {
    /// A client like the shared one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Trusts the certificates of this bundle, in PEM, and no others, as AWS's tools do with `AWS_CA_BUNDLE`.
    pub fn ca_bundle(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.bundle = Some(pem.into());
        self
    }

    /// Makes the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// `InvalidRequest`, `NotApplied`: the bundle is no PEM, or holds no certificate that can be trusted.
    pub fn build(self) -> Result<SharedHttpClient, Error> {
        let trusted = match self.bundle {
            Some(pem) => trusted(&pem)?,
            None => TrustStore::default(),
        };
        Ok(client(trusted))
    }
}

/// The certificates of a bundle. Each one is tried here: the client itself would panic over a bad one.
fn trusted(pem: &[u8]) -> Result<TrustStore, Error> {
    let mut store = TrustStore::empty();
    let mut found = false;
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|_| invalid("the certificates are not well-formed PEM"))?;
        let der = STANDARD.encode(&certificate);
        // What cannot be an anchor is left out, as OpenSSL does with what it cannot use in a bundle.
        if RootCertStore::empty().add(certificate).is_ok() {
            found = true;
            let pem = format!("-----BEGIN CERTIFICATE-----\n{der}\n-----END CERTIFICATE-----\n");
            store = store.with_pem_certificate(pem.into_bytes());
        }
    }
    if found {
        Ok(store)
    } else {
        Err(invalid(
            "it holds no certificate that can be trusted; it has to be in PEM",
        ))
    }
}

fn client(trusted: TrustStore) -> SharedHttpClient {
    Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector = Connector::builder();
        connector.set_connector_settings(settings.cloned());
        if let Some(components) = components {
            connector.set_sleep_impl(components.sleep_impl());
        }
        let context = TlsContext::builder().with_trust_store(trusted.clone()).build();
        connector
            .proxy_config(ProxyConfig::from_env())
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            // It cannot fail: a trust store is all that is in it.
            .tls_context(context.unwrap_or_default())
            .build()
    })
}

fn invalid(message: &str) -> Error {
    Error::new(Operation::Open, ErrorKind::InvalidRequest, Effect::NotApplied).with_message(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_without_a_certificate_is_refused() {
        for pem in [
            "",
            "not PEM",
            "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "-----BEGIN CERTIFICATE-----\nAAAA\n",
        ] {
            let error = HttpClientBuilder::new().ca_bundle(pem).build().unwrap_err();
            assert_eq!(*error.kind(), ErrorKind::InvalidRequest, "{pem}");
        }
    }
}
