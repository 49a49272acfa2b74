//! From a file to delivered and proved events, without the program.

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use bucketline_service::file::ConfigFile;
use bucketline_service::input::{Input, Mark};
use bucketline_service::supervise::{self, Feeder, Observer, Stop, Totals};
use bucketline_service::{Error, ErrorKind, Variables, schemas, verify, wire};

const CONFIG: &str = r#"
[[workspace]]
id = "acme"

[[grant]]
id = "key"
type = "access_key"
access_key_id = "AKIAACMEBUCKETLINE01"
secret_access_key = { env = "ACME_SECRET" }

[[connector]]
id = "5f1e0c2ab7d94e00a1b2c3d4"
workspace = "acme"
directory = "out"
"#;

struct Quiet;

#[async_trait]
impl Observer for Quiet {
    fn reading(&mut self, _: &str, _: Option<u64>) {}
    fn read(&mut self, _: Mark) {}
    fn totals(&mut self, _: Totals) -> Result<(), Error> {
        Ok(())
    }
    fn note(&mut self, _: &str) {}
    fn warning(&mut self, _: &str) {}
    async fn tick(&mut self) {
        std::future::pending().await
    }
}

fn config(folder: &Path) -> ConfigFile {
    ConfigFile::parse(&folder.join("bucketline.toml"), CONFIG.to_owned()).unwrap()
}

#[tokio::test]
async fn a_file_of_events_is_delivered_and_proved() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(folder.path());
    let events = folder.path().join("events.ndjson");
    let event = r#"{"workspace":"acme","event_type":"users.behaviors.Purchase","event":{"id":"1","user_id":"u","time":1793491200,"product_id":"s","price":1.5,"currency":"USD","properties":"{}"}}"#;
    std::fs::write(&events, format!("{event}\n")).unwrap();
    let installation = &config.installation;
    let registry = schemas::load(installation).unwrap();

    let opened = wire::open_all(installation, &registry, &Variables::default())
        .await
        .unwrap();
    let multiplexer = supervise::start(installation, registry.clone(), opened)
        .await
        .unwrap();
    let (_stopper, stop) = Stop::channel();
    let mut feeder = Feeder::new(installation, &multiplexer, stop);
    feeder
        .feed(&Input::File(events.clone()), &mut Quiet)
        .await
        .unwrap();
    assert_eq!(feeder.totals().accepted, 1);
    assert!(multiplexer.drain(Duration::from_secs(60)).await.is_complete());
    multiplexer.shutdown().await;

    let opened = wire::open_all(installation, &registry, &Variables::default())
        .await
        .unwrap();
    let proof = verify::verify(installation, &registry, opened, &[events])
        .await
        .unwrap();
    assert!(proof.holds());
    assert_eq!((proof.accepted, proof.sum(|found| found.found)), (1, 1));
}

#[tokio::test]
async fn what_concerns_a_value_of_the_file_names_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let text = CONFIG.replace("directory = \"out\"", "bucket = \"acme-events\"\ngrant = \"key\"");
    let config = ConfigFile::parse(Path::new("bucketline.toml"), text).unwrap();
    let registry = schemas::built_in().unwrap();
    let error = wire::open_all(&config.installation, &registry, &Variables::default())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(
        error
            .to_string()
            .starts_with("grant `key`: secret_access_key: the environment variable `ACME_SECRET` is not set"),
        "{error}"
    );
    let error = error.located(&config.places);
    assert!(error.to_string().starts_with("bucketline.toml:9:21: "), "{error}");
    drop(folder);
}

#[test]
fn a_secret_where_its_variables_name_belongs_is_not_repeated() {
    for secret in [
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "abcdefghIJKLMNOPqrstuvwx0123456789ABCDEF",
    ] {
        let text = CONFIG.replace("ACME_SECRET", secret);
        let error = ConfigFile::parse(Path::new("bucketline.toml"), text).unwrap_err();
        assert!(!format!("{error} {error:?}").contains(secret), "{error}");
        assert!(error.to_string().contains("bucketline.toml:9:21"), "{error}");
    }
}

#[test]
fn a_secret_written_into_the_configuration_is_not_repeated() {
    let secret = "canary/9f3c2b71AbCdEfGh";
    for line in [
        format!("secret_access_key = \"{secret}\""),
        format!("secret_access_key = {{ secret = \"{secret}\" }}"),
        format!("secret_access_key = [\"{secret}\"]"),
        format!("secret_access_key = {{ env = \"{secret}\" }}"),
        format!("access_key_id = \"{secret}\""),
    ] {
        let text = CONFIG.replace("secret_access_key = { env = \"ACME_SECRET\" }", &line);
        let error = ConfigFile::parse(Path::new("bucketline.toml"), text).unwrap_err();
        assert!(!format!("{error} {error:?}").contains(secret), "{line}: {error}");
    }
}
