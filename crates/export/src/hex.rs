//! Bytes as lower-case hex digits.

use std::fmt::Write as _;

/// Two digits for each byte.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Into a string, which never fails.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
