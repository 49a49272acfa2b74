//! `bucketline policy lint`: what is wrong with policies, in files or in cases.

use bucketline_policy::lint::{Finding, Linter, PolicyType, Severity, Vocabulary, apply_fixes};
use bucketline_policy::{Document, PolicyKind};
use clap::{Args, ValueEnum};
use serde::Serialize;
use serde_json::json;

use super::out::json_line;
use super::{batch, file, lint_case, out};
use crate::command_line::{Format, Input};
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::report::note;

/// Find what is wrong with policies
///
/// Uses the codes of AWS's own policy validation and codes of our own: for what goes wrong in any policy, and, when asked for
/// with `--vocabulary export`, for what matters when data is exported to a customer's bucket. Exits with 1 if there is an error; warnings and suggestions alone exit with 0.
///
/// With --cases it reads one case per line (`policy` or `policy_text`, `policy_type`, `vocabulary`) and prints one line
/// `{"id": ..., "findings": ["CODE", ...]}` for each, in order, and always exits with 0.
#[derive(Args, Debug)]
pub(super) struct Lint {
    /// Policies, or `-` for standard input
    #[arg(value_name = "FILE", required_unless_present = "cases")]
    files: Vec<Input>,
    /// What the policies are attached to [default: told by what is in them]
    #[arg(long = "type", value_name = "TYPE", value_enum)]
    policy_type: Option<TypeName>,
    /// Whose codes are reported
    #[arg(long, value_enum, default_value_t = Words::Security)]
    vocabulary: Words,
    /// Whose quota of size holds [default: the widest for its type]
    #[arg(long, value_name = "KIND", value_enum)]
    kind: Option<KindName>,
    /// Leave a code out; may be given several times
    #[arg(long, value_name = "CODE")]
    without: Vec<String>,
    /// The integration uploads in parts, so its policy has to allow that
    #[arg(long)]
    multipart: bool,
    /// The integration's objects are encrypted with a KMS key, so its policy has to allow that
    #[arg(long)]
    kms: bool,
    /// Rewrite the files with all fixes that need no decision (for `-`: print the fixed text, findings on standard error)
    #[arg(long)]
    fix: bool,
    /// Cases, one JSON object per line, or `-` for standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["files", "fix"])]
    cases: Option<Input>,
    /// How the result is printed; cases are always answered in JSON
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum TypeName {
    Identity,
    Resource,
    Trust,
    Session,
    Bucket,
    Scp,
    Rcp,
}

impl From<TypeName> for PolicyType {
    fn from(name: TypeName) -> Self {
        match name {
            TypeName::Identity => Self::Identity,
            TypeName::Resource => Self::Resource,
            TypeName::Trust => Self::Trust,
            TypeName::Session => Self::Session,
            TypeName::Bucket => Self::Bucket,
            TypeName::Scp => Self::Scp,
            TypeName::Rcp => Self::Rcp,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Words {
    /// AWS's codes alone
    AccessAnalyzer,
    /// And ours about what goes wrong in any policy
    Security,
    /// And ours about exports to a customer's bucket
    Export,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum KindName {
    Managed,
    InlineUser,
    InlineGroup,
    InlineRole,
}

impl From<KindName> for PolicyKind {
    fn from(name: KindName) -> Self {
        match name {
            KindName::Managed => Self::Managed,
            KindName::InlineUser => Self::InlineUser,
            KindName::InlineGroup => Self::InlineGroup,
            KindName::InlineRole => Self::InlineRole,
        }
    }
}

pub(super) fn run(options: &Lint) -> Outcome<Exit> {
    if let Some(cases) = &options.cases {
        return batch::run(cases, |text| {
            lint_case::codes(text).map(|codes| ("findings", json!(codes)))
        });
    }
    let mut linted = Vec::new();
    for input in &options.files {
        let mut text = file::read(input)?;
        let linter = options.linter(&text);
        let mut findings = linter.lint(&text);
        if options.fix {
            (text, findings) = fixed(input, text, findings, &linter)?;
        }
        linted.push((input, text, findings));
    }
    let exit = if linted
        .iter()
        .flat_map(|(.., findings)| findings)
        .any(|finding| finding.severity() == Severity::Error)
    {
        Exit::Findings
    } else {
        Exit::Done
    };
    out::write(|out| {
        for (input, text, findings) in &linted {
            if options.fix && **input == Input::Standard {
                out.line(text.trim_end_matches('\n'))?;
                findings
                    .iter()
                    .for_each(|finding| note(format_args!("{input}:{finding}")));
                continue;
            }
            if options.format == Format::Json {
                continue;
            }
            for finding in findings {
                out.line(format_args!("{input}:{finding}"))?;
                out.line(format_args!("  why: {}", finding.why()))?;
                if !finding.fix().is_empty() {
                    out.line("  fix: `--fix` puts it right")?;
                }
            }
        }
        if options.format == Format::Json {
            let files: Vec<Linted<'_>> = linted
                .iter()
                .filter(|(input, ..)| !(options.fix && **input == Input::Standard))
                .map(|(input, _, findings)| Linted {
                    file: input.to_string(),
                    findings,
                })
                .collect();
            if !files.is_empty() {
                out.line(json_line(&Files { files }))?;
            }
        }
        Ok(exit)
    })
}

#[derive(Serialize)]
struct Files<'a> {
    files: Vec<Linted<'a>>,
}

#[derive(Serialize)]
struct Linted<'a> {
    file: String,
    findings: &'a [Finding],
}

impl Lint {
    fn linter(&self, text: &str) -> Linter<'static> {
        let policy_type = self.policy_type.map_or_else(|| guess(text), Into::into);
        let vocabulary = match self.vocabulary {
            Words::AccessAnalyzer => Vocabulary::AccessAnalyzer,
            Words::Security => Vocabulary::Security,
            Words::Export => Vocabulary::Export,
        };
        let mut linter = Linter::new(policy_type).vocabulary(vocabulary);
        if let Some(kind) = self.kind {
            linter = linter.kind(kind.into());
        }
        for code in &self.without {
            linter = linter.without(code);
        }
        if self.multipart {
            linter = linter.expect_multipart();
        }
        if self.kms {
            linter = linter.expect_kms();
        }
        linter
    }
}

/// Fixes may uncover others, or have been left out because they touch: a few rounds settle it.
const ROUNDS: usize = 8;

fn fixed(
    input: &Input,
    original: String,
    mut findings: Vec<Finding>,
    linter: &Linter<'_>,
) -> Outcome<(String, Vec<Finding>)> {
    let mut text = original.clone();
    for _ in 0..ROUNDS {
        let next = apply_fixes(&text, &findings);
        if next == text {
            break;
        }
        findings = linter.lint(&next);
        text = next;
    }
    if let Input::File(path) = input
        && text != original
    {
        file::replace(path, &text)?;
    }
    Ok((text, findings))
}

/// What a document most probably is attached to. Documents say it only by what is in them.
fn guess(text: &str) -> PolicyType {
    let Ok(document) = Document::parse(text) else {
        return PolicyType::Identity;
    };
    let statements = document.statements();
    if statements.iter().all(|statement| statement.principal().is_none()) {
        return PolicyType::Identity;
    }
    let assumes = |action: &String| action.to_ascii_lowercase().starts_with("sts:");
    let is_s3 = |resource: &String| {
        resource.starts_with("arn:") && resource.split(':').nth(2).is_some_and(|service| service == "s3")
    };
    if statements
        .iter()
        .all(|statement| statement.action().patterns().iter().all(assumes))
    {
        PolicyType::Trust
    } else if statements
        .iter()
        .filter_map(|statement| statement.resource())
        .any(|element| element.patterns().iter().any(is_s3))
    {
        PolicyType::Bucket
    } else {
        PolicyType::Resource
    }
}
