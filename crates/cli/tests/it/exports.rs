//! Exports, as the README shows them, and in bounded memory.

mod deaths;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::program::{Program, finish};

/// A command of the README, and what it prints there.
struct Shown {
    command: String,
    printed: Vec<String>,
}

/// The README's blocks below `exports/`, by name; and the commands, in order.
fn readme() -> (BTreeMap<String, String>, Vec<Shown>) {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let (mut files, mut commands) = (BTreeMap::new(), Vec::new());
    for block in text.split("\n```").filter(|block| block.contains(" exports")) {
        let Some((head, body)) = block.split_once('\n') else {
            continue;
        };
        match head.split_once(' ') {
            Some(("console", "exports")) => {
                for line in body.lines() {
                    match line.strip_prefix("$ ") {
                        Some(command) => commands.push(Shown {
                            command: command.to_owned(),
                            printed: Vec::new(),
                        }),
                        None => commands.last_mut().unwrap().printed.push(line.to_owned()),
                    }
                }
            }
            Some((_, name)) => {
                if let Some(name) = name.strip_prefix("exports/") {
                    files.insert(name.to_owned(), format!("{body}\n"));
                }
            }
            None => {}
        }
    }
    (files, commands)
}

/// Lines without what is another one each time: ids, times, random names, and how many bytes a zip or gzip has, whose packer
/// may change. In the order of their texts, since two exports of one second are listed in any.
fn masked<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<String> {
    let word = |word: &str| {
        let is_time = word.ends_with('Z') && word.contains('T');
        let is_drawn = word.bytes().filter(u8::is_ascii_hexdigit).count() >= 32;
        match (is_time, is_drawn) {
            (true, _) => "TIME".to_owned(),
            (_, true) => "DRAWN".to_owned(),
            _ => word.to_owned(),
        }
    };
    let line = |line: &str| {
        let line = line.split(' ').map(word).collect::<Vec<_>>().join(" ");
        match line.rsplit_once(", ") {
            Some((before, bytes)) if bytes.ends_with(" bytes") => format!("{before}, N bytes"),
            _ => line,
        }
    };
    let mut lines: Vec<String> = lines.map(line).collect();
    lines.sort();
    lines
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else {
        return found;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true if path.ends_with("_bucketline") => {}
            true => found.extend(below(&path)),
            false => found.push(path),
        }
    }
    found.sort();
    found
}

/// One manifest, and what it names beside it; the text of all files.
fn whole(folder: &Path) -> String {
    let files = below(folder);
    let manifests: Vec<_> = files
        .iter()
        .filter(|path| path.to_string_lossy().ends_with("manifest.json"))
        .collect();
    assert_eq!(manifests.len(), 1, "{files:?}");
    let manifest: serde_json::Value =
        serde_json::from_slice(&std::fs::read(manifests.first().unwrap()).unwrap()).unwrap();
    let named = manifest["files"].as_array().unwrap();
    assert_eq!(named.len() + 1, files.len(), "{files:?}");
    let mut text = String::new();
    for file in named {
        let bytes = std::fs::read(folder.join(file["key"].as_str().unwrap())).unwrap();
        assert_eq!(bytes.len() as u64, file["bytes"].as_u64().unwrap());
        text.push_str(&unpacked(&bytes));
    }
    text
}

fn unpacked(bytes: &[u8]) -> String {
    use std::io::Read as _;
    let mut text = String::new();
    if bytes.starts_with(b"PK") {
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        archive.by_index(0).unwrap().read_to_string(&mut text).unwrap();
    } else {
        flate2::read::GzDecoder::new(bytes)
            .read_to_string(&mut text)
            .unwrap();
    }
    text
}

