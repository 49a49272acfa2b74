//! A customer's side from nothing: set up, checked, delivered into, and taken away again.

use bucketline_testkit::seed::{Account, User};
use bucketline_testkit::{Testkit, World};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::program::{Program, Ran};
use crate::site::{ACME, Site};

const ANYTHING: &str =
    r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;
pub(crate) const ADMIN: [(&str, &str); 2] = [
    ("AWS_ACCESS_KEY_ID", "AKIAACMEADMIN0000001"),
    ("AWS_SECRET_ACCESS_KEY", "admin-secret"),
];

/// An empty account of a customer's with an administrator, and the vendor's.
pub(crate) struct Empty {
    kit: Testkit,
    _runtime: Runtime,
}

impl Empty {
    pub(crate) fn new() -> Self {
        let customer = Account::new("111122223333").user(
            User::new("admin")
                .access_key(ADMIN[0].1, ADMIN[1].1)
                .policy("all", ANYTHING),
        );
        let vendor = Account::new("999988887777").user(
            User::new("exporter")
                .access_key("AKIAVENDOREXPORTER01", "vendor-secret")
                .policy("all", ANYTHING),
        );
        let world = World::builder()
            .account(customer)
            .account(vendor)
            .build()
            .unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let kit = runtime.block_on(Testkit::start(world)).unwrap();
        Self {
            kit,
            _runtime: runtime,
        }
    }

    pub(crate) const fn kit(&self) -> &Testkit {
        &self.kit
    }

    pub(crate) fn site(&self) -> Site {
        Site::new("")
            .set("AWS_ENDPOINT_URL", &self.kit.endpoint())
            .set("AWS_REGION", "eu-central-1")
            .set("AWS_ACCESS_KEY_ID", "AKIAVENDOREXPORTER01")
            .set("AWS_SECRET_ACCESS_KEY", "vendor-secret")
    }

    pub(crate) fn setup(&self, site: &Site, command: &str, options: &[&str]) -> Ran {
        let endpoint = self.kit.endpoint();
        let environment = [("AWS_ENDPOINT_URL", endpoint.as_str())].into_iter().chain(ADMIN);
        Program::new(site.path())
            .envs(environment)
            .args([
                "setup",
                command,
                "--bucket",
                "acme-events",
                "--region",
                "eu-central-1",
            ])
            .args(options.iter().copied())
            .run()
    }

    /// Check, deliver, prove; then take it all away.
    fn proves(&self, site: &Site, options: &[&str]) {
        site.program()
            .args(["check", "--wait", "5s"])
            .run()
            .expect_code(0);
        // Events of the other workspace have no connector here.
        site.sample(300, 1);
        site.run().expect_code(0);
        site.prove(219);

        // What holds data stays; emptied, it goes too.
        let kept = self.setup(site, "destroy", options).expect_code(0);
        assert!(kept.stderr.contains("holds data and stays"), "{kept:?}");
        let world = self.kit.world();
        assert_eq!(world.buckets(), ["acme-events"]);
        for object in world.objects("acme-events") {
            world.remove_object("acme-events", &object.key).unwrap();
        }
        self.setup(site, "destroy", options).expect_code(0);
        assert_eq!(world.buckets(), Vec::<String>::new());
        let gone = self.setup(site, "plan", &[options, &["--format", "json"]].concat());
        let gone: Value = serde_json::from_str(&gone.stdout).unwrap();
        assert_eq!(gone["changes"][0]["action"], "create", "{gone}");
    }
}

