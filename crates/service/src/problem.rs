//! One thing that is wrong, ready for a person: what, where, and what to do next.
//! Carries no secrets: every value that it is given has been read from a place that holds none.

use std::fmt;

use crate::file::Places;
use crate::model::ModelPath;

/// One thing that is wrong: `where: what; what to do next`, on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    place: Option<Place>,
    what: String,
    advice: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// In the model, wherever that came from.
    Model(ModelPath),
    /// A place in a file, a path, an option, a variable.
    Named(String),
}

impl Problem {
    /// What is wrong: a lower-case fragment, values in backticks.
    pub fn new(what: impl Into<String>) -> Self {
        Self {
            place: None,
            what: one_line(what.into()),
            advice: None,
        }
    }

    /// Where: `file:line:column`, a path, a command-line option.
    #[must_use]
    pub fn at(mut self, place: impl fmt::Display) -> Self {
        self.place = Some(Place::Named(one_line(place.to_string())));
        self
    }

    /// Where in the model: [`located`](Self::located) makes it a place in the file that the model was read from.
    #[must_use]
    pub fn at_model(mut self, path: ModelPath) -> Self {
        self.place = Some(Place::Model(path));
        self
    }

    /// What to do next.
    #[must_use]
    pub fn advice(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(one_line(advice.into()));
        self
    }

    /// The same, its place in the model replaced by where the file has it.
    #[must_use]
    pub fn located(mut self, places: &Places) -> Self {
        if let Some(Place::Model(path)) = &self.place
            && let Some(place) = places.of(path)
        {
            self.place = Some(Place::Named(place.to_string()));
        }
        self
    }
}

impl<T: Into<String>> From<T> for Problem {
    fn from(what: T) -> Self {
        Self::new(what)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(Place::Named(place)) => write!(f, "{place}: ")?,
            Some(Place::Model(path)) => write!(f, "{path}: ")?,
            None => {}
        }
        f.write_str(&self.what)?;
        if let Some(advice) = &self.advice {
            write!(f, "; {advice}")?;
        }
        Ok(())
    }
}

/// An error and its sources as one line: `what: because: because`.
#[must_use]
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        let cause = source.to_string();
        // Some libraries repeat the source in their own text.
        if !text.contains(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
        next = source.source();
    }
    text
}

/// Terminals and log collectors read lines; a message from elsewhere must not break one, nor move the cursor.
fn one_line(text: String) -> String {
    if text.chars().any(char::is_control) {
        text.chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect()
    } else {
        text
    }
}