#[test]
fn the_examples_of_the_readme_run() {
    let folder = tempfile::tempdir().unwrap();
    let (files, commands) = readme();
    for (name, text) in &files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    assert_eq!(commands.len(), 4);
    let mut compared = 0;
    for Shown { command, printed } in &commands {
        let args = command.strip_prefix("bucketline ").unwrap().split(' ');
        let ran = Program::new(folder.path()).args(args).run().expect_code(0);
        if !printed.is_empty() {
            let expected = masked(printed.iter().map(String::as_str));
            assert_eq!(masked(ran.stdout.lines()), expected, "{command}");
            compared += 1;
        }
    }
    assert_eq!(compared, 3);
    let storage = folder.path().join("acme-storage");
    let texts: Vec<String> = below(&storage)
        .iter()
        .filter(|path| !path.to_string_lossy().ends_with(".json"))
        .map(|path| unpacked(&std::fs::read(path).unwrap()))
        .collect();
    assert_eq!(texts.len(), 3);
    for expected in [
        "{\"external_id\":\"u1\",\"email\":\"ada@example.com\",\"total_revenue\":12.50}\n",
        "external_id,email\r\nu1,ada@example.com\r\nu2,grace@example.com\r\n",
        "campaign,sent,opened\r\nspring,1200,'-3\r\n",
    ] {
        assert!(texts.iter().any(|text| text.starts_with(expected)), "{texts:?}");
    }
    // What a person downloads lies in the product's own store, in a folder of the workspace alone.
    let own = below(&folder.path().join("data/spool-exports/files"));
    assert_eq!(own.len(), 4, "{own:?}");
    assert!(
        own.iter()
            .all(|path| path.to_string_lossy().contains("/files/acme/")),
        "{own:?}"
    );
}

#[test]
fn every_key_of_a_job_is_in_the_readme() {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("bucketline.toml"),
        "[[workspace]]\nid = \"acme\"\n",
    )
    .unwrap();
    std::fs::write(folder.path().join("job.toml"), "nothing = 1\n").unwrap();
    let ran = Program::new(folder.path())
        .args(["export", "run", "job.toml"])
        .run()
        .expect_code(2);
    let (_, keys) = ran.stderr.split_once("expected one of ").unwrap();
    let keys: Vec<&str> = keys.split('`').skip(1).step_by(2).collect();
    assert!(keys.len() > 8, "{keys:?}");
    let table = text.split_once("## Exports").unwrap().1;
    for key in keys {
        assert!(table.contains(&format!("`{key}`")), "{key} is not in the README");
    }
}

#[test]
fn what_a_program_asks_for_is_mailed_to_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let config = "[[workspace]]\nid = \"acme\"\n[mail]\nhost = \"localhost\"\nfrom = \"a@example.com\"\n";
    std::fs::write(folder.path().join("bucketline.toml"), config).unwrap();
    let job = "workspace = \"acme\"\nkind = \"segment-export\"\nsegment = \"s1\"\nrows = { ndjson = \"users.ndjson\" }\n\
               mail_to = [\"ada@example.com\"]\n";
    std::fs::write(folder.path().join("job.toml"), job).unwrap();
    Program::new(folder.path())
        .args(["export", "run", "job.toml"])
        .run()
        .expect_code(2)
        .expect_said("what a program asks for is not mailed");
    assert!(!folder.path().join("data/spool-exports/files").exists());
}

#[test]
fn what_becomes_of_an_export_is_said() {
    let folder = tempfile::tempdir().unwrap();
    for (origin, storage, said) in [
        ("api", "yes", "no download link is given"),
        ("api", "no", "hold a download link"),
        (
            "dashboard",
            "yes",
            "a backup is written into the customer's storage",
        ),
        ("dashboard", "no", "e-mailed to the user"),
    ] {
        let line = format!("export behaviour --origin {origin} --storage {storage}");
        Program::new(folder.path())
            .args(line.split(' '))
            .run()
            .expect_code(0)
            .expect_said(said);
    }
}