#[test]
fn from_nothing_a_role_is_set_up_checked_delivered_into_and_taken_away() {
    let empty = Empty::new();
    let site = empty.site();
    let made = site
        .program()
        .args(["external-id", "new", "--workspace", "acme"])
        .run()
        .expect_code(0);
    let external_id = made.stdout.trim();
    let options = [
        "--method",
        "role",
        "--vendor-account",
        "999988887777",
        "--external-id",
        external_id,
    ];
    let planned = empty.setup(&site, "plan", &options).expect_code(0);
    assert_eq!(
        planned
            .stdout
            .lines()
            .filter(|line| line.starts_with("create"))
            .count(),
        6,
        "{planned:?}"
    );
    assert_eq!(empty.kit.world().buckets(), Vec::<String>::new());

    let applied = empty.setup(&site, "apply", &options).expect_code(0);
    let last: Value = serde_json::from_str(applied.stdout.lines().last().unwrap()).unwrap();
    let role = last["role_arn"].as_str().unwrap();
    assert_eq!(
        role,
        "arn:aws:iam::111122223333:role/bucketline/bucketline-acme-events"
    );
    let again = empty.setup(&site, "apply", &options).expect_code(0);
    assert!(again.stderr.contains("nothing to change"), "{again:?}");
    assert_eq!(again.stdout, applied.stdout);

    site.configure(&format!(
        r#"
[[grant]]
id = "acme"
type = "assume_role"
role_arn = "{role}"
external_id = "{external_id}"

[[connector]]
id = "{ACME}"
workspace = "acme"
grant = "acme"
bucket = "acme-events"
bucket_owner = "111122223333"
region = "eu-central-1"
"#
    ));
    empty.proves(&site, &options);
}

#[test]
fn from_nothing_a_user_is_set_up_and_its_key_handed_over_once() {
    let empty = Empty::new();
    let site = empty.site();
    let options = ["--method", "user", "--key-file", "key.csv"];
    let applied = empty
        .setup(&site, "apply", &[&options[..], &["--format", "json"]].concat())
        .expect_code(0);
    let ended: Value = serde_json::from_str(&applied.stdout).unwrap();
    assert_eq!(ended["key_file"], "key.csv");
    let made = ended["changes"].as_array().unwrap();
    assert!(made.iter().any(|change| change["kind"] == "user"), "{ended}");
    let key = std::fs::read_to_string(site.file("key.csv")).unwrap();
    let secret = key.trim().rsplit(',').next().unwrap();
    assert!(!applied.stdout.contains(secret) && !applied.stderr.contains(secret));

    site.configure(&format!(
        r#"
[[grant]]
id = "acme"
type = "access_key"
secret_access_key = {{ file = "key.csv" }}

[[connector]]
id = "{ACME}"
workspace = "acme"
grant = "acme"
bucket = "acme-events"
region = "eu-central-1"
"#
    ));
    empty.proves(&site, &options);
}

#[test]
fn a_role_without_a_vendor_or_an_external_id_is_not_set_up() {
    let empty = Empty::new();
    let site = empty.site();
    for (options, says) in [
        (
            &["--method", "role", "--external-id", "acme-1"][..],
            "has to trust somebody",
        ),
        (
            &["--method", "role", "--vendor-account", "999988887777"],
            "any other customer",
        ),
        (
            &["--method", "user", "--external-id", "acme-1"],
            "a user trusts nobody",
        ),
        (&["--method", "user", "--encryption", "rot13"], "rot13"),
    ] {
        let ran = empty.setup(&site, "plan", options).expect_code(2);
        assert!(ran.stderr.contains(says), "{ran:?}");
    }
}

