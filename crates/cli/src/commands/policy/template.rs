//! `bucketline policy template`: ready policies for an exporter and for the customer it delivers to.

use bucketline_policy::exporter::template::{
    BucketGuard, DocumentedForm, ExportScope, Holder, Integration, RequiredEncryption, SessionScope,
    boundary, bucket_policy, documented, least_privilege, session_policy,
};
use bucketline_policy::{AccountId, Arn, BucketName, Document, Error, Partition};
use clap::{Args, Subcommand, ValueEnum};

use crate::command_line::Format;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, Problem};
use crate::report::result;

/// Print a ready policy
///
/// The least-privilege form grants put and get below the named folders and on `_bucketline/*`, listing below the folders,
/// and the bucket's region. Delete below the roots of data exports alone. --documented prints what the reference system publishes instead.
#[derive(Args, Debug)]
pub(super) struct Template {
    #[command(subcommand)]
    what: What,
    /// `json`: compact, on one line
    #[arg(long, value_enum, default_value_t = Format::Text, global = true)]
    format: Format,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The policy of an exporter for Currents
    Currents(Export),
    /// The policy of an exporter for dashboard data exports
    DataExport(Export),
    /// One policy for both on one bucket
    Both(Export),
    /// The session policy of one connector, for one folder
    Session(Session),
    /// A permissions boundary: the most that an exporter may ever have
    Boundary(Scope),
    /// A bucket policy of refusals: each guard is off until asked for
    Bucket(Bucket),
}

#[derive(Args, Debug)]
struct Export {
    /// The bucket; without it the documented form has the placeholder INSERTBUCKETNAME
    #[arg(long, value_name = "NAME", required_unless_present = "documented")]
    bucket: Option<BucketName>,
    /// A folder that is delivered into, without a slash at either end; may be given several times. Of data exports: the
    /// folder that their roots lie in
    #[arg(long, value_name = "FOLDER")]
    folder: Vec<String>,
    /// Exactly as the reference system publishes it: the whole bucket, delete included where it asks for that
    #[arg(long, conflicts_with_all = ["folder", "no_claims", "multipart", "kms_key", "kms_region"])]
    documented: bool,
    /// Who holds the permissions; the documented forms differ, the least-privilege ones do not
    #[arg(long, value_enum, default_value_t = HolderName::Role)]
    holder: HolderName,
    #[command(flatten)]
    extras: Extras,
}

#[derive(Args, Debug)]
struct Session {
    /// The bucket
    #[arg(long, value_name = "NAME")]
    bucket: BucketName,
    /// The connector's folder, without a slash at either end
    #[arg(long, value_name = "FOLDER")]
    folder: String,
    #[command(flatten)]
    extras: Extras,
}

#[derive(Args, Debug)]
struct Scope {
    /// The bucket
    #[arg(long, value_name = "NAME")]
    bucket: BucketName,
    /// A folder that may be delivered into, without a slash at either end; may be given several times
    #[arg(long, value_name = "FOLDER")]
    folder: Vec<String>,
    /// Include the fixed roots of dashboard data exports
    #[arg(long)]
    data_export: bool,
    #[command(flatten)]
    extras: Extras,
}

