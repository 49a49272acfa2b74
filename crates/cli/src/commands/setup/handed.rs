//! What is handed over instead of being done: one rendering, or a folder of all. Asks nothing of AWS.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use bucketline_provision::render::{self, BucketSource};
use clap::{Args, ValueEnum};

use super::options::Wanted;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, Problem};
use crate::report::{note, result};

#[derive(Args, Debug)]
pub(super) struct Render {
    #[command(flatten)]
    wanted: Wanted,
    /// For what
    #[arg(long = "as", value_enum, value_name = "WHAT")]
    form: Form,
    #[command(flatten)]
    source: Source,
}

#[derive(Args, Debug)]
pub(super) struct Bundle {
    /// The folder: it is made where there is none
    #[arg(value_name = "DIR")]
    into: PathBuf,
    #[command(flatten)]
    wanted: Wanted,
    /// Where cfn.yaml will lie in S3, for the link that opens it in the console: CloudFormation reads templates from there alone
    #[arg(long, value_name = "URL")]
    template_url: Option<String>,
    #[command(flatten)]
    source: Source,
}

#[derive(Args, Debug)]
struct Source {
    /// The bucket is there already: it is not made
    #[arg(long)]
    existing_bucket: bool,
}

impl Source {
    const fn bucket(&self) -> BucketSource {
        match self.existing_bucket {
            true => BucketSource::Existing,
            false => BucketSource::New,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    /// A CloudFormation template, in YAML
    Cloudformation,
    /// Terraform's JSON syntax: `main.tf.json`
    Terraform,
    /// A script over the AWS CLI
    Cli,
    /// Steps in the AWS console, with what to paste
    Console,
    /// The documents as one JSON object
    Json,
}

pub(super) fn render(options: &Render) -> Outcome<Exit> {
    let (setup, bucket) = (options.wanted.setup()?, options.source.bucket());
    let text = match options.form {
        Form::Cloudformation => render::cloudformation(&setup, bucket),
        Form::Terraform => render::terraform(&setup, bucket),
        Form::Cli => render::script(&setup, bucket),
        Form::Console => render::console(&setup, bucket),
        Form::Json => render::json(&setup),
    };
    result(text.trim_end());
    Ok(Exit::Done)
}

pub(super) fn bundle(options: &Bundle) -> Outcome<Exit> {
    let setup = options.wanted.setup()?;
    let files = render::bundle(&setup, options.source.bucket(), options.template_url.as_deref());
    let failed = |path: &Path, error: std::io::Error| {
        Failure::usage(Problem::new(format!("it cannot be written: {error}")).at(path.display()))
    };
    std::fs::create_dir_all(&options.into).map_err(|error| failed(&options.into, error))?;
    // Before any is written: what is there may be somebody's own.
    if let Some(there) = files
        .iter()
        .map(|file| options.into.join(file.name))
        .find(|path| path.exists())
    {
        return Err(Failure::usage(
            Problem::new("the file is there already, and is not replaced")
                .at(there.display())
                .advice("name an empty folder"),
        ));
    }
    for file in &files {
        let path = options.into.join(file.name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
        }
        let mut open = std::fs::OpenOptions::new();
        open.write(true).create_new(true);
        #[cfg(unix)]
        if file.executable {
            use std::os::unix::fs::OpenOptionsExt as _;
            open.mode(0o755);
        }
        let written = open
            .open(&path)
            .and_then(|mut out| out.write_all(file.text.as_bytes()));
        written.map_err(|error| failed(&path, error))?;
        result(path.display());
    }
    note("hand the folder over; nothing in it is secret");
    Ok(Exit::Done)
}
