//! How both stores are spoken to: once for each call, with ring. It must not know any of them.

use std::time::Duration;

use object_store::{ClientOptions, RetryConfig};

/// A sink makes one attempt; what a second one means is known to its caller alone.
pub(crate) fn one_attempt() -> RetryConfig {
    RetryConfig {
        max_retries: 0,
        retry_timeout: Duration::ZERO,
        ..RetryConfig::default()
    }
}

/// The time limits of the S3 sink.
pub(crate) fn options() -> ClientOptions {
    // Where another provider was installed for the process, that one is used.
    let _ = rustls::crypto::ring::default_provider().install_default();
    ClientOptions::new()
        .with_connect_timeout(Duration::from_secs(3))
        .with_timeout(Duration::from_secs(45))
        // Emulators and private networks; the address says what is spoken.
        .with_allow_http(true)
}
