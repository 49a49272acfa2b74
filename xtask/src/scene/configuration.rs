//! The configuration files of the scene.

use crate::foreign;

/// Acme's two connectors share a bucket, each with a folder and event types of its own; Globex has one. Every event has
/// exactly one connector that takes it, so that events in and events out are the same number.
pub(super) fn two_customers(schemas: &str) -> String {
    format!(
        r#"[vendor]
account_id = "999988887777"
credentials = {{ access_key_id = "AKIAVENDOREXPORTER01", secret_access_key = {{ env = "VENDOR_SECRET" }} }}
cluster = "prod-01"
zone = "a"

[spool]
dir = "spool"

[schemas]
dir = "{schemas}"

[[workspace]]
id = "acme"
integrations = ["currents"]

[[workspace]]
id = "globex"
integrations = ["currents"]

[[grant]]
id = "acme-key"
type = "access_key"
access_key_id = "AKIAACMEBUCKETLINE01"
secret_access_key = {{ env = "ACME_SECRET" }}

[[grant]]
id = "globex-role"
type = "assume_role"
role_arn = "arn:aws:iam::444455556666:role/bucketline-export"
external_id = "globex-4f1c9a72"

[[connector]]
id = "5f1e0c2ab7d94e00a1b2c3d4"
name = "Acme messages"
workspace = "acme"
grant = "acme-key"
bucket = "acme-events"
folder = "currents/messages"
events = ["users.messages.*"]
encryption = "aes256"

[[connector]]
id = "5f1e0c2ab7d94e00a1b2c3d5"
name = "Acme behaviors"
workspace = "acme"
grant = "acme-key"
bucket = "acme-events"
folder = "currents/behaviors"
events = ["users.behaviors.*", "users.campaigns.*", "users.canvas.*", "users.canvasstep.*", "users.profile.*", "users.RandomBucketNumberUpdate", "users.UserDeleteRequest", "users.UserOrphan", "agentconsole.*"]

[[connector]]
id = "60aa11bb22cc33dd44ee55ff"
name = "Globex Currents"
workspace = "globex"
grant = "globex-role"
bucket = "globex-events"
"#
    )
}

/// Both workspaces into one bucket of a server that knows neither accounts nor roles.
pub(super) fn one_bucket(schemas: &str) -> String {
    let bucket = foreign::STORE_BUCKET;
    let key = foreign::STORE_KEY;
    let connector = |id: &str, workspace: &str| {
        format!(
            r#"
[[workspace]]
id = "{workspace}"
integrations = ["currents"]

[[connector]]
id = "{id}"
name = "{workspace}"
workspace = "{workspace}"
grant = "store-key"
bucket = "{bucket}"
folder = "currents/{workspace}"
encryption = "aes256"
"#
        )
    };
    format!(
        r#"[vendor]
account_id = "999988887777"
cluster = "prod-01"
zone = "a"

[spool]
dir = "spool"

[schemas]
dir = "{schemas}"

[[grant]]
id = "store-key"
type = "access_key"
access_key_id = "{key}"
secret_access_key = {{ env = "FOREIGN_SECRET" }}
{}{}"#,
        connector("5f1e0c2ab7d94e00a1b2c3d4", "acme"),
        connector("60aa11bb22cc33dd44ee55ff", "globex")
    )
}
