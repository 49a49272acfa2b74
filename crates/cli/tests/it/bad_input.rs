//! Whatever is wrong, one line says what, where and what to do, the exit code says which kind it is, and the spool stays.

use crate::cloud::Cloud;
use crate::program::{finish, signal};
use crate::site::{ACME, GLOBEX, Site, files};

/// A change of the configuration, and what has to be said of it: exit code 2 and nothing made.
struct Case {
    name: &'static str,
    from: &'static str,
    to: &'static str,
    said: &'static [&'static str],
}

const CASES: &[Case] = &[
    Case {
        name: "unknown key",
        from: "cluster",
        to: "clutser",
        said: &["unknown field `clutser`"],
    },
    Case {
        name: "syntax",
        from: "[spool]",
        to: "[spool",
        said: &["bucketline.toml:5:"],
    },
    Case {
        name: "malformed role ARN",
        from: "arn:aws:iam::444455556666:role/export",
        to: "arn:aws:iam::4444:role/export",
        said: &["role_arn", "twelve digits", "arn:aws:iam::111122223333:role/name"],
    },
    Case {
        name: "a user for a role",
        from: "arn:aws:iam::444455556666:role/export",
        to: "arn:aws:iam::444455556666:user/export",
        said: &["role_arn", "`user`"],
    },
    Case {
        name: "a role in our own account",
        from: "arn:aws:iam::444455556666:role/export",
        to: "arn:aws:iam::999988887777:role/export",
        said: &["vendor's own account"],
    },
    Case {
        name: "malformed external id",
        from: "globex-4f1c9a72",
        to: "globex 4f1c9a72",
        said: &["external_id"],
    },
    Case {
        name: "short external id",
        from: "globex-4f1c9a72",
        to: "x",
        said: &["external_id"],
    },
    Case {
        name: "one external id for two customers",
        from: "external_id = \"globex-4f1c9a72\"\n",
        to: "external_id = \"globex-4f1c9a72\"\n\n[[grant]]\nid = \"initech-role\"\ntype = \"assume_role\"\nrole_arn = \"arn:aws:iam::777788889999:role/export\"\nexternal_id = \"globex-4f1c9a72\"\n",
        said: &["share an external id", "initech-role"],
    },
    Case {
        name: "unset variable",
        from: "{ env = \"ACME_SECRET\" }",
        to: "{ env = \"ACME_SECRETS\" }",
        said: &["`ACME_SECRETS` is not set"],
    },
    Case {
        name: "unreadable secret file",
        from: "{ env = \"ACME_SECRET\" }",
        to: "{ file = \"secrets/acme\" }",
        said: &["secrets/acme", "cannot be read"],
    },
    Case {
        name: "bad bucket",
        from: "\"acme-events\"",
        to: "\"Acme_Events\"",
        said: &["`bucket`"],
    },
    Case {
        name: "unknown grant",
        from: "grant = \"acme-key\"",
        to: "grant = \"acme\"",
        said: &["no grant `acme`", "`acme-key`"],
    },
    Case {
        name: "unknown workspace",
        from: "workspace = \"acme\"",
        to: "workspace = \"acne\"",
        said: &["no workspace `acne`", "`acme`"],
    },
    Case {
        name: "connector id",
        from: ACME,
        to: "5F1E",
        said: &["24 lower-case"],
    },
    Case {
        name: "id twice",
        from: GLOBEX,
        to: ACME,
        said: &["a second connector", ACME],
    },
    Case {
        name: "grant twice",
        from: "id = \"globex-role\"",
        to: "id = \"acme-key\"",
        said: &["a second grant"],
    },
    Case {
        name: "two destinations",
        from: "bucket = \"acme-events\"",
        to: "bucket = \"acme-events\"\ndirectory = \"out\"",
        said: &["one destination", "`directory`"],
    },
    Case {
        name: "no destination",
        from: "bucket = \"acme-events\"",
        to: "",
        said: &["one destination"],
    },
    Case {
        name: "a folder that is none",
        from: "\"vendor/currents\"",
        to: "\"/vendor//currents\"",
        said: &["`folder`"],
    },
    Case {
        name: "a folder of ours",
        from: "\"vendor/currents\"",
        to: "\"_bucketline/x\"",
        said: &["_bucketline"],
    },
    Case {
        name: "a format that is none",
        from: "encryption = \"aes256\"",
        to: "format = \"orc\"",
        said: &["`orc` is not a format", "`avro`", "`parquet`"],
    },
    Case {
        name: "Parquet without compression",
        from: "encryption = \"aes256\"",
        to: "format = \"parquet\"\ncodec = \"null\"",
        said: &[
            "`null` is not a codec of the format `parquet`",
            "`snappy`",
            "`zstandard`",
        ],
    },
    Case {
        name: "codec of another",
        from: "encryption = \"aes256\"",
        to: "codec = \"bzip2\"",
        said: &["`bzip2` is not a codec of the format `avro`", "`snappy`"],
    },
    Case {
        name: "a KMS key that is none",
        from: "encryption = \"aes256\"",
        to: "encryption = { kms = \"arn:aws:iam::111122223333:role/key\" }",
        said: &["not the ARN of a KMS key", "arn:aws:kms:"],
    },
    Case {
        name: "a Bucket Key under two layers",
        from: "encryption = \"aes256\"",
        to: "encryption = { kms = \"alias/events\", dsse = true, bucket_key = true }",
        said: &["Bucket Key", "dsse"],
    },
    Case {
        name: "a context without a value",
        from: "encryption = \"aes256\"",
        to: "encryption = { kms = \"alias/events\", context = { tenant = \"\" } }",
        said: &["encryption context"],
    },
    Case {
        name: "an option that KMS does not have",
        from: "encryption = \"aes256\"",
        to: "encryption = { kms = \"alias/events\", bucketkey = true }",
        said: &["bucketkey", "bucket_key"],
    },
    Case {
        name: "a key in another region",
        from: "encryption = \"aes256\"",
        to: "region = \"eu-west-1\"\nencryption = { kms = \"arn:aws:kms:eu-central-1:111122223333:key/1\" }",
        said: &["`eu-west-1`", "bucket's own region"],
    },
    Case {
        name: "encryption",
        from: "\"aes256\"",
        to: "\"aes-256\"",
        said: &["`aes-256` is not an encryption"],
    },
    Case {
        name: "duration",
        from: "dir = \"spool\"",
        to: "dir = \"spool\"\nretention = \"2 days\"",
        said: &["`2 days`", "48h"],
    },
    Case {
        name: "owner",
        from: "\"111122223333\"",
        to: "\"1111\"",
        said: &["bucket_owner"],
    },
    Case {
        name: "a secret in the file",
        from: "{ env = \"ACME_SECRET\" }",
        to: "\"wJalrXUtnFEMI\"",
        said: &["a secret does not belong in this file"],
    },
    Case {
        name: "events",
        from: "encryption = \"aes256\"",
        to: "events = [\"users.mess*\"]",
        said: &["`events`", "users.mess*"],
    },
];

