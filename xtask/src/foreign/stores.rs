//! What each S3 server does that others wrote: the sink's promises and some of S3's habits, asked of each, and kept as one table.

mod servers;
mod table;

use std::path::Path;

use self::servers::{Running, SERVERS};
use self::table::Table;
use super::{Outcome, Settings};
use crate::cargo::{alone, locked, run_one_test};
use crate::error::Error;

/// The table as it was last seen.
const KEPT: &str = "docs/stores.md";

pub(super) fn check(settings: &Settings) -> Result<Outcome, Error> {
    let mut table = Table::default();
    let mut skipped = Vec::new();
    for (name, start) in SERVERS {
        let folder = settings.fresh_folder(&format!("store-{name}"))?;
        match start(settings, &folder)? {
            Ok(server) => {
                println!("{name}: asked");
                table.add(name, &what_it_does(&server)?);
            }
            Err(why) => {
                println!("{name}: not run: {why}");
                skipped.push(name);
            }
        }
    }
    let path = Path::new(KEPT);
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    let found = table.beside(&kept);
    #[expect(
        clippy::disallowed_methods,
        reason = "as golden files are written anew everywhere"
    )]
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    if update {
        std::fs::write(path, &found)?;
    } else if found != kept {
        return Err(Error::failed(format!(
            "the servers do otherwise than {KEPT} says; `UPDATE_EXPECT=1` writes what they do:\n{found}"
        )));
    }
    let not_run = match skipped.as_slice() {
        [] => String::new(),
        skipped => format!("; not run: {}", skipped.join(", ")),
    };
    Ok(Outcome::Passed(format!(
        "{} servers do what {KEPT} says{not_run}",
        table.servers()
    )))
}

/// The lines of the test that asks one server.
fn what_it_does(server: &Running) -> Result<Vec<(String, String)>, Error> {
    let mut command = locked("test");
    command.args(alone("bucketline-sink")).args([
        "--test",
        "it",
        "--",
        "--ignored",
        "--exact",
        "--nocapture",
        "s3_live::what_it_does",
    ]);
    command
        .env("S3_ENDPOINT", &server.endpoint)
        .env("S3_BUCKET", servers::BUCKET)
        .env("AWS_ACCESS_KEY_ID", &server.key)
        .env("AWS_SECRET_ACCESS_KEY", &server.secret);
    let told = run_one_test(command)?;
    let lines = told.lines().filter_map(|line| line.strip_prefix("store: "));
    Ok(lines
        .filter_map(|line| line.split_once(" = "))
        .map(|(what, found)| (what.to_owned(), found.to_owned()))
        .collect())
}
