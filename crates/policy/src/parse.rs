//! JSON to [`Document`]s. One walk serves both readers: the strict one stops at the first problem, the lenient one
//! keeps every problem and what was understood beside it. Judges form alone, never meaning.

mod problem;
#[cfg(test)]
mod tests;
mod walk;

pub(crate) use problem::{Problem, ProblemKind};

use crate::json::{self, Node, Span};
use crate::{Document, Error, ErrorKind};

/// A lenient reading: always a document, together with everything that was wrong with the text.
///
/// Statements keep their places, so that the `n`th statement of the document is the `n`th of the text. What an element
/// could not hold is left out of the document and reported; `root` still has it.
#[derive(Debug)]
pub(crate) struct Lenient {
    pub(crate) document: Document,
    pub(crate) problems: Vec<Problem>,
    /// The JSON as far as it could be read; `None` for a text without any value in it.
    pub(crate) root: Option<Node>,
}

/// Reads whatever can be understood. Never fails.
pub(crate) fn lenient(text: &str) -> Lenient {
    let reading = json::read(text);
    let mut problems = Vec::new();
    if let Some(error) = &reading.error {
        problems.push(Problem {
            kind: ProblemKind::Syntax,
            span: error.span,
            pointer: String::new(),
            message: error.message.to_owned(),
        });
    }
    let document = match &reading.root {
        Some(root) => walk::document(root, &mut problems),
        None => Document::new(Vec::new()),
    };
    Lenient {
        document,
        problems,
        root: reading.root,
    }
}

/// Reads a document, or says where it stops being one.
pub(crate) fn strict(text: &str) -> Result<Document, Error> {
    let reading = json::read(text);
    if let Some(error) = reading.error {
        let position = Some(error.span.position(text));
        return Err(Error::new(ErrorKind::Syntax, error.message).at("", position));
    }
    let Some(root) = reading.root else {
        return Err(Error::new(ErrorKind::Syntax, "the text is empty"));
    };
    let mut problems = Vec::new();
    let document = walk::document(&root, &mut problems);
    match first(problems) {
        None => Ok(document),
        Some(problem) => {
            let position = Some(problem.span.position(text));
            Err(Error::new(ErrorKind::Structure, problem.message).at(problem.pointer, position))
        }
    }
}

/// As [`strict`], for a tree that did not come from one text.
pub(crate) fn from_node(root: &Node) -> Result<Document, Error> {
    let mut problems = Vec::new();
    let document = walk::document(root, &mut problems);
    match first(problems) {
        None => Ok(document),
        Some(problem) => Err(Error::new(ErrorKind::Structure, problem.message).at(problem.pointer, None)),
    }
}

/// The problem that a reader of the text meets first.
fn first(problems: Vec<Problem>) -> Option<Problem> {
    problems
        .into_iter()
        .min_by_key(|problem| Span::start(problem.span))
}
