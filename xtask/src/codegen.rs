//! `cargo xtask codegen`: the files that are made from data kept in the repository.

use crate::error::Error;
use crate::{cargo, workspace};

/// The program in the policy crate that turns the dated data file into the catalogue's table.
const GENERATOR: &str = "crates/policy/codegen";

pub(crate) fn run(arguments: &[String]) -> Result<(), Error> {
    let check = match arguments {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => return Err(Error::usage("usage: cargo xtask codegen [--check]")),
    };
    let _ = (check, GENERATOR, cargo::show(&workspace::cargo()));
    println!("nothing is generated yet");
    Ok(())
}
