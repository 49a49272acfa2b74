//! The keys, golden.

use bucketline_notify::Timestamp;

use super::*;
use crate::{ExportJob, Packing};

const A: &str = "9132d5ec1909256c701a6bec5029cbf2";
const B: &str = "053c9465c1bcf52e814b1fd0ab730df4";

fn taken(kind: ExportKind) -> TakenJob {
    let job = ExportJob::new("acme".parse().unwrap(), kind);
    let id = "d9696570-dfb7-45ae-baa2-25e302a2da27".parse().unwrap();
    TakenJob::new(id, job, Timestamp::from_millis(1_556_044_807_000))
}

fn shown(job: &TakenJob, folder: Option<&str>) -> [String; 4] {
    let keys = ExportKeys::new(folder, job, 0).unwrap();
    [
        keys.object_prefix(),
        keys.file(0).unwrap().to_string(),
        keys.file(1).unwrap().to_string(),
        keys.manifest().unwrap().to_string(),
    ]
}

#[test]
fn the_keys_are_those_of_the_reference_system() {
    let mut api = taken(ExportKind::SegmentExport("abc56c0c".parse().unwrap()));
    api.job = api.job.with_packing(Packing::Gzip).unwrap();
    let day = "segment-export/abc56c0c/2019-04-23";
    let prefix = "d9696570-dfb7-45ae-baa2-25e302a2da27-1556044807";
    assert_eq!(
        shown(&api, None),
        [
            prefix.to_owned(),
            format!("{day}/{prefix}/{A}.gz"),
            format!("{day}/{prefix}/{B}.gz"),
            format!("{day}/{prefix}/manifest.json"),
        ]
    );
    let csv = taken(ExportKind::CsvExport("abc56c0c".parse().unwrap()));
    assert_eq!(
        shown(&csv, Some("acme/")),
        [
            format!("users-{A}"),
            format!("acme/{day}/users-{A}.zip"),
            format!("acme/{day}/users-{B}.zip"),
            format!("acme/{day}/users-{A}.manifest.json"),
        ]
    );
    let day = "reports/engagement/2019-04-23";
    assert_eq!(
        shown(&taken(ExportKind::EngagementReport), None),
        [
            format!("engagement-{A}"),
            format!("{day}/engagement-{A}.zip"),
            format!("{day}/engagement-{B}.zip"),
            format!("{day}/engagement-{A}.manifest.json"),
        ]
    );
}

#[test]
fn another_attempt_has_other_files_under_one_prefix() {
    let job = taken(ExportKind::SegmentExport("abc56c0c".parse().unwrap()));
    let (first, second) = (
        ExportKeys::new(None, &job, 0).unwrap(),
        ExportKeys::new(None, &job, 1).unwrap(),
    );
    assert_eq!(first.object_prefix(), second.object_prefix());
    assert_ne!(first.file(0).unwrap(), second.file(0).unwrap());
}

#[test]
fn every_key_begins_with_one_of_the_roots() {
    let segment = || "abc56c0c".parse().unwrap();
    for kind in [
        ExportKind::SegmentExport(segment()),
        ExportKind::CsvExport(segment()),
        ExportKind::EngagementReport,
    ] {
        let keys = ExportKeys::new(None, &taken(kind), 0).unwrap();
        for key in [keys.file(0).unwrap(), keys.manifest().unwrap()] {
            assert!(
                ROOTS
                    .iter()
                    .any(|root| key.as_str().starts_with(&format!("{root}/"))),
                "{key}"
            );
        }
    }
}
