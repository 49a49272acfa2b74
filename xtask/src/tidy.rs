//! `cargo xtask tidy`: the house rules that no compiler checks. Each rule lives in a file of its own.

mod edges;
mod features;
mod files;
mod imports;
mod licences;
mod packages;
mod readme;
mod stages;

use crate::error::Error;
use crate::workspace;

/// What a rule found: one line each, saying where and what.
#[derive(Debug, Default)]
pub(crate) struct Findings(Vec<String>);

impl Findings {
    fn add(&mut self, text: impl Into<String>) {
        self.0.push(text.into());
    }
}

pub(crate) fn run(arguments: &[String]) -> Result<(), Error> {
    if let Some(argument) = arguments.first() {
        return Err(Error::usage(format!("`cargo xtask tidy` takes no `{argument}`")));
    }
    let files = workspace::tracked_files()?;
    let metadata = workspace::metadata(true)?;
    let mut findings = Findings::default();
    files::check(&files, &mut findings)?;
    imports::check(&files, &mut findings)?;
    stages::check(&files, &mut findings)?;
    packages::check(&metadata, &mut findings)?;
    readme::check(&mut findings)?;
    edges::check(&metadata, &mut findings);
    licences::check(&metadata, &mut findings)?;
    features::check(&metadata, &mut findings)?;
    for finding in &findings.0 {
        eprintln!("tidy: {finding}");
    }
    match findings.0.len() {
        0 => {
            println!("tidy: {} files, nothing to say", files.len());
            Ok(())
        }
        n => Err(Error::failed(format!("tidy: {n} finding(s)"))),
    }
}
