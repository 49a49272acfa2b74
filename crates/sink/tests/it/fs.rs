//! The folder as a sink: the contract, and what only a folder has.

use std::fs;

use bucketline_sink::{
    Checksums, Effect, Encryption, Error, ErrorKind, FsSink, ObjectKey, Payload, PutOptions, PutOutcome,
    Sink, SinkExt, conformance,
};
use tempfile::{TempDir, tempdir};

fn open() -> (TempDir, FsSink) {
    let folder = tempdir().unwrap();
    let sink = FsSink::open(folder.path().join("out")).unwrap();
    (folder, sink)
}

fn key(text: &str) -> ObjectKey {
    text.parse().unwrap()
}

async fn refused(sink: &FsSink, text: &str, kind: ErrorKind) -> Error {
    let error = sink.put_bytes(&key(text), "x").await.unwrap_err();
    assert_eq!(
        (error.kind(), error.effect()),
        (&kind, Effect::NotApplied),
        "{error}"
    );
    error
}

#[tokio::test(flavor = "multi_thread")]
async fn it_keeps_the_contract() {
    let (folder, _sink) = open();
    // Each sink is opened anew, as another process would.
    conformance::all(|| FsSink::open(folder.path().join("out")).unwrap())
        .await
        .unwrap();
    conformance::if_match_guards(|| FsSink::open(folder.path().join("out")).unwrap())
        .await
        .unwrap();
}

#[tokio::test]
async fn metadata_lies_beside_the_objects_and_is_not_listed() {
    let (_folder, sink) = open();
    let options = PutOptions::create().metadata("bl-count", "2");
    sink.put(&key("currents/a.avro"), Payload::from("x"), &options)
        .await
        .unwrap();
    let sidecar = fs::read_to_string(sink.folder().join("_bucketline/meta/currents/a.avro.json")).unwrap();
    assert!(sidecar.contains("\"bl-count\": \"2\""), "{sidecar}");
    let names: Vec<String> = sink
        .list_all("")
        .await
        .unwrap()
        .into_iter()
        .map(|line| line.key)
        .collect();
    assert_eq!(names, ["currents/a.avro"]);
    sink.delete(&key("currents/a.avro")).await.unwrap();
    assert!(
        !sink
            .folder()
            .join("_bucketline/meta/currents/a.avro.json")
            .exists()
    );
}

#[tokio::test]
async fn what_is_put_under_our_own_folder_is_only_listed_when_asked_for() {
    let (_folder, sink) = open();
    sink.put_bytes(&key("_bucketline/check"), "x").await.unwrap();
    assert!(sink.list_all("").await.unwrap().is_empty());
    assert!(sink.exists(&key("_bucketline/check")).await.unwrap());
    assert_eq!(sink.list_all("_bucketline/").await.unwrap().len(), 1);
    refused(&sink, "_bucketline/meta/a", ErrorKind::InvalidRequest).await;
}

#[tokio::test]
async fn no_temporary_file_stays_and_those_of_a_crash_are_swept() {
    let (_folder, sink) = open();
    let temporary = sink.folder().join("_bucketline/tmp");
    sink.put_bytes(&key("a"), "x").await.unwrap();
    assert_eq!(
        sink.put_bytes(&key("a"), "y").await.unwrap(),
        PutOutcome::PreconditionFailed
    );
    sink.put(&key("a"), Payload::from("z"), &PutOptions::overwrite())
        .await
        .unwrap();
    assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0);

    fs::write(temporary.join("1-1"), "left by a crash").unwrap();
    let held = fs::File::create(temporary.join("1-2")).unwrap();
    held.lock().unwrap();
    let _again = FsSink::open(sink.folder()).unwrap();
    assert!(!temporary.join("1-1").exists());
    assert!(
        temporary.join("1-2").exists(),
        "a writer that lives keeps its file"
    );
}

