//! The testkit as a process: reads a seed, serves it on loopback, and says where in its first line.
#![expect(
    clippy::print_stdout,
    reason = "the first line of output is the program's interface"
)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bucketline_testkit::{Error, Seed, Settings, Testkit};
use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};

/// An AWS for tests: S3, STS and IAM on one port of the loopback interface
#[derive(Debug, Parser)]
#[command(name = "bucketline-testkit", version)]
struct Arguments {
    /// Accounts, users, roles and buckets to begin with (the format: docs of the crate, module `seed`)
    #[arg(long, value_name = "FILE")]
    seed_file: PathBuf,
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bucketline-testkit: {error}");
            ExitCode::from(2)
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let world = read_seed(&arguments.seed_file)?.build()?;
    let mut settings = Settings::default();
    settings.port = arguments.port;
    // Before the line that says so, or a quick parent's signal would end the process uncleanly.
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let testkit = Testkit::start_with(world, settings).await?;
    println!("{{\"endpoint\":\"{}\"}}", testkit.endpoint());
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

fn read_seed(path: &Path) -> Result<Seed, Box<dyn std::error::Error>> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let seed: Result<Seed, Error> =
        Seed::parse(&text, &mut |file| std::fs::read_to_string(folder.join(file)));
    Ok(seed.map_err(|error| format!("`{}`: {error}", path.display()))?)
}
