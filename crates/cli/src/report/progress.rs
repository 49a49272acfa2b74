//! Progress: on a terminal one line that is written over, elsewhere a plain line now and then.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;

use super::note;
use crate::log;

/// How often the line on a terminal is written.
const EVERY: Duration = Duration::from_millis(200);
/// How often a line is added to a log.
const EVERY_PLAIN: Duration = Duration::from_secs(10);
const WIDTH: usize = 24;

/// The line and when it was written last.
#[derive(Debug)]
pub(crate) struct Progress {
    shown: bool,
    terminal: bool,
    last: Option<Duration>,
    said: String,
}

impl Progress {
    /// On standard error.
    pub(crate) fn new() -> Self {
        Self {
            shown: false,
            terminal: io::stderr().is_terminal() && !log::is_on(),
            last: None,
            said: String::new(),
        }
    }

    /// Shows `text` behind a bar of `done` out of `all` (no bar where that is not known). `now` is since the start.
    pub(crate) fn show(&mut self, now: Duration, done: u64, all: Option<u64>, text: &str) {
        let (every, last) = if self.terminal {
            (EVERY, self.last)
        } else {
            (EVERY_PLAIN, Some(self.last.unwrap_or_default()))
        };
        if last.is_some_and(|last| now.saturating_sub(last) < every) {
            return;
        }
        self.last = Some(now);
        if !self.terminal {
            // A log is not filled with what has not changed.
            if self.said != text {
                note(text);
                text.clone_into(&mut self.said);
            }
            return;
        }
        self.shown = true;
        let bar = match all {
            Some(all) if all > 0 => bar(done, all),
            _ => String::new(),
        };
        let mut stderr = io::stderr().lock();
        let _ = write!(stderr, "\r\x1b[2K{bar}{text}");
        let _ = stderr.flush();
    }

    /// Takes the line away, before other lines are written.
    pub(crate) fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            let _ = write!(io::stderr().lock(), "\r\x1b[2K");
            self.last = None;
        }
    }
}

fn bar(done: u64, all: u64) -> String {
    let done = done.min(all);
    let share = |of: usize| usize::try_from(u128::from(done) * of as u128 / u128::from(all)).unwrap_or(of);
    let full = share(WIDTH);
    format!(
        "[{}{}] {:>3} %  ",
        "=".repeat(full),
        " ".repeat(WIDTH - full),
        share(100)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_between_nothing_and_all() {
        assert!(bar(0, 10).contains("  0 %"));
        assert!(bar(5, 10).starts_with("[============            ]"));
        assert!(bar(20, 10).contains("100 %"));
        assert!(bar(u64::MAX, u64::MAX).contains("100 %"));
    }
}
