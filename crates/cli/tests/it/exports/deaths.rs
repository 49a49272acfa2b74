//! Exports whose process dies: what another process shows, cancels and goes on with.

use std::path::Path;
use std::time::Duration;

use super::{Random, below, whole};
use crate::program::{Program, finish, signal};

/// Writes a configuration, rows and a job into a folder; the rows, as a whole export of them reads.
fn job(folder: &Path, rows: usize, users_per_file: usize) -> String {
    let config = "[[workspace]]\nid = \"acme\"\n[[data_export]]\nworkspace = \"acme\"\ndirectory = \"out\"\n";
    std::fs::write(folder.join("bucketline.toml"), config).unwrap();
    let rows: String = (0..rows).map(|n| format!("{{\"id\":{n}}}\n")).collect();
    std::fs::write(folder.join("users.ndjson"), &rows).unwrap();
    let job = format!(
        "workspace = \"acme\"\nkind = \"segment-export\"\nsegment = \"s1\"\nusers_per_file = {users_per_file}\n\
         rows = {{ ndjson = \"users.ndjson\" }}\n"
    );
    std::fs::write(folder.join("job.toml"), job).unwrap();
    rows
}

/// Runs the job, and kills it when its first file is there.
fn kill_while_it_writes(folder: &Path) {
    let mut child = Program::new(folder).args(["export", "run", "job.toml"]).start();
    while below(&folder.join("out")).is_empty() {
        assert!(
            child.try_wait().unwrap().is_none(),
            "it ended before it was killed"
        );
        std::thread::sleep(Duration::from_millis(1));
    }
    assert!(signal(&child, "KILL").success());
    finish(child);
}

#[test]
fn an_export_is_shown_and_one_whose_process_died_is_cancelled_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    job(folder.path(), 5_000, 10);
    let export = |args: &[&str]| {
        let args = std::iter::once("export").chain(args.iter().copied());
        Program::new(folder.path()).args(args).run()
    };
    kill_while_it_writes(folder.path());
    let listed = export(&["list"]).expect_code(0).stdout;
    let id = listed.split(' ').next().unwrap();
    export(&["show", id])
        .expect_code(0)
        .expect_said("  running  ")
        .expect_said("in the customer's storage: writing");
    export(&["cancel", id])
        .expect_code(0)
        .expect_said("it is cancelled");
    assert!(below(&folder.path().join("out")).is_empty());
    export(&["show", id]).expect_code(0).expect_said("  cancelled  ");
    export(&["cancel", id])
        .expect_code(0)
        .expect_said("it is cancelled already, and stays so");
    let json: serde_json::Value =
        serde_json::from_str(&export(&["show", id, "--format", "json"]).expect_code(0).stdout).unwrap();
    assert_eq!((&json["id"], &json["state"]), (&id.into(), &"cancelled".into()));

    export(&["run", "job.toml"]).expect_code(0);
    // Both may have been taken within one second.
    let listed = export(&["list"]).expect_code(0).stdout;
    let completed = listed
        .lines()
        .find(|line| line.contains("  completed  "))
        .unwrap();
    let id = completed.split(' ').next().unwrap();
    export(&["show", id])
        .expect_code(0)
        .expect_said("5,000 rows in 500 files")
        .expect_said("object prefix: ");
    export(&["cancel", id])
        .expect_code(0)
        .expect_said("it is completed already, and stays so");
    let nobody = "00000000-0000-4000-8000-000000000000";
    for command in ["show", "cancel"] {
        export(&[command, nobody]).expect_code(2).expect_said(nobody);
        export(&[command, "x"]).expect_code(2);
    }
}

/// Where the export has ended, it is whole; the next one begins anew.
fn settle(folder: &Path, rows: &str) {
    let list = Program::new(folder).args(["export", "list"]).run().expect_code(0);
    let out = folder.join("out");
    if !list.stdout.contains("  running  ") && !below(&out).is_empty() {
        assert_eq!(whole(&out), rows);
        std::fs::remove_dir_all(out).unwrap();
    }
}

#[test]
fn killed_at_twenty_random_moments_an_export_ends_whole() {
    const KILLS: usize = 20;
    let seed = std::env::var("KILL_SEED").map_or(20_261_126, |text| text.parse().unwrap());
    println!("KILL_SEED={seed}");
    let mut random = Random(seed);
    let folder = tempfile::tempdir().unwrap();
    let rows = job(folder.path(), 3_000, 40);
    let program = || Program::new(folder.path()).args(["export", "run", "job.toml"]);

    let begun = std::time::Instant::now();
    program().run().expect_code(0);
    let usual = begun.elapsed().as_millis() as u64 + 1;
    std::fs::remove_dir_all(folder.path().join("out")).unwrap();

    let (mut kills, mut runs) = (0, 0);
    while kills < KILLS {
        runs += 1;
        assert!(runs < 10 * KILLS, "{kills} of {runs} runs were killed in time");
        let mut child = program().start();
        std::thread::sleep(Duration::from_millis(random.below(usual)));
        if child.try_wait().unwrap().is_none() {
            assert!(signal(&child, "KILL").success());
            kills += 1;
        }
        let ran = finish(child);
        assert!(ran.code <= 0, "{ran:?}");
        settle(folder.path(), &rows);
    }
    let list = Program::new(folder.path())
        .args(["export", "list"])
        .run()
        .expect_code(0);
    if list.stdout.contains("  running  ") {
        program().run().expect_code(0);
        settle(folder.path(), &rows);
    }
    let list = Program::new(folder.path())
        .args(["export", "list"])
        .run()
        .expect_code(0);
    assert!(!list.stdout.contains("  running  "), "{}", list.stdout);
    println!("{kills} kills in {runs} runs");
}

#[test]
fn a_run_goes_on_with_an_export_whose_process_died() {
    let folder = tempfile::tempdir().unwrap();
    let rows = job(folder.path(), 5_000, 10);
    kill_while_it_writes(folder.path());
    let list = || {
        Program::new(folder.path())
            .args(["export", "list"])
            .run()
            .expect_code(0)
            .stdout
    };
    assert!(list().contains("  running  "), "{}", list());
    Program::new(folder.path())
        .args(["run", "--drain"])
        .run()
        .expect_code(0);
    assert!(list().contains("  completed  "), "{}", list());
    assert_eq!(whole(&folder.path().join("out")), rows);
}
