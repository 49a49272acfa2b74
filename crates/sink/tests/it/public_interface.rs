//! The crate as its customers write against it.

use std::sync::Arc;

use bucketline_sink::{
    CreateOnce, Effect, ErrorKind, MemorySink, ObjectKey, Payload, PutOptions, PutOutcome, Sink, SinkExt,
};

fn key(text: &str) -> ObjectKey {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_sink_behind_dyn_has_all_conveniences() {
    let sink: Arc<dyn Sink> = Arc::new(MemorySink::new().page_size(2));
    for name in ["a/1", "a/2", "a/3", "a/4", "a/5", "b"] {
        sink.put_bytes(&key(name), name.as_bytes().to_vec())
            .await
            .unwrap();
    }
    let mut names: Vec<String> = sink
        .list_all("a/")
        .await
        .unwrap()
        .into_iter()
        .map(|l| l.key)
        .collect();
    names.sort();
    assert_eq!(names, ["a/1", "a/2", "a/3", "a/4", "a/5"]);
    assert!(sink.exists(&key("b")).await.unwrap());
    assert!(!sink.exists(&key("a")).await.unwrap());
    assert_eq!(sink.to_string(), "memory");
}

#[tokio::test]
async fn create_once_tells_a_repeat_from_a_conflict() {
    let sink = MemorySink::new();
    let options = PutOptions::create().metadata("bl-count", "1");
    let made = sink
        .create_once(&key("a"), Payload::from("x"), &options)
        .await
        .unwrap();
    assert!(matches!(made, CreateOnce::Created(_)));
    let again = sink
        .create_once(&key("a"), Payload::from("x"), &options)
        .await
        .unwrap();
    assert!(matches!(again, CreateOnce::Same(_)));
    let other = sink
        .create_once(&key("a"), Payload::from("y"), &options)
        .await
        .unwrap();
    assert!(matches!(other, CreateOnce::Different(_)));
    let unmarked = sink
        .create_once(&key("a"), Payload::from("x"), &PutOptions::create())
        .await
        .unwrap();
    assert!(matches!(unmarked, CreateOnce::Different(_)));
}

#[tokio::test]
async fn a_tag_guards_a_replacement() {
    let sink = MemorySink::new();
    let PutOutcome::Created(first) = sink.put_bytes(&key("a"), "one").await.unwrap() else {
        panic!("not created")
    };
    let options = PutOptions::if_match(first.etag.unwrap());
    let second = sink.put(&key("a"), Payload::from("two"), &options).await.unwrap();
    assert!(matches!(second, PutOutcome::Created(_)));
    let third = sink
        .put(&key("a"), Payload::from("three"), &options)
        .await
        .unwrap();
    assert_eq!(third, PutOutcome::PreconditionFailed);
}

#[tokio::test]
async fn what_is_absent_is_not_found_and_nothing_happened() {
    let error = MemorySink::new().get(&key("a")).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NotFound);
    assert_eq!(error.effect(), Effect::NotApplied);
    assert_eq!(error.to_string(), "read `a` in memory: no such object");
}
