//! The mock stands in wherever a sink is asked for.

use std::sync::Arc;

use bucketline_sink::{ListPage, Listed, MockSink, ObjectKey, Sink, SinkExt};

#[tokio::test]
async fn it_answers_as_it_was_told() {
    let mut mock = MockSink::new();
    mock.expect_list()
        .withf(|prefix, after| prefix == "a/b" && after.is_none())
        .times(1)
        .returning(|prefix, _| Ok(ListPage::new(vec![Listed::new(prefix, 1)], None)));
    let sink: Arc<dyn Sink> = Arc::new(mock);
    assert!(sink.exists(&ObjectKey::parse("a/b").unwrap()).await.unwrap());
    assert_eq!(sink.to_string(), "mock");
}
