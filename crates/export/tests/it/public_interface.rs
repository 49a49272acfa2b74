//! What a customer writes.

use bucketline_export::{ErrorKind, ExportJob, ExportKind, FileFormat, Origin, Packing, SegmentId};

fn segment() -> SegmentId {
    "abc56c0c".parse().unwrap()
}

#[test]
fn what_a_user_downloads_is_one_zip_of_csv() {
    let job = ExportJob::new("acme".parse().unwrap(), ExportKind::CsvExport(segment()));
    assert_eq!(
        (job.origin(), job.format(), job.packing(), job.rows_per_file()),
        (Origin::Dashboard, FileFormat::Csv, Packing::Zip, None)
    );
    assert_eq!(
        job.with_packing(Packing::Gzip).unwrap_err().kind(),
        ErrorKind::Invalid
    );
}

#[test]
fn what_a_program_asks_for_is_ndjson_with_5000_users_a_file() {
    let job = ExportJob::new("acme".parse().unwrap(), ExportKind::SegmentExport(segment()));
    assert_eq!(
        (job.origin(), job.format(), job.rows_per_file()),
        (Origin::Api, FileFormat::Ndjson, Some(5_000))
    );
    assert!(job.clone().with_packing(Packing::Gzip).is_ok());
    let refused = job.columns(["email", "email"]).unwrap_err();
    assert_eq!(refused.to_string(), "column 2 is empty or named twice: `email`");
}

#[test]
fn a_job_reads_back_as_it_was_remembered() {
    let job = ExportJob::new("acme".parse().unwrap(), ExportKind::EngagementReport)
        .rows("ndjson:rows.ndjson")
        .mail_to(["Ada <ada@example.com>".parse().unwrap()]);
    let text = serde_json::to_string(&job).unwrap();
    assert_eq!(serde_json::from_str::<ExportJob>(&text).unwrap(), job);
}
