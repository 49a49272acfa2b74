"""A customer sets up a bucket, a user and a role for a vendor, by hand, with AWS's own client; and takes all of it away.

Each step is asked as the guide says and as a customer may get it wrong. What came of it is printed as one JSON object, step by
step: "ok", or the code that the server answered with. Whether that is right is not decided here.
"""

import json
import os
import sys

import boto3
from botocore.client import Config
from botocore.exceptions import ClientError

ENDPOINT = os.environ["ENDPOINT"]
VENDOR = json.loads(os.environ["VENDOR_KEY"])
CUSTOMER = json.loads(os.environ["CUSTOMER_KEY"])
ACCOUNT = os.environ["CUSTOMER_ACCOUNT"]
PRINCIPAL = os.environ["VENDOR_PRINCIPAL"]
BUCKET, REGION, FOLDER, EXTERNAL_ID = "acme-events", "eu-central-1", "currents", "acme-0192f3b4"

seen = {}


def client(service, key, region=REGION):
    return boto3.client(
        service,
        endpoint_url=ENDPOINT,
        region_name=region,
        aws_access_key_id=key["id"],
        aws_secret_access_key=key["secret"],
        aws_session_token=key.get("token"),
        config=Config(retries={"max_attempts": 1, "mode": "standard"}, s3={"addressing_style": "path"}),
    )


def step(name, call, *arguments, **named):
    """Takes a step; what it answered with, or nothing."""
    try:
        answer = call(*arguments, **named)
    except ClientError as error:
        seen[name] = error.response["Error"]["Code"]
        return None
    seen[name] = "ok"
    return answer


def holds(name, condition):
    seen[name] = "ok" if condition else "differs"


POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["s3:ListBucket", "s3:GetBucketLocation"],
            "Resource": f"arn:aws:s3:::{BUCKET}",
        },
        {
            "Effect": "Allow",
            "Action": ["s3:PutObject", "s3:GetObject"],
            "Resource": f"arn:aws:s3:::{BUCKET}/{FOLDER}/*",
        },
    ],
}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": PRINCIPAL},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}},
        }
    ],
}
ONLY_FOLDER = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{BUCKET}/{FOLDER}/a/*"}],
}

iam, s3 = client("iam", CUSTOMER), client("s3", CUSTOMER)

# The bucket.
step(
    "make the bucket", s3.create_bucket, Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
)
location = step("read its region", s3.get_bucket_location, Bucket=BUCKET)
holds("its region is as asked", location and location["LocationConstraint"] == REGION)
blocked = dict.fromkeys(["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"], True)
step("close it", s3.put_public_access_block, Bucket=BUCKET, PublicAccessBlockConfiguration=blocked)
closed = step("read that it is closed", s3.get_public_access_block, Bucket=BUCKET)
holds("it is closed", closed and closed["PublicAccessBlockConfiguration"] == blocked)
rules = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
step("own all objects", s3.put_bucket_ownership_controls, Bucket=BUCKET, OwnershipControls=rules)
lifecycle = {
    "Rules": [
        {
            "ID": "unfinished",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
        }
    ]
}
step("end unfinished uploads", s3.put_bucket_lifecycle_configuration, Bucket=BUCKET, LifecycleConfiguration=lifecycle)
kept = step("read the lifecycle", s3.get_bucket_lifecycle_configuration, Bucket=BUCKET)
holds("the lifecycle is kept", kept and kept["Rules"][0]["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"] == 7)

# The policy.
made = step("make the policy", iam.create_policy, PolicyName="delivery", PolicyDocument=json.dumps(POLICY))
arn = made["Policy"]["Arn"] if made else ""
step("make the policy again", iam.create_policy, PolicyName="delivery", PolicyDocument=json.dumps(POLICY))
step("make a policy of nonsense", iam.create_policy, PolicyName="nonsense", PolicyDocument="{")
version = step("read the policy", iam.get_policy_version, PolicyArn=arn, VersionId="v1")
holds("the policy is as written", version and version["PolicyVersion"]["Document"] == POLICY)

# The user.
step("make the user", iam.create_user, UserName="export", Tags=[{"Key": "made-for", "Value": "vendor"}])
step("make the user again", iam.create_user, UserName="export")
step("give it the policy", iam.attach_user_policy, UserName="export", PolicyArn=arn)
attached = step("read what it has", iam.list_attached_user_policies, UserName="export")
holds("it has the policy", attached and [p["PolicyArn"] for p in attached["AttachedPolicies"]] == [arn])
keys = []
for number in ("a", "a second", "a third"):
    key = step(f"make {number} key", iam.create_access_key, UserName="export")
    if key:
        keys.append({"id": key["AccessKey"]["AccessKeyId"], "secret": key["AccessKey"]["SecretAccessKey"]})
user = client("s3", keys[0])
step("the user asks for the region", user.get_bucket_location, Bucket=BUCKET)
step("the user lists", user.list_objects_v2, Bucket=BUCKET)
step("the user puts", user.put_object, Bucket=BUCKET, Key=f"{FOLDER}/one", Body=b"1")
step("the user puts elsewhere", user.put_object, Bucket=BUCKET, Key="elsewhere/one", Body=b"1")
step("the user deletes", user.delete_object, Bucket=BUCKET, Key=f"{FOLDER}/one")
step("switch the first key off", iam.update_access_key, UserName="export", AccessKeyId=keys[0]["id"], Status="Inactive")
step("the user puts with a key that is off", user.put_object, Bucket=BUCKET, Key=f"{FOLDER}/two", Body=b"1")
wrong = client("s3", {"id": keys[1]["id"], "secret": "wrong"})
step("the user puts with a wrong secret", wrong.put_object, Bucket=BUCKET, Key=f"{FOLDER}/two", Body=b"1")

# The role.
trust = json.dumps(TRUST)
step("make a role of nonsense", iam.create_role, RoleName="nonsense", AssumeRolePolicyDocument="{")
role = step(
    "make the role",
    iam.create_role,
    RoleName="export",
    Path="/vendors/",
    Description="event export",
    MaxSessionDuration=7200,
    AssumeRolePolicyDocument=trust,
)
role_arn = role["Role"]["Arn"] if role else f"arn:aws:iam::{ACCOUNT}:role/vendors/export"
holds("its ARN has the path", role_arn == f"arn:aws:iam::{ACCOUNT}:role/vendors/export")
read = step("read the role", iam.get_role, RoleName="export")
holds("its trust is as written", read and read["Role"]["AssumeRolePolicyDocument"] == TRUST)
step("give it a policy", iam.put_role_policy, RoleName="export", PolicyName="delivery", PolicyDocument=json.dumps(POLICY))
sts = client("sts", VENDOR)


def assume(name, **more):
    answer = step(name, sts.assume_role, RoleArn=role_arn, RoleSessionName="bucketline", **more)
    if not answer:
        return None
    given = answer["Credentials"]
    return client(
        "s3", {"id": given["AccessKeyId"], "secret": given["SecretAccessKey"], "token": given["SessionToken"]}
    )


assume("assume it without the external ID")
assume("assume it with another external ID", ExternalId="acme-other")
assume("assume it for longer than it allows", ExternalId=EXTERNAL_ID, DurationSeconds=10800)
session = assume("assume it", ExternalId=EXTERNAL_ID, DurationSeconds=7200)
if session:
    step("the session puts", session.put_object, Bucket=BUCKET, Key=f"{FOLDER}/b/one", Body=b"1")
    step("the session puts elsewhere", session.put_object, Bucket=BUCKET, Key="elsewhere/one", Body=b"1")
boxed = assume("assume it boxed", ExternalId=EXTERNAL_ID, Policy=json.dumps(ONLY_FOLDER))
if boxed:
    step("the boxed session puts in its box", boxed.put_object, Bucket=BUCKET, Key=f"{FOLDER}/a/one", Body=b"1")
    step("the boxed session puts outside of it", boxed.put_object, Bucket=BUCKET, Key=f"{FOLDER}/b/two", Body=b"1")

# Pages.
names, pages = set(), 0
for number in range(3):
    iam.create_user(UserName=f"one-of-many-{number}", Path="/many/")
for page in iam.get_paginator("list_users").paginate(PathPrefix="/many/", PaginationConfig={"PageSize": 2}):
    pages += 1
    names |= {user["UserName"] for user in page["Users"]}
holds("lists come in pages", pages == 2 and len(names) == 3)
for name in names:
    iam.delete_user(UserName=name)

# All of it goes again, and nothing that something depends on.
step("delete the bucket with data in it", s3.delete_bucket, Bucket=BUCKET)
step("delete the role with its policy", iam.delete_role, RoleName="export")
step("delete the user with its keys", iam.delete_user, UserName="export")
step("delete the policy while the user has it", iam.delete_policy, PolicyArn=arn)
step("take the role's policy", iam.delete_role_policy, RoleName="export", PolicyName="delivery")
step("delete the role", iam.delete_role, RoleName="export")
for number, key in zip(("first", "second"), keys):
    step(f"delete the {number} key", iam.delete_access_key, UserName="export", AccessKeyId=key["id"])
step("take the user's policy", iam.detach_user_policy, UserName="export", PolicyArn=arn)
step("delete the user", iam.delete_user, UserName="export")
step("delete the policy", iam.delete_policy, PolicyArn=arn)
for object in s3.list_objects_v2(Bucket=BUCKET).get("Contents", []):
    s3.delete_object(Bucket=BUCKET, Key=object["Key"])
step("delete the bucket", s3.delete_bucket, Bucket=BUCKET)
step("read the role that is gone", iam.get_role, RoleName="export")
step("read the user that is gone", iam.get_user, UserName="export")

json.dump(seen, sys.stdout)
