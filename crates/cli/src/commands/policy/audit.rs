//! `bucketline policy audit`: policies against the needs of an integration.

use bucketline_policy::exporter::{Audit as Found, Excess, Lack, LackReason, Needs, audit};
use bucketline_policy::{
    Arn, BucketName, CallOption, Error, Operation, Partition, PolicySet, Request, Statement, StatementRef,
};
use clap::Args;
use serde::Serialize;

use super::file;
use super::out::json_line;
use crate::command_line::{Format, Input};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, Problem};
use crate::report::result;

/// Compare policies with what an integration needs
///
/// Names what is lacking, with a statement that grants it or the one that denies it, and what is granted beyond the needs,
/// with the statement that does. The needs are those of an exporter unless calls are named. Exits with 1 if something is
/// lacking; what is granted beyond alone exits with 0.
#[derive(Args, Debug)]
pub(super) struct Audit {
    /// All policies of the user or role; a file may hold one or an array
    #[arg(value_name = "FILE", required = true)]
    files: Vec<Input>,
    /// The bucket
    #[arg(long, value_name = "NAME")]
    bucket: BucketName,
    /// A folder that is delivered into; may be given several times
    #[arg(long, value_name = "FOLDER")]
    folder: Vec<String>,
    /// A call of the API instead of the exporter's, such as `PutObject`; may be given several times
    #[arg(long, value_name = "NAME")]
    call: Vec<Operation>,
    /// Objects get tags
    #[arg(long)]
    tags: bool,
    /// Uploads come in parts
    #[arg(long)]
    multipart: bool,
    /// No `_bucketline/*` is needed, where the register of folders lies
    #[arg(long)]
    no_claims: bool,
    /// The KMS key that objects are encrypted with
    #[arg(long, value_name = "ARN", conflicts_with = "kms_region")]
    kms_key: Option<Arn>,
    /// Objects are encrypted with some KMS key in this region
    #[arg(long, value_name = "REGION")]
    kms_region: Option<String>,
    /// The role that `--call AssumeRole` takes on
    #[arg(long, value_name = "ARN")]
    role: Option<Arn>,
    /// The partition of the bucket
    #[arg(long, default_value = "aws")]
    partition: Partition,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn run(options: &Audit) -> Outcome<Exit> {
    let needs = options
        .needs()
        .map_err(|error| Failure::usage(Problem::new(error.to_string())))?;
    let policies = PolicySet::compile(&file::documents(&options.files)?);
    let found = audit(&policies, &needs);
    match options.format {
        Format::Text => print_text(&found),
        Format::Json => result(json_line(&Answer::of(&found))),
    }
    Ok(if found.is_sufficient() {
        Exit::Done
    } else {
        Exit::Findings
    })
}

impl Audit {
    fn needs(&self) -> Result<Needs, Error> {
        let mut needs = Needs::new(self.bucket.clone()).partition(self.partition.clone());
        for folder in &self.folder {
            needs = needs.folder(folder)?;
        }
        if !self.no_claims {
            needs = needs.claims();
        }
        if self.call.is_empty() {
            needs = needs.exporter();
        }
        let tags: &[CallOption] = if self.tags { &[CallOption::Tags] } else { &[] };
        for call in &self.call {
            needs = needs.call(*call, tags);
        }
        if self.tags && self.call.is_empty() {
            needs = needs.call(Operation::PutObject, tags);
        }
        if self.multipart {
            needs = needs.multipart();
        }
        if let Some(key) = &self.kms_key {
            needs = needs.kms_key(key.clone());
        }
        if let Some(region) = &self.kms_region {
            needs = needs.kms_of_bucket(region);
        }
        if let Some(role) = &self.role {
            needs = needs.role(role.clone());
        }
        Ok(needs)
    }
}

fn print_text(found: &Found) {
    if found.is_sufficient() {
        result("sufficient: every need is met");
    }
    for lack in &found.lacks {
        let why = match lack.reason {
            LackReason::Denied(place) => format!(
                "policy {}, statement {} denies it",
                place.document + 1,
                place.statement + 1
            ),
            LackReason::NotGranted => "no statement grants all of it".to_owned(),
            _ => "whether all of it is granted could not be found out".to_owned(),
        };
        result(format_args!(
            "lacking: `{}` on `{}` for {}: {why}",
            lack.action, lack.resource, lack.operation
        ));
        if let Some(request) = &lack.witness {
            result(format_args!("  not allowed: {}", request));
        }
        if lack.reason == LackReason::NotGranted {
            result(format_args!("  add: {}", json_line(&lack.grant)));
        }
    }
    if found.is_minimal() {
        result("minimal: nothing is granted beyond the needs");
    }
    for excess in &found.beyond {
        let sid = excess
            .sid
            .as_ref()
            .map(|sid| format!(" `{sid}`"))
            .unwrap_or_default();
        result(format_args!(
            "beyond: policy {}, statement {}{sid} grants `{}` on `{}`",
            excess.place.document + 1,
            excess.place.statement + 1,
            excess.action,
            excess.resource
        ));
        match &excess.witness {
            Some(request) => result(format_args!("  allowed and not needed: {}", request)),
            None => result("  whether that is more than needed could not be found out"),
        }
    }
}

#[derive(Serialize)]
struct Answer<'a> {
    sufficient: bool,
    minimal: bool,
    lacks: Vec<Lacking<'a>>,
    beyond: Vec<Beyond<'a>>,
}

#[derive(Serialize)]
struct Lacking<'a> {
    operation: Operation,
    action: &'a str,
    resource: &'a str,
    reason: LackReason,
    witness: Option<&'a Request>,
    grant: &'a Statement,
}

#[derive(Serialize)]
struct Beyond<'a> {
    place: StatementRef,
    sid: Option<&'a str>,
    action: &'a str,
    resource: &'a str,
    witness: Option<&'a Request>,
}

impl<'a> Answer<'a> {
    fn of(found: &'a Found) -> Self {
        let lacking = |lack: &'a Lack| Lacking {
            operation: lack.operation,
            action: lack.action,
            resource: &lack.resource,
            reason: lack.reason,
            witness: lack.witness.as_ref(),
            grant: &lack.grant,
        };
        let beyond = |excess: &'a Excess| Beyond {
            place: excess.place,
            sid: excess.sid.as_deref(),
            action: &excess.action,
            resource: &excess.resource,
            witness: excess.witness.as_ref(),
        };
        Self {
            sufficient: found.is_sufficient(),
            minimal: found.is_minimal(),
            lacks: found.lacks.iter().map(lacking).collect(),
            beyond: found.beyond.iter().map(beyond).collect(),
        }
    }
}
