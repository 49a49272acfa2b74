"""Makes two users who may do anything in moto's one account, and has moto ask for rights from then on. Prints their keys."""

import json
import os
import sys
import urllib.request

import boto3

ENDPOINT = os.environ["ENDPOINT"]
ANYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def client(service):
    return boto3.client(
        service,
        endpoint_url=ENDPOINT,
        region_name="eu-central-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )


iam = client("iam")
made = {"account": client("sts").get_caller_identity()["Account"]}
for name in ("customer", "vendor"):
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="all", PolicyDocument=json.dumps(ANYTHING))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    made[name] = json.dumps({"id": key["AccessKeyId"], "secret": key["SecretAccessKey"]})
asked = urllib.request.Request(
    f"{ENDPOINT}/moto-api/reset-auth", data=b"0", method="POST", headers={"Content-Type": "text/plain"}
)
urllib.request.urlopen(asked).read()
json.dump(made, sys.stdout)