#[tokio::test]
async fn metadata_written_before_a_crash_does_not_speak_for_an_object_that_never_came() {
    let (_folder, sink) = open();
    let options = PutOptions::create().metadata("mark", "1");
    sink.put(&key("a"), Payload::from("first"), &options)
        .await
        .unwrap();
    // As if an overwrite had written its metadata and died: the sidecar tells of both contents.
    let path = sink.folder().join("_bucketline/meta/a.json");
    let before = fs::read(sink.folder().join("a")).unwrap();
    let options = PutOptions::overwrite().metadata("mark", "2");
    sink.put(&key("a"), Payload::from("other"), &options)
        .await
        .unwrap();
    fs::write(sink.folder().join("a"), before).unwrap();
    assert_eq!(sink.head(&key("a")).await.unwrap().metadata["mark"], "1");
    assert_eq!(sink.get(&key("a")).await.unwrap().info.metadata["mark"], "1");
    // A create that died leaves a sidecar alone: the object is absent, and can be created.
    fs::remove_file(sink.folder().join("a")).unwrap();
    assert!(path.exists());
    assert_eq!(
        *sink.head(&key("a")).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
    let options = PutOptions::create().metadata("mark", "3");
    assert!(matches!(
        sink.put(&key("a"), Payload::from("third"), &options)
            .await
            .unwrap(),
        PutOutcome::Created(_)
    ));
    assert_eq!(sink.head(&key("a")).await.unwrap().metadata["mark"], "3");
}

#[tokio::test]
async fn changed_bytes_are_found_out() {
    let (_folder, sink) = open();
    sink.put_bytes(&key("a"), "bytes").await.unwrap();
    fs::write(sink.folder().join("a"), "BYTES").unwrap();
    let error = sink.get(&key("a")).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Corrupt);
}

#[tokio::test]
async fn files_of_other_programs_are_objects_without_metadata() {
    let (_folder, sink) = open();
    fs::create_dir(sink.folder().join("theirs")).unwrap();
    fs::write(sink.folder().join("theirs/x"), "abc").unwrap();
    let object = sink.get(&key("theirs/x")).await.unwrap();
    assert_eq!(
        (object.payload.as_ref(), object.info.checksums),
        (b"abc".as_slice(), Checksums::new())
    );
    assert_eq!(
        sink.put_bytes(&key("theirs/x"), "mine").await.unwrap(),
        PutOutcome::PreconditionFailed
    );
}

#[tokio::test]
async fn what_a_folder_cannot_hold_is_a_clear_error() {
    let (_folder, sink) = open();
    let error = refused(
        &sink,
        &format!("a/{}", "x".repeat(251)),
        ErrorKind::InvalidRequest,
    )
    .await;
    assert!(error.to_string().contains("takes 250 there"), "{error}");
    sink.put_bytes(&key("a/b"), "x").await.unwrap();
    let below = refused(&sink, "a/b/c", ErrorKind::InvalidRequest).await;
    assert!(
        below
            .to_string()
            .contains("a file stands where a folder has to be"),
        "{below}"
    );
    refused(&sink, "a", ErrorKind::InvalidRequest).await;
    assert_eq!(
        *sink.get(&key("a")).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
    sink.delete(&key("a")).await.unwrap();
    assert!(sink.exists(&key("a/b")).await.unwrap());

    let encrypted = PutOptions::create().encryption(Encryption::Aes256);
    let error = sink
        .put(&key("c"), Payload::from("x"), &encrypted)
        .await
        .unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn a_folder_that_went_away_is_not_made_again() {
    let (_folder, sink) = open();
    fs::remove_dir_all(sink.folder()).unwrap();
    refused(&sink, "a", ErrorKind::NoSuchBucket).await;
    assert_eq!(
        *sink.list_all("").await.unwrap_err().kind(),
        ErrorKind::NoSuchBucket
    );
    assert!(!sink.folder().exists());
}

#[tokio::test]
async fn a_file_in_place_of_the_folder_is_refused_at_once() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("out"), "").unwrap();
    let error = FsSink::open(folder.path().join("out")).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::InvalidRequest, "{error}");
}

#[tokio::test]
async fn a_long_listing_comes_in_pages() {
    let (_folder, sink) = open();
    fs::create_dir(sink.folder().join("many")).unwrap();
    for number in 0..1005 {
        fs::write(sink.folder().join(format!("many/{number:04}")), "").unwrap();
    }
    let first = sink.list("many/", None).await.unwrap();
    assert_eq!(first.objects.len(), 1000);
    let second = sink.list("many/", first.next.as_ref()).await.unwrap();
    assert_eq!((second.objects.len(), second.next), (5, None));
    assert_eq!(sink.list_all("many/").await.unwrap().len(), 1005);
}

