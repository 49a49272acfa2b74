//! Tests counted over all test programs, from the lines that they close with.

use std::fmt;

/// How many tests passed, failed and were left out.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counted {
    passed: u64,
    failed: u64,
    ignored: u64,
}

impl Counted {
    /// What a program printed: every line `test result: ok. 3 passed; 0 failed; 1 ignored; ...`. Nothing, where there is no
    /// such line: the program ended before it was done.
    pub(super) fn of(output: &str) -> Option<Self> {
        let mut counted = None;
        for rest in output
            .lines()
            .filter_map(|line| line.strip_prefix("test result: "))
        {
            counted.get_or_insert_with(Self::default).add_line(rest);
        }
        counted
    }

    fn add_line(&mut self, rest: &str) {
        let mut words = rest.split_whitespace().peekable();
        while let Some(word) = words.next() {
            let (Ok(number), Some(what)) = (word.parse::<u64>(), words.peek()) else {
                continue;
            };
            match what.trim_end_matches(';') {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.ignored += number,
                _ => {}
            }
        }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
    }

    /// Whether no test ran at all.
    pub(super) fn is_nothing(self) -> bool {
        self.passed + self.failed == 0
    }
}

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} passed, {} failed, {} skipped",
            self.passed, self.failed, self.ignored
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Counted;

    #[test]
    fn closing_lines_add_up() {
        let counted = Counted::of(
            "test a ... ok\n\
             test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
             test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 9 filtered out\n\
             some other line with 7 passed; in it\n",
        );
        assert_eq!(counted.unwrap().to_string(), "7 passed, 2 failed, 1 skipped");
    }

    #[test]
    fn a_program_that_ends_early_is_not_one_without_tests() {
        assert_eq!(Counted::of("running 3 tests\ntest a ... ok\n"), None);
        let none = Counted::of("test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured\n");
        assert!(none.unwrap().is_nothing());
    }
}
