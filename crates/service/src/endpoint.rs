//! The one rule for the address of a store or of STS.

/// What an address has to look like.
pub(crate) const ADVICE: &str = "it looks like `https://s3.example.net`";
/// What is wrong with one that does not.
pub(crate) const FAULT: &str = "it is not an http or https address without user, query or fragment";

/// An address in its canonical form, without a slash at its end; nothing where it is none.
pub(crate) fn parse(url: &str) -> Option<String> {
    let host = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))?;
    let sound = !host.is_empty() && !host.starts_with('/') && !host.contains(['@', '?', '#', ' ']);
    sound.then(|| url.trim_end_matches('/').to_owned())
}
