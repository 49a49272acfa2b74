"""Reads the objects of the demo with software that had no part in writing them, and compares them with the input.

usage: read_objects.py EVENTS.ndjson
READERS holds the buckets as JSON: [{"workspace", "bucket", "region", "access_key_id", "secret_access_key"}]; ENDPOINT the S3 server.
Every event of a workspace has to be in its bucket exactly once, with equal values.
"""

import collections
import io
import json
import os
import struct
import sys

import boto3
import fastavro


def as_float32(value):
    return struct.unpack("<f", struct.pack("<f", value))[0]


def canonical(event, schema):
    """An event as the schema's fields: absent optional fields are null, floats are rounded to 32 bits."""
    fields = {}
    for field in schema["fields"]:
        value = event.get(field["name"])
        kinds = field["type"] if isinstance(field["type"], list) else [field["type"]]
        if "float" in kinds and value is not None:
            value = as_float32(value)
        fields[field["name"]] = value
    unknown = set(event) - set(fields)
    assert not unknown, f"fields that are not in the schema: {unknown}"
    return json.dumps(fields, sort_keys=True)


def main():
    endpoint = os.environ["ENDPOINT"]
    delivered, schemas, objects = collections.Counter(), {}, 0
    for reader in json.loads(os.environ["READERS"]):
        s3 = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name=reader["region"],
            aws_access_key_id=reader["access_key_id"],
            aws_secret_access_key=reader["secret_access_key"],
            config=boto3.session.Config(s3={"addressing_style": "path"}),
        )
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=reader["bucket"]):
            for entry in page.get("Contents", []):
                if not entry["Key"].endswith(".avro"):
                    continue
                objects += 1
                body = s3.get_object(Bucket=reader["bucket"], Key=entry["Key"])["Body"].read()
                rows = fastavro.reader(io.BytesIO(body))
                event_type = entry["Key"].split("event_type=")[1].split("/")[0]
                name = rows.writer_schema["name"]  # the full name, with its namespace
                assert name == "dataexport.S3.inner." + event_type, (name, event_type)
                schemas[event_type] = rows.writer_schema
                for row in rows:
                    delivered[(reader["workspace"], event_type, json.dumps(row, sort_keys=True))] += 1
    wanted = collections.Counter()
    with open(sys.argv[1], encoding="utf-8") as lines:
        for line in lines:
            envelope = json.loads(line)
            event_type = envelope["event_type"]
            schema = schemas.get(event_type)
            if schema is None:
                sys.exit(f"no object holds events of type {event_type}")
            wanted[(envelope["workspace"], event_type, canonical(envelope["event"], schema))] += 1
    missing, extra = wanted - delivered, delivered - wanted
    for what, events in (("missing", missing), ("not in the input, or doubled", extra)):
        for event in list(events)[:3]:
            print(what, event, file=sys.stderr)
    print(
        f"fastavro {fastavro.__version__}: {sum(delivered.values())} events of {len(schemas)} types in {objects} objects; "
        f"missing {sum(missing.values())}, foreign or doubled {sum(extra.values())}"
    )
    sys.exit(1 if missing or extra or not wanted else 0)


main()
