//! Patterns with `${variables}`. A variable's value is plain text, whatever characters it holds.

use super::Variables;
use super::glob::{Glob, Token};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Token(Token),
    Variable(Variable),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Variable {
    key: Box<str>,
    default: Option<Box<str>>,
}

impl Variable {
    /// `aws:username` or `aws:username, 'nobody'`
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>).
    fn parse(inside: &str) -> Self {
        let (key, default) = match inside.split_once(',') {
            None => (inside, None),
            Some((key, rest)) => {
                let quoted = rest
                    .trim_start_matches(' ')
                    .strip_prefix('\'')
                    .and_then(|text| text.strip_suffix('\''));
                (key, quoted.map(Into::into))
            }
        };
        Self {
            key: key.to_ascii_lowercase().into(),
            default,
        }
    }

    pub(super) fn key(&self) -> &str {
        &self.key
    }

    fn value<'v>(&'v self, variables: &'v dyn Variables) -> Option<&'v str> {
        variables.value(&self.key).or(self.default.as_deref())
    }
}

/// Reads a pattern's text. An opened `${` that is never closed is plain text.
pub(super) fn pieces(text: &str, wildcards: bool) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    // Looked for once and for all: searching again at every `${` would be quadratic.
    let last_brace = text.rfind('}').unwrap_or(0);
    while let Some(c) = rest.chars().next() {
        let at = text.len() - rest.len();
        if at < last_brace
            && let Some((inside, after)) = rest.strip_prefix("${").and_then(|inner| inner.split_once('}'))
        {
            pieces.push(match inside {
                "*" => Piece::Token(Token::Char('*')),
                "?" => Piece::Token(Token::Char('?')),
                "$" => Piece::Token(Token::Char('$')),
                _ => Piece::Variable(Variable::parse(inside)),
            });
            rest = after;
            continue;
        }
        pieces.push(Piece::Token(match c {
            '*' if wildcards => Token::Run,
            '?' if wildcards => Token::One,
            _ => Token::Char(c),
        }));
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    // Neighbouring stars are one star.
    pieces.dedup_by(|a, b| *a == Piece::Token(Token::Run) && a == b);
    pieces
}

/// A pattern with at least one variable.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    parts: Box<[Part]>,
}

#[derive(Clone, Debug)]
enum Part {
    Text(Box<str>),
    Variable(Variable),
    One,
    Run,
}

impl Template {
    /// The plain tokens instead, when there is no variable among the pieces.
    pub(super) fn from_pieces(pieces: Vec<Piece>) -> Result<Self, Vec<Token>> {
        if !pieces.iter().any(|piece| matches!(piece, Piece::Variable(_))) {
            let tokens = pieces.into_iter().filter_map(|piece| match piece {
                Piece::Token(token) => Some(token),
                Piece::Variable(_) => None,
            });
            return Err(tokens.collect());
        }
        let mut parts: Vec<Part> = Vec::new();
        let mut text = String::new();
        for piece in pieces {
            let part = match piece {
                Piece::Token(Token::Char(c)) => {
                    text.push(c);
                    continue;
                }
                Piece::Token(Token::One) => Part::One,
                Piece::Token(Token::Run) => Part::Run,
                Piece::Variable(variable) => Part::Variable(variable),
            };
            if !text.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut text).into()));
            }
            parts.push(part);
        }
        if !text.is_empty() {
            parts.push(Part::Text(text.into()));
        }
        Ok(Self { parts: parts.into() })
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Variable(variable) => Some(&*variable.key),
            Part::Text(_) | Part::One | Part::Run => None,
        })
    }

    pub(super) fn matches(&self, text: &str, variables: &dyn Variables) -> bool {
        let mut rest = text;
        for (at, part) in self.parts.iter().enumerate() {
            let plain = match part {
                Part::Text(plain) => plain,
                Part::Variable(variable) => match variable.value(variables) {
                    Some(value) => value,
                    None => return false,
                },
                // Up to the first wildcard nothing needs to be put together.
                Part::One | Part::Run => return self.matches_from(at, rest, variables),
            };
            match rest.strip_prefix(plain) {
                Some(after) => rest = after,
                None => return false,
            }
        }
        rest.is_empty()
    }

    fn matches_from(&self, at: usize, text: &str, variables: &dyn Variables) -> bool {
        let parts = self.parts.get(at..).unwrap_or_default();
        if let [Part::Run] = parts {
            return true;
        }
        let mut tokens = Vec::new();
        for part in parts {
            match part {
                Part::Text(plain) => tokens.extend(plain.chars().map(Token::Char)),
                Part::Variable(variable) => match variable.value(variables) {
                    Some(value) => tokens.extend(value.chars().map(Token::Char)),
                    None => return false,
                },
                Part::One => tokens.push(Token::One),
                Part::Run => tokens.push(Token::Run),
            }
        }
        Glob::new(&tokens).matches(text)
    }

    pub(super) fn resolve(&self, variables: &dyn Variables) -> Option<String> {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(plain) => out.push_str(plain),
                Part::Variable(variable) => out.push_str(variable.value(variables)?),
                Part::One | Part::Run => return None,
            }
        }
        Some(out)
    }
}