#[test]
fn a_wrong_configuration_is_one_line_and_exit_2() {
    for case in CASES {
        let site = Cloud::new_without_a_server();
        let config = std::fs::read_to_string(site.file("bucketline.toml")).unwrap();
        let config = config.replacen("[vendor]", "[vendor]\ncluster = \"prod-01\"", 1);
        assert!(config.contains(case.from), "{}", case.name);
        site.write("bucketline.toml", &config.replacen(case.from, case.to, 1));
        site.sample(1, 1);
        let ran = site.run();
        assert_eq!(ran.code, 2, "{}: {ran:?}", case.name);
        for said in case.said {
            assert!(
                ran.stderr.contains(said),
                "{}: `{said}` in {}",
                case.name,
                ran.stderr
            );
        }
        assert!(
            ran.stderr.contains("bucketline.toml:"),
            "{}: says where: {}",
            case.name,
            ran.stderr
        );
        assert!(!ran.stderr.contains("wJalrXUtnFEMI"), "{}", ran.stderr);
        assert!(!site.file("spool").exists(), "{}: nothing is made", case.name);
        assert_eq!(ran.stdout, "", "{}", case.name);
    }
}

#[test]
fn every_problem_of_a_file_is_told_at_once_in_its_order() {
    let site =
        Site::new("[[connector]]\nid = \"x\"\nworkspace = \"y\"\ndirectory = \"out\"\nfolder = \"/\"\n");
    site.sample(1, 1);
    let ran = site.run().expect_code(2);
    let lines: Vec<&str> = ran.stderr.lines().collect();
    assert_eq!(lines.len(), 3, "{lines:#?}");
    let numbers: Vec<u32> = lines
        .iter()
        .map(|line| {
            line.split("bucketline.toml:")
                .nth(1)
                .unwrap()
                .split(':')
                .next()
                .unwrap()
                .parse()
                .unwrap()
        })
        .collect();
    assert!(numbers.is_sorted(), "{lines:#?}");
}

