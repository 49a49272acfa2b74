//! Which texts with wildcards take in which others. Says yes only where it is certain.

/// A text with `*` and `?`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::lint) struct Pattern(Vec<Token>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Char(char),
    One,
    Run,
}

impl Pattern {
    /// Actions compare without regard to case.
    pub(in crate::lint) fn action(text: &str) -> Self {
        Self(
            text.chars()
                .map(|c| Token::wild(c.to_ascii_lowercase()))
                .collect(),
        )
    }

    /// What stands in `${...}` is never a wildcard.
    pub(in crate::lint) fn resource(text: &str) -> Self {
        let mut tokens = Vec::with_capacity(text.len());
        let (mut inside, mut before) = (false, '\0');
        for c in text.chars() {
            inside = (inside || (before == '$' && c == '{')) && before != '}';
            tokens.push(if inside { Token::Char(c) } else { Token::wild(c) });
            inside &= c != '}';
            before = c;
        }
        Self(tokens)
    }

    pub(in crate::lint) fn has_wildcard(&self) -> bool {
        self.0.iter().any(|token| !matches!(token, Token::Char(_)))
    }

    /// Whether every text that matches `other` matches this too.
    pub(in crate::lint) fn covers(&self, other: &Self) -> bool {
        self.takes_in(|at| other.0.get(at).copied())
    }

    /// Whether this, an action's pattern, matches an action written without wildcards.
    pub(in crate::lint) fn covers_action(&self, action: &str) -> bool {
        let letter = |b: &u8| Token::Char(char::from(b.to_ascii_lowercase()));
        self.takes_in(|at| action.as_bytes().get(at).map(letter))
    }

    /// Of a stretch without `*` only the leftmost place has to be tried, so the work is bounded by the product of the two
    /// lengths.
    fn takes_in(&self, theirs: impl Fn(usize) -> Option<Token>) -> bool {
        let mine = &self.0;
        let (mut i, mut j) = (0, 0);
        let mut retry = None;
        while let Some(their) = theirs(j) {
            match mine.get(i) {
                Some(Token::Run) => {
                    retry = Some((i + 1, j));
                    i += 1;
                    continue;
                }
                Some(my) if my.takes(their) => {
                    i += 1;
                    j += 1;
                    continue;
                }
                _ => {}
            }
            let Some((after, from)) = retry else {
                return false;
            };
            retry = Some((after, from + 1));
            (i, j) = (after, from + 1);
        }
        let rest = mine.get(i..).unwrap_or_default();
        rest.iter().all(|token| *token == Token::Run)
    }
}

impl Token {
    fn wild(c: char) -> Self {
        match c {
            '*' => Self::Run,
            '?' => Self::One,
            c => Self::Char(c),
        }
    }

    fn takes(self, other: Self) -> bool {
        match self {
            Self::Run => true,
            Self::One => other != Self::Run,
            Self::Char(_) => self == other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    fn covers(a: &str, b: &str) -> bool {
        Pattern::resource(a).covers(&Pattern::resource(b))
    }

    #[test]
    fn what_covers_what() {
        for (a, b) in [
            ("*", ""),
            ("*", "*"),
            ("a*", "a"),
            ("a*", "a*b"),
            ("a*c", "abcc"),
            ("a?c", "abc"),
            ("a??", "a?b"),
            ("a*", "a${*}"),
            ("a/${aws:username}", "a/${aws:username}"),
            ("*b*", "a*b"),
        ] {
            assert!(covers(a, b), "{a} covers {b}");
        }
        for (a, b) in [
            ("a", "a*"),
            ("a?", "a*"),
            ("a*b", "a*"),
            ("a${*}", "ab"),
            ("a?c", "ac"),
            ("*a", "*"),
            ("", "a"),
        ] {
            assert!(!covers(a, b), "{a} does not cover {b}");
        }
    }

    #[test]
    fn only_plain_stars_are_wildcards() {
        assert!(!Pattern::resource("a/${*}/b/${aws:userid, '*'}").has_wildcard());
        assert!(Pattern::resource("a/${*}/*").has_wildcard());
        assert!(Pattern::action("S3:put*").covers_action("s3:PutObject"));
        assert!(!Pattern::action("s3:Put?").covers_action("s3:Put"));
    }
}
