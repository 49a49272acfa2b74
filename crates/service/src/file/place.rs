//! The text of the configuration file and places in it, as `file:line:column`.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::Problem;
use crate::model::ModelPath;

/// The file's path and text.
#[derive(Debug)]
pub(crate) struct Source {
    path: PathBuf,
    text: String,
    /// Where each line begins: a file of many connectors is asked for many places.
    lines: Vec<usize>,
}

/// A place in the file. Lines and columns count from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    file: String,
    line: usize,
    column: usize,
}

impl Source {
    pub(crate) fn new(path: PathBuf, text: String) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect();
        Self { path, text, lines }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The folder that relative paths in the file are relative to.
    pub(crate) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// Where a span begins.
    pub(crate) fn place(&self, span: &Range<usize>) -> Place {
        let at = span.start.min(self.text.len());
        let line = self.lines.partition_point(|start| *start <= at);
        let start = line
            .checked_sub(1)
            .and_then(|line| self.lines.get(line))
            .copied()
            .unwrap_or(0);
        Place {
            file: self.path.display().to_string(),
            line,
            column: self.text.get(start..at).unwrap_or_default().chars().count() + 1,
        }
    }

    /// What the TOML reader refused. Its own rendering quotes the line, which may hold what nobody should see.
    pub(crate) fn refused(&self, error: &toml::de::Error) -> Problem {
        let problem = Problem::new(error.message());
        match error.span() {
            Some(span) => problem.at(self.place(&span)),
            None => problem.at(self.path.display()),
        }
    }
}

/// Where a file has each part of the model.
#[derive(Clone, Debug, Default)]
pub struct Places(BTreeMap<ModelPath, Place>);

impl Places {
    pub(super) fn note(&mut self, path: ModelPath, place: Place) {
        self.0.insert(path, place);
    }

    /// Where the file has this, or what it is a value of.
    #[must_use]
    pub fn of(&self, path: &ModelPath) -> Option<&Place> {
        self.0.get(path).or_else(|| self.of(&path.parent()?))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters_from_1() {
        let source = Source::new("a.toml".into(), "ä = 1\nöö = 2\n".to_owned());
        for (at, place) in [
            (0, "a.toml:1:1"),
            (3, "a.toml:1:3"),
            (7, "a.toml:2:1"),
            (11, "a.toml:2:3"),
            (99, "a.toml:3:1"),
        ] {
            assert_eq!(source.place(&(at..at)).to_string(), place, "{at}");
        }
    }

    #[test]
    fn relative_paths_are_relative_to_the_file() {
        assert_eq!(
            Source::new("etc/a.toml".into(), String::new()).folder(),
            Path::new("etc")
        );
        assert_eq!(
            Source::new("a.toml".into(), String::new()).folder(),
            Path::new("")
        );
    }
}