#[test]
fn overlapping_folders_are_refused_naming_both() {
    for (first, second) in [("a", "a"), ("a", "a/b"), ("a/b", "a"), ("Data", "data")] {
        let rest = format!(
            "[[connector]]\nid = \"{ACME}\"\nworkspace = \"acme\"\ndirectory = \"out\"\nfolder = \"{first}\"\n\
             [[connector]]\nid = \"{GLOBEX}\"\nworkspace = \"globex\"\ndirectory = \"./x/../out\"\nfolder = \"{second}\"\n"
        );
        let site = Site::new(&rest);
        site.sample(1, 1);
        site.run()
            .expect_code(2)
            .expect_said(ACME)
            .expect_said(GLOBEX)
            .expect_said("overlap");
        let other = rest.replace("./x/../out", "elsewhere");
        site.configure(&other);
        site.run().expect_code(0);
    }
}

#[test]
fn inputs_and_lists_that_cannot_be() {
    let site = Site::local();
    let run = |args: &[&str]| {
        site.program()
            .args(["run"].into_iter().chain(args.iter().copied()))
            .run()
    };
    run(&["--input", "absent.ndjson"])
        .expect_code(2)
        .expect_said("absent.ndjson");
    run(&["--input", "."]).expect_code(2).expect_said("folder");
    run(&["--input", "-", "--input", "-"])
        .expect_code(2)
        .expect_said("twice");
    run(&["absent.toml", "--input", "-"])
        .expect_code(2)
        .expect_said("absent.toml");
    site.sample(3, 1);
    run(&[
        "--input",
        "events.ndjson",
        "--rejects",
        "events.ndjson",
        "--drain",
    ])
    .expect_code(2)
    .expect_said("--rejects");
    site.write("notes.txt", "mine\n");
    run(&["--input", "events.ndjson", "--rejects", "notes.txt", "--drain"])
        .expect_code(2)
        .expect_said("notes.txt");
    assert_eq!(std::fs::read_to_string(site.file("notes.txt")).unwrap(), "mine\n");
    run(&["--input", "events.ndjson", "--rejects", "/dev/null", "--drain"]).expect_code(0);
    site.program()
        .args(["verify", "--input", "-"])
        .run()
        .expect_code(2)
        .expect_said("--input -");
}

#[test]
fn schemas_that_cannot_be() {
    let site = Site::local();
    site.sample(3, 1);
    let config = std::fs::read_to_string(site.file("bucketline.toml")).unwrap();
    let with = |dir: &str| site.write("bucketline.toml", &config.replace(crate::site::SCHEMAS, dir));
    with("absent");
    site.run()
        .expect_code(2)
        .expect_said("absent")
        .expect_said("[schemas] dir");
    std::fs::create_dir_all(site.file("mine/users.Open")).unwrap();
    with("mine");
    site.run().expect_code(2).expect_said("no schema");
    site.write("mine/users.Open/1.avsc", "{");
    site.run().expect_code(2).expect_said("users.Open/1.avsc");
}