/// What is granted, or left out, beyond the usual.
#[derive(Args, Debug)]
struct Extras {
    /// Leave out `_bucketline/*`, where the register of folders lies
    #[arg(long)]
    no_claims: bool,
    /// Grant what uploads in parts need
    #[arg(long)]
    multipart: bool,
    /// The KMS key that objects are encrypted with
    #[arg(long, value_name = "ARN", conflicts_with = "kms_region")]
    kms_key: Option<Arn>,
    /// Grant whichever KMS key the bucket encrypts with, in this region
    #[arg(long, value_name = "REGION")]
    kms_region: Option<String>,
    /// The partition of the bucket
    #[arg(long, default_value = "aws")]
    partition: Partition,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum HolderName {
    /// An IAM user with an access key
    User,
    /// A role that the vendor assumes
    Role,
}

#[derive(Args, Debug)]
struct Bucket {
    /// The bucket
    #[arg(long, value_name = "NAME")]
    bucket: BucketName,
    /// Refuse requests that do not come over TLS
    #[arg(long)]
    tls_only: bool,
    /// Refuse writes without this encryption: `aes256`, `kms`, or the ARN of a KMS key
    #[arg(long, value_name = "WHAT", value_parser = encryption)]
    require_encryption: Option<RequiredEncryption>,
    /// Refuse all accounts but this; may be given several times, and the bucket's own account has to be among them
    #[arg(long, value_name = "ACCOUNT")]
    only_account: Vec<AccountId>,
    /// Refuse writes below this folder that are not conditional; may be given several times
    #[arg(long, value_name = "FOLDER")]
    conditional_writes: Vec<String>,
    /// The partition of the bucket
    #[arg(long, default_value = "aws")]
    partition: Partition,
}

pub(super) fn run(options: Template) -> Outcome<Exit> {
    let document = match options.what {
        What::Currents(export) => export.document(Integration::Currents),
        What::DataExport(export) => export.document(Integration::DataExport),
        What::Both(export) => export.document(Integration::Both),
        What::Session(session) => session.document(),
        What::Boundary(scope) => scope.document(),
        What::Bucket(bucket) => bucket.document(),
    };
    print(document, options.format)
}

/// A document that was made by options, or what is wrong with them.
pub(super) fn print(document: Result<Document, Error>, format: Format) -> Outcome<Exit> {
    let document = document.map_err(|error| Failure::usage(Problem::new(error.to_string())))?;
    match format {
        Format::Text => result(document.to_json_pretty()),
        Format::Json => result(document.to_json()),
    }
    Ok(Exit::Done)
}

impl Export {
    fn document(self, integration: Integration) -> Result<Document, Error> {
        let bucket = match self.bucket {
            Some(bucket) if !self.documented => bucket,
            bucket => {
                let holder = match self.holder {
                    HolderName::User => Holder::User,
                    HolderName::Role => Holder::Role,
                };
                let form = DocumentedForm::new(integration, holder).partition(self.extras.partition);
                return Ok(documented(&match bucket {
                    Some(bucket) => form.bucket(bucket),
                    None => form,
                }));
            }
        };
        // Where exports alone go, a folder is one that their roots lie in.
        let (folders, mut around) = match integration {
            Integration::DataExport => (Vec::new(), self.folder),
            _ => (self.folder, Vec::new()),
        };
        if integration != Integration::Currents && around.is_empty() {
            around.push(String::new());
        }
        let scope = scope(bucket, folders, self.extras);
        least_privilege(&around.into_iter().fold(scope, ExportScope::data_export_in))
    }
}

impl Scope {
    fn document(self) -> Result<Document, Error> {
        let mut scope = scope(self.bucket, self.folder, self.extras);
        if self.data_export {
            scope = scope.data_export();
        }
        boundary(&scope)
    }
}

fn scope(bucket: BucketName, folders: Vec<String>, extras: Extras) -> ExportScope {
    let mut scope = ExportScope::new(bucket).partition(extras.partition);
    for folder in folders {
        scope = scope.folder(folder);
    }
    if extras.no_claims {
        scope = scope.without_claims();
    }
    if extras.multipart {
        scope = scope.with_multipart();
    }
    if let Some(key) = extras.kms_key {
        scope = scope.kms_key(key);
    }
    if let Some(region) = extras.kms_region {
        scope = scope.kms_of_bucket(region);
    }
    scope
}

impl Session {
    fn document(self) -> Result<Document, Error> {
        let extras = self.extras;
        let mut scope = SessionScope::new(self.bucket, self.folder).partition(extras.partition);
        if extras.no_claims {
            scope = scope.without_claims();
        }
        if extras.multipart {
            scope = scope.with_multipart();
        }
        if let Some(key) = extras.kms_key {
            scope = scope.kms_key(key);
        }
        if let Some(region) = extras.kms_region {
            scope = scope.kms_of_bucket(region);
        }
        session_policy(&scope)
    }
}

impl Bucket {
    fn document(self) -> Result<Document, Error> {
        let mut guard = BucketGuard::new(self.bucket).partition(self.partition);
        if self.tls_only {
            guard = guard.tls_only();
        }
        if let Some(encryption) = self.require_encryption {
            guard = guard.require_encryption(encryption);
        }
        for account in self.only_account {
            guard = guard.only_account(account);
        }
        for folder in self.conditional_writes {
            guard = guard.conditional_writes(folder);
        }
        bucket_policy(&guard)
    }
}

fn encryption(text: &str) -> Result<RequiredEncryption, String> {
    match text {
        "aes256" | "AES256" => Ok(RequiredEncryption::Aes256),
        "kms" | "aws:kms" => Ok(RequiredEncryption::Kms),
        key => key
            .parse()
            .map(RequiredEncryption::KmsKey)
            .map_err(|error: Error| error.to_string()),
    }
}
