//! Grants as they are written, well and badly. No error may repeat a secret.

use super::*;

const CANARY: &str = "CANARYwJalrXUtnFEMI";

fn grant(body: &str) -> Result<GrantConfig, String> {
    toml::from_str(&format!("id = \"g\"\n{body}")).map_err(|error| error.message().to_owned())
}

fn key(body: &str) -> AccessKeyConfig {
    match grant(&format!("type = \"access_key\"\n{body}")).unwrap().kind {
        GrantKind::AccessKey(key) => key,
        GrantKind::AssumeRole(_) => panic!("asked for a key"),
    }
}

#[test]
fn both_kinds_are_read() {
    let key = key("access_key_id = \"AKIAIOSFODNN7EXAMPLE\"\nsecret_access_key = { env = \"S\" }");
    assert_eq!(key.secret_access_key, SecretSource::Env("S".to_owned()));
    let role =
        "type = \"assume_role\"\nrole_arn = \"arn:aws:iam::111122223333:role/r\"\nexternal_id = \"e-1\"";
    assert_eq!(grant(role).unwrap().kind.to_string(), "assume_role");
}

#[test]
fn what_is_wrong_is_named_and_a_secret_is_not_repeated() {
    for (body, expected) in [
        ("type = \"access_key\"", "lacks `secret_access_key`"),
        (
            "type = \"assume_role\"\nexternal_id = \"e-1\"",
            "lacks `role_arn`",
        ),
        (
            "type = \"assume_role\"\nrole_arn = \"arn:aws:iam::111122223333:role/r\"",
            "lacks `external_id`",
        ),
        ("type = \"assume_role\"\nexternal_id = \"\"", "2 to 1,224"),
        (
            "type = \"assume_role\"\nrole_arn = \"arn:aws:iam::111122223333:user/r\"",
            "names a `user`",
        ),
        (
            "type = \"access_key\"\nrole_arn = \"arn:aws:iam::111122223333:role/r\"",
            "belongs to",
        ),
        (
            "type = \"access_key\"\nsecret_access_key = \"CANARYwJalrXUtnFEMI\"",
            "not written here",
        ),
        (
            "type = \"access_key\"\nsecret_access_key = { env = \"A\", file = \"b\" }",
            "not both",
        ),
        (
            "type = \"access_key\"\nsecret_access_key = { value = \"CANARYwJalrXUtnFEMI\" }",
            "unknown key `value`",
        ),
        ("type = \"access_key\"\nsecret_access_key = {}", "write `{ env"),
        ("type = \"access_key\"\nsecret_access_key = 1", "expected `{ env"),
        (
            "type = \"access_key\"\naccess_key_id = \"CANARYwJalrXUtnFEMI/x\"",
            "malformed",
        ),
        ("type = \"token\"", "unknown variant"),
        ("type = \"access_key\"\nacess_key_id = \"x\"", "unknown field"),
    ] {
        let error = grant(body).unwrap_err();
        assert!(error.contains(expected), "{body}: {error}");
        assert!(!error.contains(CANARY), "{body}: {error}");
    }
}

#[test]
fn a_secret_is_read_from_a_variable_or_a_file_beside_the_configuration() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("secret"), "from-file\n").unwrap();
    let environment = EnvironmentVariables::from_pairs([("S", "from-env")]);
    let id = "access_key_id = \"AKIAIOSFODNN7EXAMPLE\"\n";
    let env = key(&format!("{id}secret_access_key = {{ env = \"S\" }}"));
    let file = key(&format!("{id}secret_access_key = {{ file = \"secret\" }}"));
    let read = |key: &AccessKeyConfig| {
        key.load(&environment, folder.path())
            .unwrap()
            .secret()
            .expose()
            .to_owned()
    };
    assert_eq!(
        (read(&env).as_str(), read(&file).as_str()),
        ("from-env", "from-file")
    );
}

#[test]
fn a_csv_brings_its_own_id_and_has_to_match_the_one_configured() {
    let folder = tempfile::tempdir().unwrap();
    let csv = format!("Access key ID,Secret access key\r\nAKIAIOSFODNN7EXAMPLE,{CANARY}\r\n");
    std::fs::write(folder.path().join("k.csv"), csv).unwrap();
    let environment = EnvironmentVariables::default();
    let alone = key("secret_access_key = { file = \"k.csv\" }");
    assert_eq!(
        alone.load(&environment, folder.path()).unwrap().id().as_str(),
        "AKIAIOSFODNN7EXAMPLE"
    );
    let other = key("access_key_id = \"AKIAI44QH8DHBEXAMPLE\"\nsecret_access_key = { file = \"k.csv\" }");
    let error = other.load(&environment, folder.path()).unwrap_err().to_string();
    assert!(
        error.contains("k.csv") && error.contains("AKIAIOSFODNN7EXAMPLE") && !error.contains(CANARY),
        "{error}"
    );
}

#[test]
fn what_cannot_be_read_names_the_place() {
    let folder = tempfile::tempdir().unwrap();
    let environment = EnvironmentVariables::default();
    std::fs::write(folder.path().join("large"), "x".repeat(70_000)).unwrap();
    std::fs::write(folder.path().join("binary"), [0xff, 0xfe, 0x00]).unwrap();
    let id = "access_key_id = \"AKIAIOSFODNN7EXAMPLE\"\n";
    for (source, place, what) in [
        ("{ env = \"ABSENT\" }", "`ABSENT`", "not set"),
        ("{ file = \"absent\" }", "absent", "cannot be read"),
        ("{ file = \"binary\" }", "binary", "cannot be read"),
        ("{ file = \"large\" }", "large", "too large"),
    ] {
        let key = key(&format!("{id}secret_access_key = {source}"));
        let error = key.load(&environment, folder.path()).unwrap_err().to_string();
        assert!(error.contains(place) && error.contains(what), "{error}");
    }
}
