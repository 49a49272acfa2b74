//! Uploads in parts into a folder: they outlive their process, and lead nowhere else.

use std::fs;

use bucketline_sink::{
    Effect, ErrorKind, FsSink, MultipartSink as _, ObjectKey, PutMode, PutOptions, PutOutcome, Sink as _,
    SinkExt as _, Upload, conformance,
};
use tempfile::TempDir;

fn key() -> ObjectKey {
    "reports/a.csv".parse().unwrap()
}

fn uploads(folder: &TempDir) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder.path().join("_bucketline/uploads")) else {
        return Vec::new();
    };
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_keeps_the_contract_of_uploads() {
    let folder = tempfile::tempdir().unwrap();
    conformance::uploads(|| FsSink::open(folder.path()).unwrap())
        .await
        .unwrap();
    assert_eq!(uploads(&folder), Vec::<String>::new());
}

#[tokio::test]
async fn an_upload_goes_on_in_another_process_by_its_key_and_id() {
    let folder = tempfile::tempdir().unwrap();
    let open = || FsSink::open(folder.path()).unwrap();
    let options = PutOptions::create().metadata("bl-count", "1");
    let upload = open().begin_upload(&key(), &options).await.unwrap();
    let part = open().put_part(&upload, 1, "text".into()).await.unwrap();
    assert!(
        open().list_all("").await.unwrap().is_empty(),
        "nothing is seen of it"
    );
    let same = Upload::new(upload.key().clone(), upload.id());
    let outcome = open()
        .complete_upload(&same, &[part], &PutMode::Create)
        .await
        .unwrap();
    assert!(matches!(outcome, PutOutcome::Created(_)));
    let object = open().get(&key()).await.unwrap();
    assert_eq!(
        (&*object.payload, &*object.info.metadata["bl-count"]),
        (&b"text"[..], "1")
    );
    assert_eq!(fs::read(folder.path().join("reports/a.csv")).unwrap(), b"text");
}

#[tokio::test]
async fn an_id_that_was_not_given_here_is_no_path() {
    let folder = tempfile::tempdir().unwrap();
    let sink = FsSink::open(folder.path().join("in")).unwrap();
    fs::create_dir(folder.path().join("out")).unwrap();
    fs::write(
        folder.path().join("out/upload.json"),
        r#"{"key": "reports/a.csv", "metadata": {}}"#,
    )
    .unwrap();
    for id in ["../../../out", "..", "", "/tmp", "a/b"] {
        let upload = Upload::new(key(), id);
        let error = sink.put_part(&upload, 1, "x".into()).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.effect()),
            (&ErrorKind::NoSuchUpload, Effect::NotApplied),
            "{id}"
        );
        let aborted = sink.abort_upload(&upload).await;
        assert!(aborted.is_err(), "{id}");
    }
    assert!(folder.path().join("out/upload.json").exists());
    // Nor does an upload of one key make an object of another.
    let upload = sink.begin_upload(&key(), &PutOptions::create()).await.unwrap();
    let other = Upload::new("reports/b.csv".parse().unwrap(), upload.id());
    let error = sink.put_part(&other, 1, "x".into()).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NoSuchUpload);
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_in_the_way_is_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let victim = tempfile::tempdir().unwrap();
    let sink = FsSink::open(folder.path()).unwrap();
    fs::write(victim.path().join("kept"), "kept").unwrap();
    std::os::unix::fs::symlink(victim.path(), folder.path().join("_bucketline/uploads")).unwrap();
    assert!(sink.begin_upload(&key(), &PutOptions::create()).await.is_err());
    let id = "00000000000000000000000000000000";
    fs::create_dir(victim.path().join(id)).unwrap();
    assert!(sink.abort_upload(&Upload::new(key(), id)).await.is_err());
    assert!(victim.path().join(id).exists() && victim.path().join("kept").exists());
}
