//! What a person sees while a command works: lines on standard error, results on standard output.
//! Knows how to print, not what.

mod progress;

use std::fmt::Display;
use std::io::{self, Write as _};

pub(crate) use progress::Progress;

/// A line of the result, on standard output. A reader that has gone (`| head`) is no error.
pub(crate) fn result(line: impl Display) {
    let _ = writeln!(io::stdout().lock(), "{line}");
}

/// A line of note, on standard error.
pub(crate) fn note(line: impl Display) {
    let _ = writeln!(io::stderr().lock(), "bucketline: {line}");
}

/// Something a person should look at, on standard error.
pub(crate) fn warning(line: impl Display) {
    let _ = writeln!(io::stderr().lock(), "bucketline: warning: {line}");
}

/// A number as people read it: `1,234,567`.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    #[test]
    fn thousands() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(super::thousands(number), text);
        }
    }
}