#[test]
fn connectors_and_exports_keep_to_folders_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let config = |name: &str, second: &str| {
        format!(
            "[[workspace]]\nid = \"acme\"\n[[workspace]]\nid = \"globex\"\n\
             [[grant]]\nid = \"key\"\ntype = \"access_key\"\naccess_key_id = \"AKIAIOSFODNN7EXAMPLE\"\n\
             secret_access_key = {{ env = \"SECRET\" }}\n\
             [[connector]]\nid = \"5f1e0c2ab7d94e00a1b2c3d4\"\nworkspace = \"acme\"\ngrant = \"key\"\nbucket = \"events\"\n\
             folder = \"{name}\"\n\
             [[data_export]]\nworkspace = \"acme\"\ngrant = \"key\"\nbucket = \"events\"\n{second}"
        )
    };
    let other = "[[data_export]]\nworkspace = \"globex\"\ngrant = \"key\"\nbucket = \"events\"\n";
    for (config, said) in [
        (
            config("segment-export/x", ""),
            "overlaps with the folder `segment-export/x` of connector",
        ),
        (
            config("Reports", ""),
            "overlaps with the folder `Reports` of connector",
        ),
        (
            config("currents", other),
            "overlaps with the folder `segment-export` of the data export of `acme`",
        ),
        (
            config(
                "team",
                &format!("folder = \"team/x\"\n{other}folder = \"globex\"\n"),
            ),
            "overlaps with the folder `team` of connector",
        ),
        (
            config(
                "downloads",
                "[exports]\ngrant = \"key\"\nbucket = \"events\"\nfolder = \"downloads\"\n",
            ),
            "the downloads of `acme` lie in `downloads/acme`, which overlaps with the folder `downloads` of connector",
        ),
        (
            config(
                "currents",
                "folder = \"globex\"\n[exports]\ngrant = \"key\"\nbucket = \"events\"\nfolder = \"globex/reports\"\n",
            ),
            "the downloads of `acme` lie in `globex/reports/acme`, which overlaps with the folder `globex/reports` of the data export",
        ),
    ] {
        std::fs::write(folder.path().join("bucketline.toml"), config).unwrap();
        let ran = Program::new(folder.path())
            .args(["export", "list"])
            .run()
            .expect_code(2);
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
    }
    let fine = config("currents", &format!("{other}folder = \"globex\"\n"));
    std::fs::write(folder.path().join("bucketline.toml"), fine).unwrap();
    Program::new(folder.path())
        .args(["export", "list"])
        .envs([("SECRET", "x")])
        .run()
        .expect_code(0);
}

/// Small, seeded, and good enough to choose moments.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

/// What is read of the process while it runs: its peak, in kilobytes.
#[cfg(target_os = "linux")]
fn peak_kilobytes(child: &std::process::Child) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

/// The file is larger than the memory that it may take.
#[cfg(target_os = "linux")]
#[test]
fn a_file_larger_than_memory_is_written_in_bounded_memory() {
    const ROWS: usize = 2_300;
    const LIMIT: u64 = 100_000;
    let folder = tempfile::tempdir().unwrap();
    let config = "[[workspace]]\nid = \"acme\"\n[[data_export]]\nworkspace = \"acme\"\ndirectory = \"out\"\n";
    std::fs::write(folder.path().join("bucketline.toml"), config).unwrap();
    let mut random = Random(20_261_127);
    let mut rows = String::new();
    for _ in 0..ROWS {
        rows.push_str("{\"noise\":\"");
        // Three quarters of it are left when it is packed.
        rows.extend((0..64 << 10).map(|_| {
            let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
            char::from(*letters.get(usize::try_from(random.below(64)).unwrap()).unwrap())
        }));
        rows.push_str("\"}\n");
    }
    std::fs::write(folder.path().join("users.ndjson"), &rows).unwrap();
    drop(rows);
    let job = "workspace = \"acme\"\nkind = \"csv-export\"\nsegment = \"s1\"\nrows = { ndjson = \"users.ndjson\" }\n";
    std::fs::write(folder.path().join("job.toml"), job).unwrap();
    let mut child = Program::new(folder.path())
        .args(["export", "run", "job.toml"])
        .start();
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        peak = peak_kilobytes(&child).unwrap_or_default().max(peak);
        std::thread::sleep(Duration::from_millis(20));
    }
    finish(child).expect_code(0);
    for place in ["out", "data/spool-exports/files"] {
        let files = below(&folder.path().join(place));
        let size = files
            .iter()
            .map(|path| path.metadata().unwrap().len())
            .max()
            .unwrap();
        assert!(size > 110_000_000, "{size}");
    }
    assert!(peak > 10_000 && peak < LIMIT, "{peak} kB at its peak");
    println!("{peak} kB at its peak");
}
