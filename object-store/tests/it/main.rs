//! Sinks over stores of `object_store`: the contract, in memory and on emulators that others wrote.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use bucketline_object_store::{MetadataNames, ObjectStoreSink};
use bucketline_sink::{Effect, Encryption, ErrorKind, Payload, PutOptions, Sink, SinkExt, conformance};
use object_store::memory::InMemory;

#[tokio::test(flavor = "multi_thread")]
async fn memory_keeps_the_contract() {
    for names in [MetadataNames::Plain, MetadataNames::Identifiers] {
        let sink = ObjectStoreSink::new(InMemory::new()).metadata_names(names);
        conformance::all(|| sink.clone()).await.unwrap();
        conformance::if_match_guards(|| sink.clone()).await.unwrap();
    }
}

#[tokio::test]
async fn what_cannot_be_asked_for_is_refused_before_anything_is_sent() {
    let sink = ObjectStoreSink::new(InMemory::new()).largest_read(3);
    let key = "a".parse().unwrap();
    let options = PutOptions::create().encryption(Encryption::Aes256);
    let error = sink.put(&key, Payload::from("x"), &options).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.effect()),
        (&ErrorKind::Unsupported, Effect::NotApplied)
    );
    assert!(!sink.exists(&key).await.unwrap());
    sink.put_bytes(&key, "four").await.unwrap();
    assert_eq!(*sink.get(&key).await.unwrap_err().kind(), ErrorKind::Unsupported);
}

#[cfg(all(feature = "gcs", feature = "azure"))]
mod emulators {
    use std::env;

    use bucketline_object_store::{azure, gcs};
    use object_store::azure::MicrosoftAzureBuilder;
    use object_store::gcp::GoogleCloudStorageBuilder;

    use super::*;

    fn setting(name: &str) -> String {
        env::var(name).unwrap()
    }

    async fn keeps_the_contract(sink: ObjectStoreSink) {
        for listed in sink.list_all("conformance/").await.unwrap() {
            sink.delete(&listed.object_key().unwrap()).await.unwrap();
        }
        conformance::all(|| sink.clone()).await.unwrap();
        conformance::if_match_guards(|| sink.clone()).await.unwrap();
    }

    /// Over a real bucket, which `GOOGLE_*` variables open: fake-gcs-server as released does not serve the interface in XML.
    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "needs a bucket of Google Cloud Storage"]
    async fn google_cloud_storage_keeps_the_contract() {
        let builder = GoogleCloudStorageBuilder::from_env().with_bucket_name(setting("BUCKET"));
        keeps_the_contract(gcs(builder).unwrap()).await;
    }

    /// The emulator's address is told to `object_store` by `AZURITE_BLOB_STORAGE_URL`.
    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "needs AZURITE_BLOB_STORAGE_URL"]
    async fn azure_blob_storage_keeps_the_contract() {
        let builder = MicrosoftAzureBuilder::new()
            .with_use_emulator(true)
            .with_container_name(setting("BUCKET"));
        keeps_the_contract(azure(builder).unwrap()).await;
    }
}
