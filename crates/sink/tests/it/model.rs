//! Any sequence of calls has the same answers from every sink as from a map.

use std::collections::BTreeMap;

use bucketline_sink::fault::FaultSink;
use bucketline_sink::layer::PrefixJail;
use bucketline_sink::{
    ETag, ErrorKind, FsSink, MemorySink, ObjectKey, Payload, PutMode, PutOptions, PutOutcome, Sink, SinkExt,
};
use proptest::prelude::*;
use proptest::sample::select;

/// Keys of which none is the folder of another, and some are prefixes of others as text.
const KEYS: [&str; 6] = ["f/a", "f/ab", "f/c/a", "f/c/b", "f/c+", "f/d=1/e"];
const PREFIXES: [&str; 6] = ["f/", "f/a", "f/c", "f/c/", "f/d=1/e", "f/zz"];

#[derive(Debug, Clone)]
enum Op {
    Put {
        key: &'static str,
        text: String,
        mark: u8,
        mode: Mode,
    },
    Delete(&'static str),
    Read(&'static str),
    List(&'static str),
}

#[derive(Debug, Clone, Copy)]
enum Mode {
    Create,
    Overwrite,
    /// With the tag of what is there, so that it holds; of nothing, if nothing is.
    IfUnchanged,
    /// With a tag that nothing has.
    IfSomethingElse,
}

fn op() -> impl Strategy<Value = Op> {
    let mode = select(&[
        Mode::Create,
        Mode::Overwrite,
        Mode::IfUnchanged,
        Mode::IfSomethingElse,
    ]);
    prop_oneof![
        4 => (select(&KEYS), "[xy]{0,3}", 0..3_u8, mode)
            .prop_map(|(key, text, mark, mode)| Op::Put { key, text, mark, mode }),
        1 => select(&KEYS).prop_map(Op::Delete),
        2 => select(&KEYS).prop_map(Op::Read),
        1 => select(&PREFIXES).prop_map(Op::List),
    ]
}

type Model = BTreeMap<&'static str, (String, u8)>;

fn key(text: &str) -> ObjectKey {
    text.parse().unwrap()
}

/// Carries out one call on both, and compares.
async fn step(sink: &dyn Sink, model: &mut Model, op: &Op) {
    match op {
        Op::Put {
            key: name,
            text,
            mark,
            mode,
        } => {
            let there = model.contains_key(name);
            let (holds, mode) = match mode {
                Mode::Create => (!there, PutMode::Create),
                Mode::Overwrite => (true, PutMode::Overwrite),
                Mode::IfUnchanged => {
                    let tag = sink.head(&key(name)).await.ok().and_then(|info| info.etag);
                    (
                        there,
                        PutMode::IfMatch(tag.unwrap_or_else(|| ETag::new("\"none\""))),
                    )
                }
                Mode::IfSomethingElse => (false, PutMode::IfMatch(ETag::new("\"none\""))),
            };
            let mut options = PutOptions::create().metadata("mark", mark.to_string());
            options.mode = mode;
            let outcome = sink
                .put(&key(name), Payload::from(text.clone()), &options)
                .await
                .unwrap();
            assert_eq!(matches!(outcome, PutOutcome::Created(_)), holds, "{op:?}");
            if holds {
                model.insert(name, (text.clone(), *mark));
            }
        }
        Op::Delete(name) => {
            sink.delete(&key(name)).await.unwrap();
            model.remove(name);
        }
        Op::Read(name) => {
            let found = sink.get(&key(name)).await;
            let exists = sink.exists(&key(name)).await.unwrap();
            assert_eq!(exists, model.contains_key(name), "{name}");
            let Some((text, mark)) = model.get(name) else {
                assert_eq!(*found.unwrap_err().kind(), ErrorKind::NotFound);
                return;
            };
            let object = found.unwrap();
            assert_eq!(
                (object.payload.as_ref(), &object.info.metadata["mark"]),
                (text.as_bytes(), &mark.to_string())
            );
            let head = sink.head(&key(name)).await.unwrap();
            assert_eq!(head, object.info);
            assert_eq!(head.checksums, Payload::from(text.clone()).checksum().into());
        }
        Op::List(prefix) => {
            let mut found: Vec<(String, u64)> = sink
                .list_all(prefix)
                .await
                .unwrap()
                .into_iter()
                .map(|line| (line.key, line.size))
                .collect();
            found.sort();
            let expected: Vec<(String, u64)> = model
                .iter()
                .filter(|(name, _)| name.starts_with(prefix))
                .map(|(name, (text, _))| ((*name).to_owned(), text.len() as u64))
                .collect();
            assert_eq!(found, expected, "below `{prefix}`");
        }
    }
}

fn run(sink: &dyn Sink, ops: &[Op]) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let mut model = Model::new();
        for op in ops {
            step(sink, &mut model, op).await;
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn memory_is_a_map(ops in prop::collection::vec(op(), 1..40), seed: u64, page in 1..4_usize) {
        let (sink, _) = FaultSink::new(MemorySink::new().seed(seed).page_size(page));
        run(&PrefixJail::new(sink, key("f")), &ops);
    }

    #[test]
    fn a_folder_is_a_map(ops in prop::collection::vec(op(), 1..20)) {
        let folder = tempfile::tempdir().unwrap();
        run(&FsSink::open(folder.path()).unwrap(), &ops);
    }

    #[test]
    fn a_key_is_what_it_was_parsed_from(text in ".{0,40}") {
        if let Ok(key) = text.parse::<ObjectKey>() {
            prop_assert_eq!(key.as_str(), &text);
            prop_assert_eq!(key.segments().collect::<Vec<_>>().join("/"), text);
        }
    }
}
