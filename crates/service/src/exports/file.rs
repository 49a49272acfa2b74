//! A job as a file: TOML to an `ExportJob`, every value checked, relative paths relative to the file.

use std::path::Path;

use bucketline_export::{ExportJob, ExportKind, FileFormat, Origin, Packing};
use serde::Deserialize;

use super::rows::Rows;
use crate::file::parse_duration;
use crate::{Error, Problem};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct JobFile {
    workspace: String,
    kind: Kind,
    segment: Option<String>,
    origin: Option<Origin>,
    rows: Rows,
    #[serde(default)]
    columns: Vec<String>,
    format: Option<FileFormat>,
    output_format: Option<Packing>,
    users_per_file: Option<u64>,
    delete_after: Option<String>,
    #[serde(default)]
    mail_to: Vec<String>,
    callback_endpoint: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    SegmentExport,
    CsvExport,
    EngagementReport,
}

/// Reads a job's text; `path` is where it was read from.
///
/// # Errors
/// It cannot be used: where, and what to write instead.
pub fn parse(path: &Path, text: &str) -> Result<ExportJob, Error> {
    let refuse = |what: String| Error::configuration(Problem::new(what).at(path.display()));
    let file: JobFile = toml::from_str(text).map_err(|error| refuse(error.to_string()))?;
    job(path, file).map_err(refuse)
}

fn job(path: &Path, file: JobFile) -> Result<ExportJob, String> {
    let segment = |segment: Option<String>| {
        let segment = segment.ok_or("`segment` is missing: whose users are exported")?;
        segment.parse().map_err(text)
    };
    let kind = match file.kind {
        Kind::SegmentExport => ExportKind::SegmentExport(segment(file.segment)?),
        Kind::CsvExport => ExportKind::CsvExport(segment(file.segment)?),
        Kind::EngagementReport if file.segment.is_some() => {
            return Err("an engagement report has no `segment`: remove it".to_owned());
        }
        Kind::EngagementReport => ExportKind::EngagementReport,
    };
    let rows = file.rows.resolve(path.parent().unwrap_or(Path::new("")))?;
    let mut job = ExportJob::new(file.workspace.parse().map_err(text)?, kind);
    if let Some(origin) = file.origin {
        job = job.asked_by(origin);
    }
    job = job.rows(rows.to_words()).columns(file.columns).map_err(text)?;
    if let Some(format) = file.format {
        job = job.with_format(format);
    }
    if let Some(packing) = file.output_format {
        job = job.with_packing(packing).map_err(text)?;
    }
    if let Some(users) = file.users_per_file {
        job = job.with_rows_per_file(users);
    }
    if let Some(time) = file.delete_after {
        let time = parse_duration(&time).map_err(|error| format!("`delete_after`: `{time}` is {error}"))?;
        job = job.deleted_after(time);
    }
    let mut people = Vec::new();
    for person in file.mail_to {
        people.push(
            person
                .parse()
                .map_err(|error: bucketline_notify::Error| error.to_string())?,
        );
    }
    job = job.mail_to(people);
    if let Some(url) = file.callback_endpoint {
        job = job.callback(url);
    }
    Ok(job)
}

fn text(error: bucketline_export::Error) -> String {
    error.chain()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<ExportJob, String> {
        parse(Path::new("/jobs/job.toml"), text).map_err(|error| error.to_string())
    }

    #[test]
    fn a_job_has_what_its_file_says() {
        let job = parsed(
            r#"
            workspace = "acme"
            kind = "segment-export"
            segment = "s1"
            rows = { ndjson = "users.ndjson" }
            columns = ["external_id", "email"]
            output_format = "gzip"
            users_per_file = 100
            delete_after = "30d"
            callback_endpoint = "https://example.com/done"
            "#,
        )
        .unwrap();
        assert_eq!(job.rows_place(), "{\"ndjson\":\"/jobs/users.ndjson\"}");
        assert_eq!(
            (job.origin(), job.packing(), job.rows_per_file()),
            (Origin::Api, Packing::Gzip, Some(100))
        );
        assert_eq!(job.kept_for().unwrap().as_secs(), 30 * 86_400);
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said() {
        let base = "workspace = \"acme\"\nkind = \"csv-export\"\n";
        for (text, what) in [
            (format!("{base}rows = {{ csv = \"a\" }}"), "`segment` is missing"),
            (
                format!("{base}segment = \"s/1\"\nrows = {{ csv = \"a\" }}"),
                "segment id `s/1` has `/`",
            ),
            (
                format!("{base}segment = \"s1\"\nrows = {{}}"),
                "`rows` takes one of",
            ),
            (
                format!("{base}segment = \"s1\"\nrows = {{ csv = \"a\" }}\nfoo = 1"),
                "unknown field `foo`",
            ),
            (
                format!("{base}segment = \"s1\"\nrows = {{ csv = \"a\" }}\noutput_format = \"gzip\""),
                "what a user downloads is a zip",
            ),
        ] {
            let error = parsed(&text).unwrap_err();
            assert!(
                error.starts_with("/jobs/job.toml: ") && error.contains(what),
                "{error}"
            );
        }
    }
}
