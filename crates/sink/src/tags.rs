//! Tags of an object. It must not know how a store takes them.

use std::collections::BTreeMap;

use crate::Error;

/// Tags of an object, in the order of their names.
///
/// At most 10; names of 1 to 128 and values of up to 256 letters, digits, spaces and `+ - = . _ : / @`, no name beginning with
/// `aws:`. To put an object with tags needs `s3:PutObjectTagging` as well.
///
/// Source: [object tagging](https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html).
///
/// ```
/// use bucketline_sink::Tags;
///
/// let tags = Tags::new([("team", "growth"), ("cost-centre", "42")])?;
/// assert_eq!(tags.len(), 2);
/// assert!(Tags::new([("aws:made-by", "us")]).is_err());
/// # Ok::<(), bucketline_sink::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tags(BTreeMap<String, String>);

impl Tags {
    /// The most tags that an object has.
    pub const MOST: usize = 10;

    /// Checks the tags.
    ///
    /// # Errors
    ///
    /// `InvalidRequest`, `NotApplied`: names the tag that breaks a rule.
    pub fn new<N: Into<String>, V: Into<String>>(
        tags: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, Error> {
        let mut kept = BTreeMap::new();
        for (name, value) in tags {
            let (name, value) = (name.into(), value.into());
            let fault = if !(1..=128).contains(&name.chars().count()) {
                Some("its name has to have 1 to 128 characters")
            } else if name.to_ascii_lowercase().starts_with("aws:") {
                Some("AWS keeps the names that begin with `aws:` to itself")
            } else if value.chars().count() > 256 {
                Some("its value may have up to 256 characters")
            } else if !name.chars().chain(value.chars()).all(may_stand) {
                Some("it may have letters, digits, spaces and `+ - = . _ : / @`")
            } else {
                None
            };
            let shown: String = name.escape_debug().take(160).collect();
            if let Some(fault) = fault {
                return Err(Error::invalid(format!(
                    "the tag `{shown}` cannot be used: {fault}"
                )));
            }
            if kept.insert(name, value).is_some() {
                return Err(Error::invalid(format!("the tag `{shown}` is given twice")));
            }
        }
        if kept.len() > Self::MOST {
            return Err(Error::invalid(format!(
                "{} tags are more than the {} that an object may have",
                kept.len(),
                Self::MOST
            )));
        }
        Ok(Self(kept))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Each with its value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

fn may_stand(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, ' ' | '+' | '-' | '=' | '.' | '_' | ':' | '/' | '@')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_s3_refuses_is_refused_by_name() {
        let long = "x".repeat(257);
        for (name, value, why) in [
            ("", "a", "1 to 128"),
            (&*"n".repeat(129), "a", "1 to 128"),
            ("AWS:a", "a", "to itself"),
            ("a", &*long, "up to 256"),
            ("a", "b&c=d", "may have"),
            ("a\n", "b", "may have"),
        ] {
            let said = Tags::new([(name, value)]).unwrap_err().to_string();
            assert!(said.contains(why), "{name:?} {value:?}: {said}");
        }
        let many = (0..11).map(|number| (format!("t{number}"), "a"));
        assert!(Tags::new(many).unwrap_err().to_string().contains("11 tags"));
        assert!(
            Tags::new([("a", "1"), ("a", "2")])
                .unwrap_err()
                .to_string()
                .contains("twice")
        );
        assert_eq!(Tags::new([("grüße", "1 + 1 = 2:/@._-")]).unwrap().len(), 1);
    }
}