#[test]
fn who_may_not_and_who_is_nobody_are_told_so_before_anything_is_changed() {
    let empty = Empty::new();
    let site = empty.site();
    let options = ["--method", "user"];
    // The vendor, who administers another account, finds nothing of the customer's and would set up its own.
    let nobody = Program::new(site.path())
        .envs([("AWS_ENDPOINT_URL", empty.kit.endpoint().as_str())])
        .args([
            "setup",
            "apply",
            "--bucket",
            "acme-events",
            "--region",
            "eu-central-1",
        ])
        .args(options)
        .run();
    nobody
        .expect_code(2)
        .expect_said("whoever administers the customer's account");
    let wrong = Program::new(site.path())
        .envs([
            ("AWS_ENDPOINT_URL", empty.kit.endpoint().as_str()),
            ("AWS_ACCESS_KEY_ID", ADMIN[0].1),
            ("AWS_SECRET_ACCESS_KEY", "canary-wrong"),
        ])
        .args([
            "setup",
            "plan",
            "--bucket",
            "acme-events",
            "--region",
            "eu-central-1",
        ])
        .args(options)
        .run();
    let wrong = wrong.expect_code(2);
    assert!(!wrong.all().contains("canary"), "{wrong:?}");
    // Something of another's stands in the way: nothing is changed, and that is exit 1.
    let world = empty.kit.world();
    let taken = bucketline_testkit::seed::Bucket::new("acme-events").region("eu-central-1");
    world.add_bucket("999988887777", taken).unwrap();
    let planned = empty.setup(&site, "plan", &options).expect_code(1);
    assert!(planned.stdout.contains("acme-events"), "{planned:?}");
    empty.setup(&site, "apply", &options).expect_code(1);
    let user = empty.kit.requests().of(bucketline_testkit::Operation::CreateUser);
    assert_eq!(user, 0);
    // A right that the administrator lacks stops the run, which takes back what it had made.
    assert!(world.remove_bucket("acme-events"));
    let no_keys = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": "iam:CreateAccessKey", "Resource": "*"}]}"#;
    world
        .set_user_policy("111122223333", "admin", "all", Some(no_keys))
        .unwrap();
    let stopped = empty.setup(&site, "apply", &options).expect_code(1);
    assert!(stopped.stderr.contains("iam:CreateAccessKey"), "{stopped:?}");
    assert_eq!(world.buckets(), Vec::<String>::new());
}

/// The lines of a README's section that are typed, as arguments.
fn typed(readme: &str, section: &str) -> Vec<Vec<String>> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(readme);
    let text = std::fs::read_to_string(path).unwrap();
    let (_, rest) = text.split_once(section).unwrap();
    let block = rest.split("```").nth(1).unwrap();
    let lines = block
        .lines()
        .filter_map(|line| line.strip_prefix("$ bucketline "));
    lines
        .map(|line| line.split(' ').map(str::to_owned).collect())
        .collect()
}

#[test]
fn the_readmes_way_to_set_up_a_customer_can_be_followed() {
    for (readme, section) in [
        ("../../README.md", "## Set up a customer"),
        ("README.md", "### setup\n"),
    ] {
        let empty = Empty::new();
        let site = empty.site();
        let commands = typed(readme, section);
        assert_eq!(commands.len(), 3, "{commands:?}");
        for command in commands {
            let endpoint = empty.kit.endpoint();
            let environment = [("AWS_ENDPOINT_URL", endpoint.as_str())].into_iter().chain(ADMIN);
            let arguments = command.iter().map(String::as_str);
            let ran = Program::new(site.path())
                .envs(environment)
                .args(arguments)
                .run()
                .expect_code(0);
            if command[1] == "apply" {
                ran.expect_said("role/bucketline/bucketline-acme-events");
            }
        }
    }
}

#[test]
fn a_customer_who_sets_up_alone_gets_files_that_are_never_written_over() {
    let empty = Empty::new();
    let site = empty.site();
    let options = [
        "--bucket",
        "acme-events",
        "--region",
        "eu-central-1",
        "--method",
        "role",
    ];
    let role = ["--vendor-account", "999988887777", "--external-id", "acme-1"];
    let bundle = || {
        let program = site.program().args(["setup", "bundle", "handed"]);
        program
            .args(options)
            .args(role)
            .args(["--template-url", "https://example.com/cfn.yaml"])
    };
    bundle().run().expect_code(0);
    for name in [
        "README.md",
        "policy.json",
        "trust.json",
        "cfn.yaml",
        "main.tf.json",
        "module/main.tf",
        "setup.sh",
        "console.md",
        "can-cannot.txt",
        "bucketline.toml",
    ] {
        assert!(site.file("handed").join(name).exists(), "{name}");
    }
    let readme = std::fs::read_to_string(site.file("handed/README.md")).unwrap();
    assert!(readme.contains("param_ExternalId=acme%2D1"), "{readme}");
    bundle().run().expect_code(2).expect_said("there already");
    for form in ["cloudformation", "terraform", "cli", "console", "json"] {
        let program = site
            .program()
            .args(["setup", "render", "--as", form])
            .args(options)
            .args(role);
        program.run().expect_code(0).expect_said("acme-1");
    }
}
