//! Text to [`Node`]s. After a syntax error it hands back what it had understood so far, and where it stopped.

use super::{Member, Node, Span, Value};

/// No policy element lies deeper than seven levels; the limit keeps hostile input from exhausting the stack.
const MAX_DEPTH: usize = 64;

/// What reading a text gave: the tree as far as it went, and the first error, if any.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) root: Option<Node>,
    pub(crate) error: Option<SyntaxError>,
}

#[derive(Debug)]
pub(crate) struct SyntaxError {
    pub(crate) span: Span,
    pub(crate) message: &'static str,
}

/// Reads one JSON value (RFC 8259) and nothing after it. Takes time and memory linear in the text.
pub(crate) fn read(text: &str) -> Reading {
    let mut reader = Reader {
        text,
        at: 0,
        error: None,
    };
    // Editors on Windows like to put one in front; IAM's console accepts it.
    if text.starts_with('\u{feff}') {
        reader.at = '\u{feff}'.len_utf8();
    }
    reader.skip_blanks();
    let root = reader.value(0);
    reader.skip_blanks();
    if reader.error.is_none() && reader.at < text.len() {
        reader.fail_here("unexpected text after the end of the document");
    }
    Reading {
        root,
        error: reader.error,
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    error: Option<SyntaxError>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn fail(&mut self, span: Span, message: &'static str) {
        self.error.get_or_insert(SyntaxError { span, message });
    }

    fn fail_here(&mut self, message: &'static str) {
        let width = self
            .text
            .get(self.at..)
            .and_then(|rest| rest.chars().next())
            .map_or(0, char::len_utf8);
        self.fail(Span::new(self.at, self.at + width), message);
    }

    /// `None` only when nothing of the value could be understood; then an error is set.
    fn value(&mut self, depth: usize) -> Option<Node> {
        let start = self.at;
        let value = match self.peek() {
            Some(b'{' | b'[') if depth >= MAX_DEPTH => {
                self.fail_here("nested more deeply than any policy");
                return None;
            }
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => Value::Number(self.number()?),
            Some(b't') => self.word("true", Value::Bool(true))?,
            Some(b'f') => self.word("false", Value::Bool(false))?,
            Some(b'n') => self.word("null", Value::Null)?,
            Some(_) => {
                self.fail_here("expected a JSON value");
                return None;
            }
            None => {
                self.fail_here("the text ends where a JSON value is expected");
                return None;
            }
        };
        Some(Node {
            span: Span::new(start, self.at),
            value,
        })
    }

    fn object(&mut self, depth: usize) -> Value {
        self.at += 1;
        let mut members = Vec::new();
        self.skip_blanks();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Value::Object(members);
        }
        loop {
            self.skip_blanks();
            if self.peek() != Some(b'"') {
                self.fail_here("expected a key in double quotes");
                break;
            }
            let key_start = self.at;
            let Some(key) = self.string() else { break };
            let key_span = Span::new(key_start, self.at);
            self.skip_blanks();
            if self.peek() != Some(b':') {
                self.fail_here("expected `:` after a key");
                break;
            }
            self.at += 1;
            self.skip_blanks();
            let Some(value) = self.value(depth + 1) else { break };
            members.push(Member { key, key_span, value });
            if !self.another(b'}', "expected `,` or `}` after a member") {
                break;
            }
        }
        Value::Object(members)
    }

    fn array(&mut self, depth: usize) -> Value {
        self.at += 1;
        let mut items = Vec::new();
        self.skip_blanks();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Value::Array(items);
        }
        loop {
            self.skip_blanks();
            let Some(item) = self.value(depth + 1) else { break };
            items.push(item);
            if !self.another(b']', "expected `,` or `]` after an item") {
                break;
            }
        }
        Value::Array(items)
    }

    /// After an item: whether a further one follows. Closes the container otherwise, or sets the error.
    fn another(&mut self, close: u8, message: &'static str) -> bool {
        if self.error.is_some() {
            return false;
        }
        self.skip_blanks();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                true
            }
            Some(b) if b == close => {
                self.at += 1;
                false
            }
            _ => {
                self.fail_here(message);
                false
            }
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Option<Value> {
        if self
            .text
            .get(self.at..)
            .is_some_and(|rest| rest.starts_with(word))
        {
            self.at += word.len();
            return Some(value);
        }
        self.fail_here("expected a JSON value");
        None
    }

    fn digits(&mut self) -> bool {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at > start
    }

    fn number(&mut self) -> Option<String> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let mut valid = if self.peek() == Some(b'0') {
            self.at += 1;
            !matches!(self.peek(), Some(b'0'..=b'9'))
        } else {
            self.digits()
        };
        if valid && self.peek() == Some(b'.') {
            self.at += 1;
            valid = self.digits();
        }
        if valid && matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            valid = self.digits();
        }
        if !valid {
            self.fail(Span::new(start, self.at), "not a JSON number");
            return None;
        }
        self.text.get(start..self.at).map(str::to_owned)
    }

    fn string(&mut self) -> Option<String> {
        let start = self.at;
        self.at += 1;
        let mut out = String::new();
        loop {
            let run = self.at;
            while matches!(self.peek(), Some(b) if b != b'"' && b != b'\\' && b >= 0x20) {
                self.at += 1;
            }
            out.push_str(self.text.get(run..self.at).unwrap_or_default());
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Some(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                Some(_) => {
                    self.fail_here("a control character inside a string must be escaped");
                    return None;
                }
                None => {
                    self.fail(Span::new(start, self.at), "a string is not closed");
                    return None;
                }
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        let start = self.at;
        self.at += 1;
        let plain = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(start),
            _ => {
                self.fail(Span::new(start, self.at), "an unknown escape inside a string");
                return None;
            }
        };
        self.at += 1;
        Some(plain)
    }

    fn unicode_escape(&mut self, start: usize) -> Option<char> {
        let first = self.hex4();
        let code = match first {
            Some(high @ 0xD800..=0xDBFF) => self
                .low_surrogate()
                .map(|low| 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)),
            other => other,
        };
        let found = code.and_then(char::from_u32);
        if found.is_none() {
            self.fail(
                Span::new(start, self.at),
                "an incomplete `\\u` escape inside a string",
            );
        }
        found
    }

    fn low_surrogate(&mut self) -> Option<u32> {
        let follows = self.text.as_bytes().get(self.at..self.at + 2) == Some(b"\\u");
        if !follows {
            return None;
        }
        self.at += 1;
        self.hex4().filter(|low| (0xDC00..=0xDFFF).contains(low))
    }

    /// Stands on the `u`; takes it and four hexadecimal digits.
    fn hex4(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at + 1..self.at + 5)?;
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        self.at += 5;
        u32::from_str_radix(digits, 16).ok()
    }
}
