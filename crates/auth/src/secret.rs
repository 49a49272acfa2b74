//! The secrets: never printed, never serialized, wiped from memory when dropped.
//! Knows nothing of where they come from.

use std::fmt;

use zeroize::Zeroizing;

use crate::Error;

/// The longest secret access key that is taken for one (AWS's have 40 characters, other stores' differ).
const MAX_SECRET_KEY: usize = 512;
/// AWS says that session tokens have no fixed size and may grow; this bounds a wrong file.
const MAX_TOKEN: usize = 64 * 1024;

/// The secret half of an access key.
///
/// No `Display`, no `Serialize`, a `Debug` that shows nothing; the text is wiped when the value is dropped.
///
/// ```
/// use bucketline_auth::SecretAccessKey;
///
/// let secret = SecretAccessKey::parse("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n")?;
/// assert_eq!(format!("{secret:?}"), "SecretAccessKey(** redacted **)");
/// # Ok::<(), bucketline_auth::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct SecretAccessKey(Zeroizing<String>);

impl SecretAccessKey {
    /// Reads a secret as people store it: whitespace around it is dropped, such as the line end of a file.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](crate::ErrorKind::InvalidConfig) where it is empty, has whitespace or quotes in it (which
    /// AWS would answer with `SignatureDoesNotMatch` much later), or is no plain ASCII. The text is not repeated.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let text = strip_bom(text).trim();
        check("secret access key", text, MAX_SECRET_KEY)?;
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    /// The secret itself, for whoever signs with it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretAccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretAccessKey(** redacted **)")
    }
}

/// The token that belongs to temporary credentials.
///
/// No `Display`, no `Serialize`, a `Debug` that shows nothing; the text is wiped when the value is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken(Zeroizing<String>);

impl SessionToken {
    /// Reads a token as people store it: whitespace around it is dropped.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](crate::ErrorKind::InvalidConfig) where it is empty, has whitespace or quotes in it, is no
    /// plain ASCII or over 64 KiB. The text is not repeated.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let text = strip_bom(text).trim();
        check("session token", text, MAX_TOKEN)?;
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    /// The token itself, for whoever sends it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(** redacted **)")
    }
}

/// The signed token by which a workload proves who it is (OpenID Connect, as EKS mounts it in a file).
///
/// No `Display`, no `Serialize`, a `Debug` that shows nothing; the text is wiped when the value is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct WebIdentityToken(Zeroizing<String>);

impl WebIdentityToken {
    /// Reads a token as it lies in its file: whitespace around it is dropped.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](crate::ErrorKind::InvalidConfig) where it is empty, has whitespace in it, is no plain
    /// ASCII or over 20,000 characters, which is what STS takes. The text is not repeated.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let text = strip_bom(text).trim();
        check("web identity token", text, 20_000)?;
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    /// The token itself, for whoever sends it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for WebIdentityToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebIdentityToken(** redacted **)")
    }
}

/// Editors on Windows begin a text file with a byte order mark.
pub(crate) fn strip_bom(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

fn check(what: &str, text: &str, max: usize) -> Result<(), Error> {
    if text.is_empty() {
        return Err(Error::invalid(format!("{what} is empty")));
    }
    if text.contains(char::is_whitespace) {
        return Err(Error::invalid(format!(
            "{what} has whitespace in it, the usual cause of SignatureDoesNotMatch"
        ))
        .with_remedy("copy it again, as one line"));
    }
    if text.contains(['"', '\'']) {
        return Err(Error::invalid(format!("{what} has quotes in it")).with_remedy("store it without them"));
    }
    if !text.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(
            Error::invalid(format!("{what} has characters in it that are not plain ASCII"))
                .with_remedy("copy it again; a file may be in another encoding (use UTF-8)"),
        );
    }
    if text.len() > max {
        return Err(Error::invalid(format!(
            "{what} has {} characters, too many to be one",
            text.len()
        ))
        .with_remedy("look whether it is the right file"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_wiped_when_it_is_dropped() {
        fn wiped<T: zeroize::ZeroizeOnDrop>(_: &T) {}
        wiped(&SecretAccessKey::parse("x").unwrap().0);
        wiped(&SessionToken::parse("x").unwrap().0);
        wiped(&WebIdentityToken::parse("x").unwrap().0);
    }

    #[test]
    fn whitespace_inside_is_named_as_what_it_would_cause() {
        let error = SecretAccessKey::parse("abc def").unwrap_err();
        assert!(error.to_string().contains("SignatureDoesNotMatch"), "{error}");
        assert!(!error.to_string().contains("abc"), "{error}");
    }

    #[test]
    fn line_ends_and_a_byte_order_mark_around_it_are_dropped() {
        assert_eq!(
            SecretAccessKey::parse("\u{feff}abc/+=\r\n").unwrap().expose(),
            "abc/+="
        );
        assert_eq!(SessionToken::parse(" t== \n").unwrap().expose(), "t==");
    }

    #[test]
    fn what_cannot_be_a_secret_is_refused_without_repeating_it() {
        for text in ["", " \n", "\"abcdefgh\"", "abc\u{e9}defgh", "abc\u{7}def"] {
            let error = SecretAccessKey::parse(text).unwrap_err();
            assert!(!error.to_string().contains("abc"), "{error}");
        }
        assert!(SecretAccessKey::parse(&"x".repeat(513)).is_err());
    }
}
