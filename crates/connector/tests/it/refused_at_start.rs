//! Configurations that are refused, each with a line that names what to change.

use std::path::Path;
use std::sync::Arc;

use bucketline_connector::{ConnectorConfig, Destination, Error, ErrorKind};
use bucketline_sink::{Encryption, MemorySink};

use crate::fixture::{MINUTE, assert_exactly_once, builder, connector, start, submit};

async fn refused(spool: &Path, connectors: impl IntoIterator<Item = ConnectorConfig>) -> Error {
    let bucket = Arc::new(MemorySink::new());
    let mut builder = builder(spool);
    for config in connectors {
        builder = builder.connector(config, bucket.clone());
    }
    builder.start().await.unwrap_err()
}

fn moved(folder: &str) -> ConnectorConfig {
    let mut config = connector('1').name("Acme");
    config.destination = Destination::bucket("events", "memory:", folder.parse().unwrap());
    config
}

#[tokio::test]
async fn overlapping_folders_name_both_connectors() {
    for folder in ["f2", "f2/sub", "F2"] {
        let spool = tempfile::tempdir().unwrap();
        let error = refused(spool.path(), [connector('2').name("Globex"), moved(folder)]).await;
        assert_eq!(error.kind(), ErrorKind::FolderConflict);
        let text = error.to_string();
        assert!(
            text.contains("Acme") && text.contains("Globex") && error.is_config(),
            "{text}"
        );
    }
}

#[tokio::test]
async fn equal_ids_are_refused() {
    let spool = tempfile::tempdir().unwrap();
    let error = refused(spool.path(), [connector('1'), moved("elsewhere")]).await;
    assert_eq!(error.kind(), ErrorKind::Config);
}

#[tokio::test]
async fn the_same_bucket_at_another_endpoint_is_told_apart_by_it() {
    let spool = tempfile::tempdir().unwrap();
    let mux = start(spool.path(), Arc::new(MemorySink::new())).await;
    submit(&mux, 0, 30).await;
    mux.shutdown().await;
    let mut config = connector('1');
    config.destination = Destination::bucket("events", "", "f1".parse().unwrap());
    let error = refused(spool.path(), [config]).await;
    assert_eq!(error.kind(), ErrorKind::DestinationChanged);
    let text = error.to_string();
    assert!(
        text.contains("`events/f1` on AWS") && text.contains("`events/f1` at `memory:`"),
        "{text}"
    );
}

#[tokio::test]
async fn a_changed_destination_waits_until_the_old_one_is_drained() {
    let (spool, bucket) = (tempfile::tempdir().unwrap(), Arc::new(MemorySink::new()));
    let mux = start(spool.path(), bucket.clone()).await;
    submit(&mux, 0, 30).await;
    mux.shutdown().await;

    let error = refused(spool.path(), [moved("elsewhere")]).await;
    assert_eq!(error.kind(), ErrorKind::DestinationChanged);
    let text = error.to_string();
    assert!(
        text.contains("Acme") && text.contains("30 events") && text.contains("events/f1"),
        "{text}"
    );

    let mux = start(spool.path(), bucket.clone()).await;
    assert!(mux.drain(MINUTE).await.is_complete());
    mux.shutdown().await;
    let mux = builder(spool.path())
        .connector(moved("elsewhere"), bucket.clone())
        .start()
        .await
        .unwrap();
    submit(&mux, 30, 60).await;
    assert!(mux.drain(MINUTE).await.is_complete());
    mux.shutdown().await;
    assert_exactly_once(&*bucket, "f1/", 30).await;
    assert_eq!(crate::fixture::delivered(&*bucket, "elsewhere/").await.len(), 30);
}

#[tokio::test]
async fn changed_encryption_keeps_what_was_held_under_the_old() {
    let (spool, bucket) = (tempfile::tempdir().unwrap(), Arc::new(MemorySink::new()));
    let mux = start(spool.path(), bucket.clone()).await;
    submit(&mux, 0, 30).await;
    mux.shutdown().await;
    let config = connector('1').encryption(Encryption::Aes256);
    let mux = builder(spool.path())
        .connector(config, bucket.clone())
        .start()
        .await
        .unwrap();
    submit(&mux, 30, 60).await;
    assert!(mux.drain(MINUTE).await.is_complete());
    mux.shutdown().await;
    assert_exactly_once(&*bucket, "f1/", 60).await;
}

#[tokio::test]
async fn a_second_process_is_refused() {
    let spool = tempfile::tempdir().unwrap();
    let mux = start(spool.path(), Arc::new(MemorySink::new())).await;
    let error = refused(spool.path(), [connector('1')]).await;
    assert_eq!(
        error.kind(),
        ErrorKind::Spool(bucketline_spool::ErrorKind::Locked)
    );
    mux.shutdown().await;
    start(spool.path(), Arc::new(MemorySink::new()))
        .await
        .shutdown()
        .await;
}
