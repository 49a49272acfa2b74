//! `cargo xtask demo`: the main job, end to end, on an AWS that runs in a process beside it.

use std::time::Duration;

use crate::error::Error;
use crate::key_tree::KeyTree;
use crate::scene::{Programs, Scene};
use crate::stages::now;
use crate::{http, workspace};

/// What the demonstration was asked for.
#[derive(Debug)]
struct Options {
    events: u64,
    seed: u64,
    keep: bool,
}

pub(crate) fn run(arguments: &[String]) -> Result<(), Error> {
    let options = Options::read(arguments)?;
    println!(
        "Building `bucketline` and `bucketline-testkit` (the first time, this compiles the AWS SDK: minutes)"
    );
    let programs = Programs::build()?;
    let folder = workspace::target_directory()?.join("demo");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;

    println!(
        "\n1. Two customers' AWS accounts: Acme with an access key, Globex with a role and an external ID"
    );
    let (scene, testkit) = Scene::on_testkit(&programs, &folder)?;
    println!("   an AWS of S3, STS and IAM listens on {}", scene.endpoint());

    println!("\n2. {} sample events (seed {})", options.events, options.seed);
    scene.generate(options.events, options.seed)?;

    println!("\n3. bucketline run bucketline.toml --input events.ndjson --drain");
    let started = now();
    scene.deliver()?;
    let took = started.elapsed();

    println!("\n4. The buckets");
    for (bucket, tree) in KeyTree::of_listing(&http::get(scene.endpoint(), "/_testkit/objects")?)? {
        println!("   {bucket}");
        print!("{}", tree.print("   "));
    }

    println!("\n5. bucketline verify --config bucketline.toml --input events.ndjson");
    let proof = scene.verify()?;
    print!("{}", proof.table());
    drop(testkit);
    finish(&options, &folder)?;
    println!("\n{}", proof.timed_line(took.max(Duration::from_millis(1))));
    proof.require()
}

fn finish(options: &Options, folder: &std::path::Path) -> Result<(), Error> {
    if options.keep {
        println!("\nkept: {}", folder.display());
        return Ok(());
    }
    Ok(std::fs::remove_dir_all(folder)?)
}

impl Options {
    fn read(arguments: &[String]) -> Result<Self, Error> {
        let mut options = Self {
            events: 50_000,
            seed: 1,
            keep: false,
        };
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            let mut number = || {
                let value = words.next().map(|text| text.replace('_', ""));
                let number = value.and_then(|text| text.parse::<u64>().ok());
                number.ok_or_else(|| Error::usage(format!("`{word}` needs a number")))
            };
            match word.as_str() {
                "--events" => options.events = number()?,
                "--seed" => options.seed = number()?,
                "--keep" => options.keep = true,
                other => return Err(Error::usage(format!("`cargo xtask demo` takes no `{other}`"))),
            }
        }
        if options.events == 0 {
            return Err(Error::usage("`--events` needs at least one event"));
        }
        Ok(options)
    }
}