/// What an operation on a key says within a moment; it must never hang.
async fn at_once<T: std::fmt::Debug>(call: impl Future<Output = Result<T, Error>>) -> Error {
    let answer = tokio::time::timeout(std::time::Duration::from_secs(20), call).await;
    answer.unwrap().unwrap_err()
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_below_the_folder_is_never_followed() {
    use std::os::unix::fs::symlink;

    let (folder, sink) = open();
    let victim = folder.path().join("victim");
    fs::create_dir(&victim).unwrap();
    fs::write(victim.join("secret"), "theirs").unwrap();
    symlink("../victim", sink.folder().join("acme")).unwrap();
    symlink("../victim/secret", sink.folder().join("file")).unwrap();
    symlink("../victim/new", sink.folder().join("dangling")).unwrap();
    let options = PutOptions::overwrite();
    for text in ["acme/secret", "acme/a", "acme/deep/b", "file", "dangling"] {
        let key = key(text);
        for error in [
            at_once(sink.put_bytes(&key, "ours")).await,
            at_once(sink.put(&key, Payload::from("ours"), &options)).await,
            at_once(sink.get(&key)).await,
            at_once(sink.head(&key)).await,
            at_once(sink.delete(&key)).await,
        ] {
            assert_eq!(
                (error.kind(), error.effect()),
                (&ErrorKind::InvalidRequest, Effect::NotApplied),
                "{text}: {error}"
            );
            assert!(error.to_string().contains("symbolic link"), "{error}");
        }
    }
    for prefix in ["", "acme/", "acme/se", "f"] {
        assert_eq!(sink.list_all(prefix).await.unwrap(), [], "{prefix}");
    }
    assert_eq!(fs::read_to_string(victim.join("secret")).unwrap(), "theirs");
    assert_eq!(fs::read_dir(&victim).unwrap().count(), 1, "nothing was put there");
}

#[cfg(unix)]
#[tokio::test]
async fn the_sink_s_own_files_are_not_reached_over_links_either() {
    use std::os::unix::fs::symlink;

    let (folder, sink) = open();
    let victim = folder.path().join("victim");
    fs::create_dir(&victim).unwrap();
    let meta = sink.folder().join("_bucketline/meta");
    fs::create_dir_all(&meta).unwrap();
    symlink(&victim, meta.join("acme")).unwrap();
    at_once(sink.put_bytes(&key("acme/a"), "x")).await;
    fs::remove_dir_all(sink.folder().join("_bucketline")).unwrap();
    symlink(&victim, sink.folder().join("_bucketline")).unwrap();
    at_once(sink.put_bytes(&key("b"), "x")).await;
    assert!(FsSink::open(sink.folder()).is_err());
    assert_eq!(fs::read_dir(&victim).unwrap().count(), 0, "nothing was put there");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_pipe_or_socket_at_a_key_holds_nobody() {
    let (_folder, sink) = open();
    let made = std::process::Command::new("mkfifo")
        .arg(sink.folder().join("pipe"))
        .arg(sink.folder().join("_bucketline/tmp/left"))
        .status();
    assert!(made.unwrap().success());
    let _socket = std::os::unix::net::UnixListener::bind(sink.folder().join("socket")).unwrap();
    let options = PutOptions::overwrite();
    for text in ["pipe", "socket"] {
        let key = key(text);
        for error in [
            at_once(sink.put_bytes(&key, "x")).await,
            at_once(sink.put(&key, Payload::from("x"), &options)).await,
            at_once(sink.get(&key)).await,
            at_once(sink.head(&key)).await,
        ] {
            assert_eq!(*error.kind(), ErrorKind::InvalidRequest, "{error}");
        }
    }
    assert_eq!(sink.list_all("").await.unwrap(), []);
    // What was left in the folder for what is half done holds nobody who opens it.
    FsSink::open(sink.folder()).unwrap();
    sink.put_bytes(&key("other"), "x").await.unwrap();
}

/// Keys in their order, whatever lies in folders and what beside them.
#[tokio::test]
async fn a_listing_of_many_pages_is_in_order_and_goes_on_anywhere() {
    let (_folder, sink) = open();
    let mut names = Vec::new();
    for folder in ["a", "a+b", "a/b", "b", "b/c/d"] {
        fs::create_dir_all(sink.folder().join("t").join(folder)).unwrap();
        for number in 0..450 {
            let name = format!("t/{folder}/{number:03}");
            fs::write(sink.folder().join(&name), "x").unwrap();
            names.push(name);
        }
    }
    names.sort_unstable();
    let listed: Vec<String> = sink
        .list_all("t/")
        .await
        .unwrap()
        .into_iter()
        .map(|line| line.key)
        .collect();
    assert_eq!(listed, names);
    // A token that no listing waits for: of another sink over the same folder.
    let other = FsSink::open(sink.folder()).unwrap();
    let first = sink.list("t/", None).await.unwrap();
    let second = other.list("t/", first.next.as_ref()).await.unwrap();
    assert_eq!(second, sink.list("t/", first.next.as_ref()).await.unwrap());
    let second: Vec<&str> = second.objects.iter().map(|line| line.key.as_str()).collect();
    assert_eq!(second, names[1000..2000]);
}
