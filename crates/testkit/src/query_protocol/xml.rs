//! A writer of XML that cannot forget to escape or to close. Knows no document.

/// A document under construction: elements in the order they are added.
#[derive(Debug, Default)]
pub(crate) struct Xml(String);

impl Xml {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// An element with text.
    #[must_use]
    pub(crate) fn text(mut self, name: &str, text: impl AsRef<str>) -> Self {
        self.open(name);
        self.0.push_str(&escape(text.as_ref()));
        self.close(name);
        self
    }

    /// An element with text, where there is any.
    #[must_use]
    pub(crate) fn maybe(self, name: &str, text: Option<impl AsRef<str>>) -> Self {
        match text {
            Some(text) => self.text(name, text),
            None => self,
        }
    }

    /// An element with elements in it.
    #[must_use]
    pub(crate) fn nested(mut self, name: &str, inner: Self) -> Self {
        self.open(name);
        self.0.push_str(&inner.0);
        self.close(name);
        self
    }

    /// The outermost element, in a namespace.
    pub(crate) fn document(self, name: &str, namespace: &str) -> String {
        format!("<{name} xmlns=\"{namespace}\">{}</{name}>", self.0)
    }

    fn open(&mut self, name: &str) {
        self.0.push('<');
        self.0.push_str(name);
        self.0.push('>');
    }

    fn close(&mut self, name: &str) {
        self.0.push_str("</");
        self.0.push_str(name);
        self.0.push('>');
    }
}

/// Text as XML content. What XML cannot hold at all is replaced.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\r' => escaped.push_str("&#xD;"),
            '\n' | '\t' => escaped.push(c),
            c if c.is_control() => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_escaped_and_closed() {
        let inner = Xml::new().text("Name", "a<b & \"c\"").maybe("Path", None::<&str>);
        let document = Xml::new().nested("User", inner).document("R", "urn:x");
        assert_eq!(
            document,
            "<R xmlns=\"urn:x\"><User><Name>a&lt;b &amp; &quot;c&quot;</Name></User></R>"
        );
        assert_eq!(escape("\r\u{0}"), "&#xD;\u{fffd}");
    }
}
