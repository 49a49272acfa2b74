//! `bucketline policy lint`: what is wrong with policies, in files or in cases.

use bucketline_policy::lint::{Linter, PolicyType, SarifFile, Severity, Vocabulary, codes, sarif};
use bucketline_policy::{Document, PolicyKind};
use clap::{Args, ValueEnum};
use serde::Serialize;
use serde_json::json;

use super::linted::Linted;
use super::out::json_line;
use super::{batch, file, lint_case, out};
use crate::command_line::Input;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::report::note;

/// Find what is wrong with policies
///
/// Uses the codes of AWS's own policy validation and codes of our own: for what goes wrong in any policy, and, when asked for
/// with `--vocabulary export`, for what matters when data is exported to a customer's bucket. Exits with 1 if there is an error; warnings and suggestions alone exit with 0, unless `--fail-on` asks for
/// more. A policy may say in its `Id` what is known and meant: `lint-allow CODE: REASON`, or `lint-allow CODE@/Statement/2: REASON`.
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
    /// Rewrite the files with all fixes that keep access as it is, and with `--fix=CODE` those of this code too, which may
    /// change it (for `-`: print the fixed text, findings on standard error); may be given several times
    #[arg(long, value_name = "CODE", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    fix: Vec<String>,
    /// Cases, one JSON object per line, or `-` for standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["files", "fix"])]
    cases: Option<Input>,
    /// The least grave finding that makes the command exit with 1
    #[arg(long, value_name = "SEVERITY", value_enum, default_value_t = Gravity::Error)]
    fail_on: Gravity,
    /// How the result is printed; cases are always answered in JSON
    #[arg(long, value_enum, default_value_t = LintFormat::Text)]
    format: LintFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LintFormat {
    /// For people
    Text,
    /// One JSON object, for programs
    Json,
    /// A log in the Static Analysis Results Interchange Format 2.1.0, for code hosts and editors
    Sarif,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Gravity {
    Error,
    SecurityWarning,
    Warning,
    Suggestion,
}

impl From<Gravity> for Severity {
    fn from(gravity: Gravity) -> Self {
        match gravity {
            Gravity::Error => Self::Error,
            Gravity::SecurityWarning => Self::SecurityWarning,
            Gravity::Warning => Self::Warning,
            Gravity::Suggestion => Self::Suggestion,
        }
    }
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
        let text = file::read(input)?;
        let linter = options.linter(&text);
        linted.push(if options.fixes() {
            fixed(input, &text, &linter, &options.codes()?)?
        } else {
            Linted::new(input, text, &linter)
        });
    }
    // Gravest first.
    let grave = |linted: &Linted<'_>| {
        let least = Severity::from(options.fail_on);
        linted
            .findings
            .iter()
            .any(|told| told.finding.severity() <= least)
    };
    let exit = if linted.iter().any(grave) {
        Exit::Findings
    } else {
        Exit::Done
    };
    out::write(|out| {
        // What a pipe is to get is the text; the rest is said beside it.
        let (piped, told): (Vec<_>, Vec<_>) = linted
            .iter()
            .partition(|linted| options.fixes() && *linted.input == Input::Standard);
        for linted in piped {
            linted.lines().iter().for_each(note);
            out.line(linted.text.trim_end_matches('\n'))?;
        }
        match options.format {
            LintFormat::Json if !told.is_empty() => out.line(json_line(&Files { files: told }))?,
            LintFormat::Sarif if !told.is_empty() => out.line(json_line(&log(options, &told)))?,
            LintFormat::Json | LintFormat::Sarif => {}
            LintFormat::Text => {
                for linted in told {
                    for line in linted.lines() {
                        out.line(line)?;
                    }
                }
            }
        }
        Ok(exit)
    })
}

fn log(options: &Lint, told: &[&Linted<'_>]) -> serde_json::Value {
    let linters: Vec<_> = told.iter().map(|linted| options.linter(&linted.text)).collect();
    let names: Vec<_> = told.iter().map(|linted| linted.input.to_string()).collect();
    let findings: Vec<_> = told
        .iter()
        .zip(&linters)
        .map(|(linted, linter)| linter.lint_with_suppressed(&linted.text))
        .collect();
    let files = told.iter().zip(&linters).zip(names.iter().zip(&findings));
    let files: Vec<SarifFile<'_>> = files
        .map(|((linted, linter), (uri, findings))| SarifFile {
            uri,
            text: &linted.text,
            findings,
            linter,
        })
        .collect();
    sarif(&files)
}

#[derive(Serialize)]
struct Files<'a> {
    files: Vec<&'a Linted<'a>>,
}

impl Lint {
    fn fixes(&self) -> bool {
        !self.fix.is_empty()
    }

    /// The codes whose fixes may change access.
    fn codes(&self) -> Outcome<Vec<&str>> {
        let named = self
            .fix
            .iter()
            .map(String::as_str)
            .filter(|code| !code.is_empty());
        named
            .map(|code| {
                if codes().any(|known| known.name() == code) {
                    Ok(code)
                } else {
                    Err(Failure::usage(format!("`--fix={code}`: there is no such code")))
                }
            })
            .collect()
    }

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

fn fixed<'a>(input: &'a Input, text: &str, linter: &Linter<'_>, also: &[&str]) -> Outcome<Linted<'a>> {
    let fixed = linter.fix(text, also);
    if let Input::File(path) = input
        && fixed.text() != text
    {
        file::replace(path, fixed.text())?;
    }
    Ok(Linted::fixed(input, &fixed, linter))
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
