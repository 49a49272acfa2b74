//! The AWS accounts of the scene: the vendor, a customer who made an access key, a customer who made a role.

/// The seed file of the testkit. The policies are the least-privilege ones that Bucketline asks its customers for.
pub(super) const SEED: &str = r#"# Two customers and their vendor, as bucketline-testkit reads them.

# The vendor: its exporter may assume roles, and only with an external ID.
[[account]]
id = "999988887777"

[[account.user]]
name = "exporter"
access_keys = [{ id = "AKIAVENDOREXPORTER01", secret = "vendor-secret-for-the-demo" }]
policies.assume = '''
{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*", "Condition": {"Null": {"sts:ExternalId": "false"}}}]}
'''

# Acme made an access key for one user, for two folders of one bucket.
[[account]]
id = "111122223333"

[[account.bucket]]
name = "acme-events"
region = "eu-central-1"

[[account.user]]
name = "bucketline"
access_keys = [{ id = "AKIAACMEBUCKETLINE01", secret = "acme-secret-for-the-demo" }]
policies.write = '''
{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": ["s3:GetBucketLocation"], "Resource": ["arn:aws:s3:::acme-events"]},
  {"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": ["arn:aws:s3:::acme-events"],
   "Condition": {"StringLike": {"s3:prefix": ["currents/messages/*", "currents/messages/", "currents/behaviors/*", "currents/behaviors/"]}}},
  {"Effect": "Allow", "Action": ["s3:PutObject", "s3:GetObject"],
   "Resource": ["arn:aws:s3:::acme-events/currents/messages/*", "arn:aws:s3:::acme-events/currents/behaviors/*"]}]}
'''

[[account.user]]
name = "analyst"
access_keys = [{ id = "AKIAACMEANALYST00001", secret = "acme-analyst-for-the-demo" }]
policies.read = '''
{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetObject"], "Resource": ["arn:aws:s3:::acme-events", "arn:aws:s3:::acme-events/*"]}]}
'''

# Globex made a role that trusts the vendor with an external ID.
[[account]]
id = "444455556666"

[[account.bucket]]
name = "globex-events"

[[account.role]]
name = "bucketline-export"
trust = '''
{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999988887777:root"}, "Action": "sts:AssumeRole",
   "Condition": {"StringEquals": {"sts:ExternalId": "globex-4f1c9a72"}}}]}
'''
policies.write = '''
{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetBucketLocation"], "Resource": ["arn:aws:s3:::globex-events"]},
  {"Effect": "Allow", "Action": ["s3:PutObject", "s3:GetObject"], "Resource": ["arn:aws:s3:::globex-events/*"]}]}
'''

[[account.user]]
name = "analyst"
access_keys = [{ id = "AKIAGLOBEXANALYST001", secret = "globex-analyst-for-the-demo" }]
policies.read = '''
{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetObject"], "Resource": ["arn:aws:s3:::globex-events", "arn:aws:s3:::globex-events/*"]}]}
'''
"#;

/// The secrets that the configuration names, as environment variables.
pub(super) const SECRETS: [(&str, &str); 3] = [
    ("VENDOR_SECRET", "vendor-secret-for-the-demo"),
    ("ACME_SECRET", "acme-secret-for-the-demo"),
    ("FOREIGN_SECRET", crate::foreign::STORE_SECRET),
];

/// The keys that the customers read their own buckets with.
pub(super) const READERS: &str = r#"[
  {"workspace": "acme", "bucket": "acme-events", "region": "eu-central-1",
   "access_key_id": "AKIAACMEANALYST00001", "secret_access_key": "acme-analyst-for-the-demo"},
  {"workspace": "globex", "bucket": "globex-events", "region": "us-east-1",
   "access_key_id": "AKIAGLOBEXANALYST001", "secret_access_key": "globex-analyst-for-the-demo"}]"#;
