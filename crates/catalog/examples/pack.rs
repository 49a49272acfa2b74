//! Packs service data: `cargo run -p bucketline-iam-catalog --all-features --example pack -- FILE.json > services.tsv`.
#![expect(clippy::print_stdout, reason = "the packed text is what is asked for")]

use std::error::Error;

use bucketline_iam_catalog::Catalog;

fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args().nth(1).ok_or("usage: pack FILE.json")?;
    let catalog = Catalog::from_json(&std::fs::read_to_string(file)?)?;
    print!("{}", catalog.to_packed());
    Ok(())
}
