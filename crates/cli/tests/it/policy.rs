//! `bucketline policy`: case files, every subcommand, and input that means harm.

mod cases;
mod commands;

use std::path::Path;

use crate::program::{Program, Ran};

fn policy(folder: &Path, args: &[&str]) -> Ran {
    let all = std::iter::once("policy").chain(args.iter().copied());
    Program::new(folder).args(all).run()
}

fn policy_with_input(args: &[&str], input: &[u8]) -> Ran {
    let all = std::iter::once("policy").chain(args.iter().copied());
    Program::new(&std::env::temp_dir())
        .args(all)
        .run_with_input(input)
}
