//! The files that the AWS console lets one download when it makes an access key.
//! Knows the headings of them, and nothing of where a file lies.

use zeroize::Zeroizing;

use super::{AccessKey, strip_bom};
use crate::{AccessKeyId, Error, SecretAccessKey};

/// Whether the text is one of AWS's files rather than a bare secret. Other stores allow a comma in a secret, so
/// that a comma alone says nothing while there is but one line.
pub(super) fn looks_like_csv(text: &str) -> bool {
    let first = first_line(text);
    let lines = text.lines().filter(|line| !line.trim().is_empty()).count();
    is_properties(first) || heading(first).is_some() || (first.contains(',') && lines > 1)
}

/// All the keys in the file.
pub(super) fn read(text: &str) -> Result<Vec<AccessKey>, Error> {
    if is_properties(first_line(text)) {
        return read_properties(text).map(|key| vec![key]);
    }
    let mut lines = strip_bom(text)
        .lines()
        .map(str::trim)
        .enumerate()
        .filter(|(_, line)| !line.is_empty());
    let columns = lines.next().and_then(|(_, line)| heading(line)).ok_or_else(|| {
        Error::invalid(
            "the file is not one that AWS made: its heading lacks `Access key ID` or `Secret access key`",
        )
        .with_remedy("download it again, or store the secret alone in a file")
    })?;
    lines
        .map(|(at, line)| {
            columns
                .key(line)
                .map_err(|error| error.with_subject(format!("line {}", at + 1)))
        })
        .collect()
}

/// Where the two columns are; other columns (user name, password, console link) do not matter.
#[derive(Clone, Copy)]
struct Columns {
    id: usize,
    secret: usize,
}

impl Columns {
    fn key(self, line: &str) -> Result<AccessKey, Error> {
        let fields = fields(line);
        let (Some(id), Some(secret)) = (fields.get(self.id), fields.get(self.secret)) else {
            return Err(Error::invalid("the line has fewer fields than the heading"));
        };
        Ok(AccessKey::new(
            id.parse::<AccessKeyId>()?,
            SecretAccessKey::parse(secret)?,
        ))
    }
}

fn heading(line: &str) -> Option<Columns> {
    let fields = fields(line);
    let column = |name: &str| fields.iter().position(|field| field.eq_ignore_ascii_case(name));
    Some(Columns {
        id: column("Access key ID")?,
        secret: column("Secret access key")?,
    })
}

/// Splits a line at its commas, as RFC 4180 has it: a field in quotes may hold commas and doubled quotes.
fn fields(line: &str) -> Vec<Zeroizing<String>> {
    let mut fields = Vec::new();
    let mut field = Zeroizing::new(String::new());
    let mut quoted = false;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(trimmed(&std::mem::take(&mut field))),
            _ => field.push(c),
        }
    }
    fields.push(trimmed(&field));
    fields
}

fn trimmed(field: &str) -> Zeroizing<String> {
    Zeroizing::new(field.trim().to_owned())
}

/// The file of a root user's key is of another shape: `AWSAccessKeyId=...` and `AWSSecretKey=...`, a line each.
fn is_properties(first: &str) -> bool {
    first.starts_with("AWSAccessKeyId=") || first.starts_with("AWSSecretKey=")
}

fn read_properties(text: &str) -> Result<AccessKey, Error> {
    let value = |name: &str| {
        strip_bom(text)
            .lines()
            .find_map(|line| line.trim().strip_prefix(name)?.strip_prefix('='))
            .ok_or_else(|| Error::invalid(format!("the file has no line `{name}=...`")))
    };
    let id = value("AWSAccessKeyId")?.trim().parse::<AccessKeyId>()?;
    Ok(AccessKey::new(
        id,
        SecretAccessKey::parse(value("AWSSecretKey")?)?,
    ))
}

fn first_line(text: &str) -> &str {
    strip_bom(text)
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or_default()
}
