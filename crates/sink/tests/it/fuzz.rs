//! Answers that no store gives, made of answers that stores give: whatever comes, a call ends, and a put is done only by an answer
//! that could be the store's. A few at each test; `cargo xtask fuzz` goes on for as long as it is told.

use std::path::PathBuf;
use std::time::Duration;

use aws_credential_types::Credentials;
use bucketline_sink::{
    BucketName, ErrorKind, MultipartSink as _, ObjectKey, Payload, PutOptions, PutOutcome, S3Sink, Sink as _,
};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestRunner};
use tokio::runtime::Runtime;
use tokio::time::Instant;

use crate::wire::{Step, Wire};

/// One change of a text.
#[derive(Debug, Clone)]
enum Edit {
    Cut(Index, Index),
    Twice(Index, Index),
    Put(Index, String),
    Flip(Index, u8),
}

fn edit() -> impl Strategy<Value = Edit> {
    let words = select(vec![
        "",
        "\r\n\r\n",
        "\0",
        "<Error>",
        "</Error>",
        "<",
        "&quot;",
        "&#0;",
        "-1",
        "99999999999999999999",
        "chunked",
        "%",
        "%ZZ",
        "é",
        "x-amz-request-id: ",
        "etag: ",
        "content-length: 0\r\n",
        "transfer-encoding: chunked\r\n",
    ]);
    prop_oneof![
        any::<(Index, Index)>().prop_map(|(at, to)| Edit::Cut(at, to)),
        any::<(Index, Index)>().prop_map(|(at, to)| Edit::Twice(at, to)),
        (any::<Index>(), words).prop_map(|(at, word)| Edit::Put(at, word.to_owned())),
        any::<(Index, u8)>().prop_map(|(at, bits)| Edit::Flip(at, bits)),
    ]
}

fn edited(text: &str, edits: &[Edit]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for edit in edits {
        let at = |index: &Index| index.index(bytes.len() + 1);
        match edit {
            Edit::Cut(one, other) => {
                let (from, to) = (at(one).min(at(other)), at(one).max(at(other)));
                bytes.drain(from..to.min(from + 64).min(bytes.len()));
            }
            Edit::Twice(one, other) => {
                let (from, to) = (at(one).min(at(other)), at(one).max(at(other)));
                let copy = bytes[from..to.min(from + 64)].to_vec();
                bytes.splice(from..from, copy);
            }
            Edit::Put(index, word) => {
                let from = at(index);
                bytes.splice(from..from, word.bytes());
            }
            Edit::Flip(index, bits) => {
                let from = at(index);
                if let Some(byte) = bytes.get_mut(from) {
                    *byte ^= bits;
                }
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn corpus() -> Vec<String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/answers");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect()
}

/// How long to go on, beyond the few of each test.
fn time_to_spend() -> Duration {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test that is told by the environment how long to try"
    )]
    let seconds = std::env::var("FUZZ_SECONDS").ok();
    Duration::from_secs(seconds.and_then(|text| text.parse().ok()).unwrap_or(0))
}

#[test]
fn whatever_is_answered_a_call_ends_and_only_a_store_completes_a_put() {
    let (corpus, until) = (corpus(), Instant::now() + time_to_spend());
    let runtime = Runtime::new().unwrap();
    let answers = (0..corpus.len(), proptest::collection::vec(edit(), 0..6));
    loop {
        let mut runner = TestRunner::new(Config {
            cases: 64,
            ..Config::default()
        });
        let ran = runner.run(&answers, |(which, edits)| {
            let answer = edited(&corpus[which], &edits);
            runtime.block_on(ask(&answer));
            Ok(())
        });
        ran.unwrap();
        if Instant::now() >= until {
            return;
        }
    }
}

async fn ask(answer: &str) {
    let key: ObjectKey = "a".parse().unwrap();
    let wire = Wire::start(std::iter::repeat_n(Step::AnswerAndHangUp(answer.to_owned()), 40)).await;
    let sink = S3Sink::builder(BucketName::parse("acme-events").unwrap())
        .endpoint(wire.endpoint.clone())
        .credentials(Credentials::new("AKIAEXAMPLE", "secret", None, None, "test"))
        .attempt_timeout(Duration::from_millis(500))
        .idle_timeout(Duration::from_millis(500))
        .build()
        .unwrap();
    let calls = async {
        let _ = sink.location().await;
        let put = sink
            .put(&key, Payload::from("payload"), &PutOptions::create())
            .await;
        let lower = answer.to_ascii_lowercase();
        if let Ok(PutOutcome::Created(_)) = &put {
            assert!(lower.contains("etag") && lower.contains("200"), "{answer}");
            let said = Payload::from("payload").checksum().base64();
            assert!(
                !lower.contains("x-amz-checksum-sha256: ")
                    || answer.contains(&said)
                    || !parses_as_sum(&lower),
                "{answer}"
            );
        }
        let head = sink.head(&key).await;
        let got = sink.get(&key).await;
        if let Ok(object) = &got {
            assert_eq!(object.info.size, object.payload.len() as u64, "{answer}");
        }
        let listed = sink.list("a", None).await;
        if let Ok(page) = &listed {
            assert!(
                page.objects.len() <= answer.matches("<Contents").count(),
                "{answer}"
            );
        }
        let upload = sink.begin_upload(&key, &PutOptions::create()).await;
        for error in [put.err(), head.err(), got.err(), listed.err(), upload.err()]
            .into_iter()
            .flatten()
        {
            // No answer of a server is a mistake of the caller's own folder.
            assert_ne!(*error.kind(), ErrorKind::OutsidePrefix, "{answer}");
            assert!(!error.to_string().contains('\0'), "{error:?}");
        }
    };
    let ended = tokio::time::timeout(Duration::from_secs(20), calls).await;
    assert!(ended.is_ok(), "a call did not end: {answer}");
}

/// Whether what stands behind the header could be a sum at all.
fn parses_as_sum(answer: &str) -> bool {
    answer
        .split("x-amz-checksum-sha256: ")
        .nth(1)
        .and_then(|rest| rest.split("\r\n").next())
        .is_some_and(|sum| sum.len() == 44)
}