#[test]
fn a_spool_of_a_newer_version_or_none_at_all_is_exit_4_and_untouched() {
    let site = Site::local();
    site.sample(50, 1);
    site.run().expect_code(0);
    let format = site.file("spool/FORMAT");
    let text = std::fs::read_to_string(&format).unwrap();
    let newer = text.replace('1', "9");
    assert_ne!(text, newer);
    std::fs::write(&format, &newer).unwrap();
    site.run()
        .expect_code(4)
        .expect_said("newer")
        .expect_said("spool");
    assert_eq!(std::fs::read_to_string(&format).unwrap(), newer);
    std::fs::write(&format, text).unwrap();
    site.run().expect_code(0);

    let other = Site::local();
    other.sample(50, 1);
    std::fs::create_dir(other.file("spool")).unwrap();
    other.write("spool/letters.txt", "dear ...");
    let before = files(&other.file("spool"));
    other.run().expect_code(4).expect_said("spool");
    assert_eq!(files(&other.file("spool")), before);
}

#[test]
fn a_second_process_on_a_spool_is_exit_4_and_disturbs_nothing() {
    let site = Site::local();
    site.sample(200, 1);
    let child = site.program().args(["run", "--input", "events.ndjson"]).start();
    let started = std::time::Instant::now();
    while !site.file("spool/rejects.ndjson").exists() && started.elapsed().as_secs() < 20 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let second = site
        .run()
        .expect_code(4)
        .expect_said("another process")
        .expect_said("stop that process");
    assert_eq!(second.stderr.lines().count(), 1, "{}", second.stderr);
    assert!(signal(&child, "TERM").success());
    finish(child).expect_code(0);
    site.prove(200);
}

#[test]
fn a_misspelt_bucket_is_corrected_and_what_is_held_goes_along() {
    let cloud = Cloud::new();
    let wrong = Cloud::connectors().replace("bucket = \"acme-events\"", "bucket = \"acme-event\"");
    let site = cloud.site_with(&wrong);
    site.sample(200, 1);
    site.run().expect_code(3);
    site.configure(&Cloud::connectors());
    site.run().expect_code(0);
    site.prove(200);
}

#[test]
fn an_address_that_cannot_be_read_is_refused_and_not_passed_over() {
    for name in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_STS"] {
        for url in [
            "127.0.0.1:9000",
            "not a url",
            "https://user:canary-word@s3.example.net",
        ] {
            let site = Cloud::new_without_a_server().set(name, url);
            site.sample(1, 1);
            let ran = site.run().expect_code(2).expect_said(name);
            assert!(!ran.all().contains("canary-word"), "{}", ran.all());
            assert!(!site.file("spool").exists(), "{name}={url}");
        }
    }
}

#[test]
fn folders_on_this_machine_are_compared_by_where_they_are() {
    let connectors = |first: (&str, &str), second: (&str, &str)| {
        let one = |id: &str, workspace: &str, (directory, folder): (&str, &str)| {
            format!(
                "[[connector]]\nid = \"{id}\"\nworkspace = \"{workspace}\"\ndirectory = \"{directory}\"\nfolder = \"{folder}\"\n"
            )
        };
        format!("{}{}", one(ACME, "acme", first), one(GLOBEX, "globex", second))
    };
    for second in [
        ("out/currents", "x"),
        ("./out/../out/currents", "x/y"),
        ("out", "CURRENTS/x"),
    ] {
        Site::new(&connectors(("out", "currents/x"), second))
            .run()
            .expect_code(2)
            .expect_said(ACME)
            .expect_said(GLOBEX)
            .expect_said("overlap");
    }
    #[cfg(unix)]
    {
        let site = Site::new(&connectors(("out", "currents/x"), ("elsewhere", "x")));
        std::fs::create_dir_all(site.file("out/currents")).unwrap();
        std::os::unix::fs::symlink("out/currents", site.file("elsewhere")).unwrap();
        site.sample(1, 1);
        site.run()
            .expect_code(2)
            .expect_said("overlap")
            .expect_said("links");
    }
    let apart = Site::new(&connectors(("out", "currents/x"), ("out/currents", "y")));
    apart.sample(1, 1);
    apart.run().expect_code(0);
}
