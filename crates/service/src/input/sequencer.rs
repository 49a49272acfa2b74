//! The lines of a stream whose producer numbers them: which are new. Does no I/O.

use std::fmt;

use bucketline_connector::Admission;

use super::lines::Line;

/// Tells the new lines of one stream, in order.
#[derive(Debug)]
pub(crate) struct Sequencer {
    /// The number of the last line that was accepted, in an earlier run or in this one.
    accepted: u64,
    /// The number of the last line that was seen in this one.
    seen: Option<u64>,
}

/// Lines of a stream, told apart.
#[derive(Debug, Default)]
pub(crate) struct Sequenced {
    /// New lines with a number.
    pub(crate) new: Vec<Line>,
    /// Lines without one that can be read. They have no place, so they are refused, each time that they come.
    pub(crate) without: Vec<Line>,
    /// How many were accepted before.
    pub(crate) duplicate: u64,
    /// The number of the last one of all that are accepted with these.
    pub(crate) end: u64,
    /// That a number did not grow: nothing from there on is taken.
    pub(crate) backwards: Option<Backwards>,
}

/// That a number did not grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Backwards {
    line: u64,
    sequence: u64,
    after: u64,
}

impl fmt::Display for Backwards {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {} has the sequence {}, which does not come after {}: the numbers of a stream grow from line to line",
            self.line, self.sequence, self.after
        )
    }
}

impl std::error::Error for Backwards {}

impl Sequencer {
    /// After the line of a number; 0: none was accepted yet.
    pub(crate) const fn after(accepted: u64) -> Self {
        Self { accepted, seen: None }
    }

    /// Tells the lines that come next apart.
    pub(crate) fn take(&mut self, lines: Vec<Line>) -> Sequenced {
        let mut sequenced = Sequenced::default();
        for line in lines {
            let Some(sequence) = line.text.as_deref().and_then(Admission::sequence_of) else {
                // What it stood behind was accepted together with it, or before it.
                if self.seen.is_some_and(|seen| seen < self.accepted) {
                    sequenced.duplicate += 1;
                } else {
                    sequenced.without.push(line);
                }
                continue;
            };
            if let Some(after) = self.seen.filter(|seen| sequence <= *seen) {
                sequenced.backwards = Some(Backwards {
                    line: line.number,
                    sequence,
                    after,
                });
                break;
            }
            self.seen = Some(sequence);
            if sequence <= self.accepted {
                sequenced.duplicate += 1;
            } else {
                self.accepted = sequence;
                sequenced.new.push(line);
            }
        }
        sequenced.end = self.accepted;
        sequenced
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(texts: &[&str]) -> Vec<Line> {
        let line = |(number, text): (u64, &&str)| Line {
            number,
            offset: 0,
            text: Some(text.as_bytes().to_vec().into()),
        };
        (1..).zip(texts).map(line).collect()
    }

    fn numbered(numbers: &[u64]) -> Vec<Line> {
        let text = |number: &u64| {
            format!(r#"{{"workspace":"w","event_type":"t","event":{{}},"sequence":{number}}}"#)
        };
        let texts: Vec<String> = numbers.iter().map(text).collect();
        lines(&texts.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn told(sequenced: &Sequenced) -> (usize, usize, u64, u64) {
        let Sequenced {
            new,
            without,
            duplicate,
            end,
            ..
        } = sequenced;
        (new.len(), without.len(), *duplicate, *end)
    }

    #[test]
    fn what_was_accepted_is_passed_over_wherever_it_is_sent_again_from() {
        let mut stream = Sequencer::after(0);
        assert_eq!(told(&stream.take(numbered(&[3, 4, 9]))), (3, 0, 0, 9));
        assert_eq!(told(&stream.take(numbered(&[10]))), (1, 0, 0, 10));
        let mut again = Sequencer::after(10);
        assert_eq!(told(&again.take(numbered(&[4, 9, 10, 12]))), (1, 0, 3, 12));
    }

    #[test]
    fn a_number_that_does_not_grow_ends_the_stream_there() {
        for (numbers, new) in [(&[5, 7, 6, 8][..], 2), (&[5, 5], 1), (&[0, 0], 0)] {
            let sequenced = Sequencer::after(0).take(numbered(numbers));
            assert_eq!(sequenced.new.len(), new, "{numbers:?}");
            assert!(sequenced.backwards.is_some(), "{numbers:?}");
        }
        // Also among what was accepted before.
        let sequenced = Sequencer::after(9).take(numbered(&[5, 4]));
        assert_eq!(
            sequenced.backwards.unwrap().to_string(),
            "line 2 has the sequence 4, which does not come after 5: the numbers of a stream grow from line to line"
        );
    }

    #[test]
    fn a_line_without_a_number_is_refused_unless_what_follows_it_was_accepted() {
        let mut texts = lines(&["{", r#"{"workspace":"w","event_type":"t","event":{}}"#]);
        let mut stream = Sequencer::after(7);
        let mut sent = numbered(&[6]);
        sent.append(&mut texts);
        assert_eq!(told(&stream.take(sent)), (0, 0, 3, 7));
        let mut sent = numbered(&[7]);
        sent.extend(lines(&["{"]));
        assert_eq!(told(&stream.take(sent)), (0, 1, 1, 7));
    }
}
