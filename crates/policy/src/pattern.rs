//! Text patterns: `*`, `?` and `${variables}`, compiled once, matched in linear time. Knows no ARN and no action.

mod chunk;
mod glob;
mod template;
#[cfg(test)]
mod tests;

use glob::{Glob, Token};
use template::Template;

/// Where the values of variables come from; keys are lower case.
pub(crate) trait Variables {
    /// The one value of this key, if it has exactly one.
    fn value(&self, key: &str) -> Option<&str>;
}

/// What the characters of a pattern mean, which depends on the element and on the document's version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Syntax {
    /// `*` and `?` are wildcards.
    pub(crate) wildcards: bool,
    /// `${key}` is replaced, and `${*}`, `${?}`, `${$}` are the characters themselves.
    pub(crate) variables: bool,
}

/// A compiled pattern, in the cheapest form that can hold it.
#[derive(Clone, Debug)]
pub(crate) enum Pattern {
    Everything,
    Exact(Box<str>),
    Prefix(Box<str>),
    Glob(Glob),
    Template(Template),
}

impl Pattern {
    pub(crate) fn compile(text: &str, syntax: Syntax) -> Self {
        if !syntax.variables || !text.contains("${") {
            return Self::from_plain(text, syntax);
        }
        match Template::from_pieces(template::pieces(text, syntax.wildcards)) {
            Ok(template) => Self::Template(template),
            Err(tokens) => Self::from_tokens(&tokens),
        }
    }

    /// Nothing in the text is a variable or an escape.
    fn from_plain(text: &str, syntax: Syntax) -> Self {
        if !syntax.wildcards {
            return Self::Exact(text.into());
        }
        match text.find(['*', '?']) {
            None => Self::Exact(text.into()),
            Some(at) if text.bytes().skip(at).all(|b| b == b'*') => match text.get(..at) {
                Some("") | None => Self::Everything,
                Some(head) => Self::Prefix(head.into()),
            },
            Some(_) => Self::Glob(Glob::from_text(text)),
        }
    }

    fn from_tokens(tokens: &[Token]) -> Self {
        let literal = |tokens: &[Token]| {
            let chars = tokens.iter().map(|token| match token {
                Token::Char(c) => Some(*c),
                Token::One | Token::Run => None,
            });
            chars.collect::<Option<String>>()
        };
        if let Some(text) = literal(tokens) {
            return Self::Exact(text.into());
        }
        if let [head @ .., Token::Run] = tokens {
            match literal(head) {
                Some(text) if text.is_empty() => return Self::Everything,
                Some(text) => return Self::Prefix(text.into()),
                None => {}
            }
        }
        Self::Glob(Glob::new(tokens))
    }

    /// Whether the whole of `text` matches. A pattern with a variable that has no value matches nothing.
    #[inline]
    pub(crate) fn matches(&self, text: &str, variables: &dyn Variables) -> bool {
        match self {
            Self::Everything => true,
            Self::Exact(exact) => **exact == *text,
            Self::Prefix(prefix) => text.as_bytes().starts_with(prefix.as_bytes()),
            Self::Glob(glob) => glob.matches(text),
            Self::Template(template) => template.matches(text, variables),
        }
    }

    /// The text this pattern stands for, when it has no wildcards and every variable has a value.
    pub(crate) fn resolve(&self, variables: &dyn Variables) -> Option<std::borrow::Cow<'_, str>> {
        match self {
            Self::Exact(exact) => Some((&**exact).into()),
            Self::Template(template) => template.resolve(variables).map(Into::into),
            Self::Everything | Self::Prefix(_) | Self::Glob(_) => None,
        }
    }

    /// The keys of the variables in the pattern, in lower case.
    pub(crate) fn variable_keys(&self) -> Vec<&str> {
        match self {
            Self::Template(template) => template.keys().collect(),
            _ => Vec::new(),
        }
    }
}

/// One element of a pattern, for those who reason about patterns instead of matching them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Symbol {
    Char(char),
    /// `?`
    One,
    /// `*`
    Run,
    /// `${key}`, in lower case.
    Variable(Box<str>),
}

/// The elements of a pattern's text.
pub(crate) fn symbols(text: &str, syntax: Syntax) -> Vec<Symbol> {
    let token = |token| match token {
        Token::Char(c) => Symbol::Char(c),
        Token::One => Symbol::One,
        Token::Run => Symbol::Run,
    };
    if syntax.variables && text.contains("${") {
        let pieces = template::pieces(text, syntax.wildcards).into_iter();
        return pieces
            .map(|piece| match piece {
                template::Piece::Token(known) => token(known),
                template::Piece::Variable(variable) => Symbol::Variable(variable.key().into()),
            })
            .collect();
    }
    text.chars()
        .map(|c| match c {
            '*' if syntax.wildcards => Symbol::Run,
            '?' if syntax.wildcards => Symbol::One,
            _ => Symbol::Char(c),
        })
        .collect()
}

/// The text with the keys of its variables in lower case: they mean the same in any case, and nothing else does.
pub(crate) fn with_lower_keys(text: &str, syntax: Syntax) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, inner)) = rest.split_once("${").filter(|_| syntax.variables) {
        let end = inner.find([',', '}']).unwrap_or(0);
        let (key, after) = inner.split_at_checked(end).unwrap_or(("", inner));
        out.extend([before, "${", &key.to_ascii_lowercase()]);
        rest = after;
    }
    out + rest
}

/// Splits at colons that do not stand inside `${...}`, into at most `limit` parts.
pub(crate) fn split_fields(text: &str, limit: usize, syntax: Syntax) -> Vec<&str> {
    if !syntax.variables || !text.contains("${") {
        return text.splitn(limit, ':').collect();
    }
    let mut fields = Vec::with_capacity(limit);
    let (mut start, mut inside) = (0, false);
    let mut before = '\0';
    for (at, c) in text.char_indices() {
        match c {
            '{' if before == '$' => inside = true,
            '}' => inside = false,
            ':' if !inside && fields.len() + 1 < limit => {
                fields.push(text.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
        before = c;
    }
    fields.push(text.get(start..).unwrap_or_default());
    fields
}
