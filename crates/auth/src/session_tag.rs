//! Tags of a session, which the customer's policies and trail can ask for. Knows nothing of roles.

use std::collections::HashSet;

use crate::Error;

/// The most tags that a session has.
const MAX_TAGS: usize = 50;
const MAX_KEY: usize = 128;
const MAX_VALUE: usize = 256;

/// A tag of a session: policies read it as `aws:PrincipalTag/<key>`.
///
/// A key has 1 to 128 characters and a value up to 256, of letters, digits, white space and `_.:/=+-@`; keys that begin with
/// `aws:` are AWS's own, as [AssumeRole] takes them. The customer's trust policy has to allow `sts:TagSession`.
///
/// [AssumeRole]: https://docs.aws.amazon.com/STS/latest/APIReference/API_Tag.html
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionTag {
    key: String,
    value: String,
    transitive: bool,
}

impl SessionTag {
    /// A tag of this session alone.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](crate::ErrorKind::InvalidConfig) where AWS would not take it, naming the character at fault.
    pub fn new(key: impl Into<String>, value: impl Into<String>) -> Result<Self, Error> {
        let (key, value) = (key.into(), value.into());
        let wrong = |what: String| Err(Error::invalid(what).with_remedy("choose another tag"));
        let length = key.chars().count();
        if !(1..=MAX_KEY).contains(&length) {
            return wrong(format!(
                "the key of a session's tag has {length} characters, AWS takes 1 to {MAX_KEY}"
            ));
        }
        if key
            .get(..4)
            .is_some_and(|begin| begin.eq_ignore_ascii_case("aws:"))
        {
            return wrong(format!(
                "the session tag `{key}` begins with `aws:`, which is AWS's own"
            ));
        }
        let length = value.chars().count();
        if length > MAX_VALUE {
            return wrong(format!(
                "the value of the session tag `{key}` has {length} characters, AWS takes {MAX_VALUE} at most"
            ));
        }
        let allowed = |c: &char| c.is_alphanumeric() || *c == ' ' || "_.:/=+-@".contains(*c);
        if let Some(bad) = key.chars().chain(value.chars()).find(|c| !allowed(c)) {
            return wrong(format!("the session tag `{key}` has a {bad:?} in it"));
        }
        Ok(Self {
            key,
            value,
            transitive: false,
        })
    }

    /// Goes on to sessions that this one asks for in its turn.
    #[must_use]
    pub const fn transitive(mut self) -> Self {
        self.transitive = true;
        self
    }

    /// Its key.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Its value.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Whether it goes on to sessions that this one asks for.
    #[must_use]
    pub const fn is_transitive(&self) -> bool {
        self.transitive
    }
}

/// As many as a session may have, no two with keys that differ in their case alone.
pub(crate) fn check(tags: &[SessionTag]) -> Result<(), Error> {
    if tags.len() > MAX_TAGS {
        return Err(Error::invalid(format!(
            "a session with {} tags cannot be had: AWS takes {MAX_TAGS} at most",
            tags.len()
        ))
        .with_remedy("leave some out"));
    }
    let mut keys = HashSet::new();
    match tags.iter().find(|tag| !keys.insert(tag.key.to_lowercase())) {
        None => Ok(()),
        Some(tag) => Err(Error::invalid(format!(
            "the session tag `{}` is there twice: to AWS, keys that differ in their case alone are one",
            tag.key
        ))
        .with_remedy("leave one out")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_what_sts_takes() {
        for (key, value) in [
            ("team", ""),
            ("a b", "c/d=e+f@g"),
            ("größe", "ß"),
            (&"k".repeat(128), &"v".repeat(256)),
        ] {
            assert!(SessionTag::new(key, value).is_ok(), "{key}");
        }
        for (key, value, said) in [
            ("", "v", "0 characters"),
            ("aws:team", "v", "AWS's own"),
            ("AWS:team", "v", "AWS's own"),
            ("team*", "v", "'*'"),
            ("team", "a\nb", "'\\n'"),
            (&"k".repeat(129), "v", "129 characters"),
            ("team", &"v".repeat(257), "257 characters"),
        ] {
            let error = SessionTag::new(key, value).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn keys_are_told_apart_as_aws_does() {
        let tags = |keys: &[&str]| -> Vec<_> {
            keys.iter()
                .map(|key| SessionTag::new(*key, "v").unwrap())
                .collect()
        };
        assert!(check(&tags(&["team", "tenant"])).is_ok());
        assert!(
            check(&tags(&["team", "Team"]))
                .unwrap_err()
                .to_string()
                .contains("twice")
        );
        let many: Vec<String> = (0..51).map(|n| format!("k{n}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(check(&tags(&many[..50])).is_ok());
        assert!(check(&tags(&many)).unwrap_err().to_string().contains("51 tags"));
    }
}
