//! One table of what servers do: a row for each question, a column for each server. It must not know any server.

use std::collections::BTreeMap;
use std::fmt::Write as _;

const HEAD: &str = "# What stores do\n\nS3 servers that others wrote, and the testkit, asked by `cargo xtask foreign --only stores`; \
    this file is written by it\n(`UPDATE_EXPECT=1`). The promises are those of `bucketline_sink::conformance`. A server that could not be \
    run where it was\nlast asked keeps the column that it had. A promise that was seen broken once stays so.\n\
    Where a plain put is `answered as no S3 does`, the sink does not believe the store, and `NOT kept` says no more than that.\n\n";

/// What is said of a promise that was seen broken.
const BROKEN: &str = "NOT kept";

/// What was found, and in which order it was asked.
#[derive(Debug, Default)]
pub(super) struct Table {
    servers: Vec<String>,
    questions: Vec<String>,
    found: BTreeMap<(String, String), String>,
}

impl Table {
    pub(super) fn add(&mut self, server: &str, lines: &[(String, String)]) {
        self.servers.push(server.to_owned());
        for (question, answer) in lines {
            if !self.questions.contains(question) {
                self.questions.push(question.clone());
            }
            self.found
                .insert((question.clone(), server.to_owned()), answer.clone());
        }
    }

    pub(super) fn servers(&self) -> usize {
        self.servers.len()
    }

    /// As text; columns that `kept` has and nobody was asked for stay.
    pub(super) fn beside(&self, kept: &str) -> String {
        let old = Self::parse(kept);
        let mut servers = self.servers.clone();
        servers.extend(
            old.servers
                .iter()
                .filter(|server| !self.servers.contains(server))
                .cloned(),
        );
        servers.sort();
        let mut questions = self.questions.clone();
        questions.extend(
            old.questions
                .iter()
                .filter(|question| !self.questions.contains(question))
                .cloned(),
        );
        let mut text = HEAD.to_owned();
        let _ = writeln!(text, "| | {} |", servers.join(" | "));
        let _ = writeln!(text, "|---|{}", "---|".repeat(servers.len()));
        for question in &questions {
            let answers: Vec<&str> = servers
                .iter()
                .map(|server| {
                    let at = (question.clone(), server.clone());
                    let asked = self.servers.contains(server);
                    let from = if asked { &self.found } else { &old.found };
                    match (from.get(&at), old.found.get(&at)) {
                        // A race is not lost each time: what was seen broken once is, until its column is taken away.
                        (Some(_), Some(before)) if before == BROKEN => BROKEN,
                        (found, _) => found.map_or("-", String::as_str),
                    }
                })
                .collect();
            let _ = writeln!(text, "| {question} | {} |", answers.join(" | "));
        }
        text
    }

    fn parse(text: &str) -> Self {
        let mut rows = text.lines().filter_map(cells);
        let mut table = Self {
            servers: rows.next().map(|(_, servers)| servers).unwrap_or_default(),
            ..Self::default()
        };
        for (question, answers) in rows.filter(|(question, _)| !question.starts_with("---")) {
            for (server, answer) in table.servers.iter().zip(answers) {
                table.found.insert((question.clone(), server.clone()), answer);
            }
            table.questions.push(question);
        }
        table
    }
}

/// A row of a table in Markdown: its first cell, and the others.
fn cells(line: &str) -> Option<(String, Vec<String>)> {
    let inner = line.strip_prefix('|')?.strip_suffix('|')?;
    let mut cells = inner.split('|').map(|cell| cell.trim().to_owned());
    Some((cells.next()?, cells.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_broken_once_stays_so() {
        let (mut once, mut again) = (Table::default(), Table::default());
        once.add("a", &[line("q", BROKEN), line("r", "no")]);
        again.add("a", &[line("q", "kept"), line("r", "yes")]);
        let text = again.beside(&once.beside(""));
        assert!(text.ends_with("| q | NOT kept |\n| r | yes |\n"), "{text}");
    }

    fn line(question: &str, answer: &str) -> (String, String) {
        (question.to_owned(), answer.to_owned())
    }

    #[test]
    fn who_was_not_asked_keeps_its_column() {
        let mut table = Table::default();
        table.add("b", &[line("q", "yes"), line("r", "no")]);
        table.add("a", &[line("q", "no")]);
        let both = table.beside("");
        assert!(
            both.ends_with("| | a | b |\n|---|---|---|\n| q | no | yes |\n| r | - | no |\n"),
            "{both}"
        );
        let mut again = Table::default();
        again.add("a", &[line("q", "yes"), line("r", "yes")]);
        let text = again.beside(&both);
        assert!(text.ends_with("| q | yes | yes |\n| r | yes | no |\n"), "{text}");
        assert_eq!(again.beside(&text), text);
    }
}
