//! Objects of every format, by the program: delivered, proved, printed; and a format that is changed while events are held.

use std::fs;

use crate::program::Ran;
use crate::site::{Site, files, sample};

const ID: &str = "5f1e0c2ab7d94e00a1b2c3d4";

fn connector(more: &str, directory: &str) -> String {
    format!(
        "[[connector]]\nid = \"{ID}\"\nname = \"Acme\"\nworkspace = \"acme\"\ndirectory = \"{directory}\"\n{more}\n"
    )
}

fn objects(site: &Site, ending: &str) -> Vec<std::path::PathBuf> {
    files(&site.file("out/currents"))
        .into_iter()
        .filter(|path| path.to_str().unwrap().ends_with(ending))
        .collect()
}

fn cat(site: &Site, object: &std::path::Path) -> Ran {
    site.program()
        .args(["cat", object.to_str().unwrap()])
        .run()
        .expect_code(0)
}

#[test]
fn every_format_is_delivered_proved_and_printed() {
    for (format, codec, ending) in [
        ("avro", "deflate", ".avro"),
        ("avro", "snappy", ".avro"),
        ("avro", "zstandard", ".avro"),
        ("ndjson", "null", ".ndjson"),
        ("ndjson", "gzip", ".ndjson.gz"),
        ("ndjson", "zstandard", ".ndjson.zst"),
        ("csv", "null", ".csv"),
        ("csv", "gzip", ".csv.gz"),
        ("csv-guarded", "zstandard", ".guarded.csv.zst"),
        ("parquet", "", ".parquet"),
        ("parquet", "zstandard", ".parquet"),
    ] {
        let named = match codec {
            "" => String::new(),
            codec => format!("codec = \"{codec}\""),
        };
        let site = Site::new(&connector(&format!("format = \"{format}\"\n{named}"), "out"));
        let text = sample(400, 3);
        site.write("events.ndjson", &text);
        site.run().expect_code(0);
        let acme = text
            .lines()
            .filter(|line| line.contains("\"workspace\":\"acme\""))
            .count();
        let (code, proof) = site.verify();
        assert_eq!(
            (code, proof["events_out"].as_u64()),
            (0, Some(acme as u64)),
            "{format} {codec}: {proof}"
        );
        let found = objects(&site, ending);
        assert!(
            !found.is_empty() && found.len() == files(&site.file("out/currents")).len(),
            "{format} {codec}"
        );
        let printed: usize = found
            .iter()
            .map(|object| cat(&site, object).stdout.lines().count())
            .sum();
        let headers = if format.starts_with("csv") { found.len() } else { 0 };
        assert!(printed >= acme + headers, "{format} {codec}: {printed}");
        // A damaged object is found.
        let object = &found[0];
        let bytes = fs::read(object).unwrap();
        fs::write(object, &bytes[..bytes.len() - 3]).unwrap();
        let (code, proof) = site.verify();
        assert_eq!(code, 1, "{format} {codec}: {proof}");
    }
}

#[test]
fn events_that_are_held_keep_the_format_of_their_time() {
    let site = Site::new(&connector("", "out"));
    let text = sample(300, 4);
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let (first, rest) = lines.split_at(lines.len() / 2);
    // The folder cannot be written to, so the first half is held.
    fs::create_dir(site.file("out")).unwrap();
    fs::write(site.file("out/currents"), "in the way").unwrap();
    site.write("events.ndjson", &first.concat());
    let held = site
        .program()
        .args([
            "run",
            "--input",
            "events.ndjson",
            "--drain",
            "--drain-timeout",
            "1s",
        ])
        .run();
    assert_ne!(held.code, 0, "{}", held.all());
    fs::remove_file(site.file("out/currents")).unwrap();
    site.configure(&connector("format = \"ndjson\"\ncodec = \"gzip\"", "out"));
    site.append("events.ndjson", &rest.concat());
    site.run().expect_code(0);
    assert!(!objects(&site, ".avro").is_empty() && !objects(&site, ".ndjson.gz").is_empty());
    let (code, proof) = site.verify();
    assert_eq!(code, 0, "{proof}");
}
