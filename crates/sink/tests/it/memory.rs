//! The sink in memory keeps the contract, whatever its order and page size.

use bucketline_sink::{MemorySink, SinkExt, conformance};

#[tokio::test(flavor = "multi_thread")]
async fn it_keeps_the_contract() {
    for seed in 0..5 {
        let sink = MemorySink::new().seed(seed).page_size(seed as usize + 1);
        conformance::all(|| sink.clone()).await.unwrap();
        conformance::if_match_guards(|| sink.clone()).await.unwrap();
    }
}

#[tokio::test]
async fn the_seed_decides_the_order() {
    let mut orders = Vec::new();
    for seed in 0..3 {
        let sink = MemorySink::new().seed(seed);
        for name in ["a", "b", "c", "d", "e", "f"] {
            sink.put_bytes(&name.parse().unwrap(), name).await.unwrap();
        }
        orders.push(
            sink.list_all("")
                .await
                .unwrap()
                .into_iter()
                .map(|line| line.key)
                .collect::<Vec<_>>(),
        );
    }
    orders.dedup();
    assert!(orders.len() > 1, "a caller must not come to rely on one order");
}
