//! Configurations that are refused, each with a line that names what to change.

use std::path::Path;
use std::sync::Arc;

use bucketline_connector::{ConnectorConfig, Destination, Error, ErrorKind};
use bucketline_sink::MemorySink;

use crate::fixture::{builder, connector, start};

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
