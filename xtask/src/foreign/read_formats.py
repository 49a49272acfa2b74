"""Reads objects of every format with software that had no part in writing them, and compares each event with the input.

usage: read_formats.py READER... -- SCHEMAS EVENTS.ndjson OBJECTS
READER is one of fastavro, polars, pyarrow, duckdb and duckdb-avro; OBJECTS holds a folder FORMAT-CODEC for each connector.
Every event has to be in the objects of each format exactly once, with equal values. One line of JSON for each reader, format and codec.
"""

import collections
import glob
import json
import os
import struct
import sys

PACKED = {"gzip": "gzip", "zstandard": "zstd", "null": None}


class Skip(Exception):
    """A reader that does not read this kind of object, and says so of itself."""


def kind(avro_type):
    """The type without null, and whether null is allowed."""
    if isinstance(avro_type, list):
        (other,) = [branch for branch in avro_type if branch != "null"]
        return other, True
    return avro_type, False


def read_fastavro(path, schema, codec):
    import fastavro

    with open(path, "rb") as file:
        return list(fastavro.reader(file))


def read_polars(path, schema, codec):
    import polars

    if codec == "zstandard":
        raise Skip("polars reads Avro with deflate and Snappy, not with Zstandard")
    return polars.read_avro(path).to_dicts()


def arrow_schema(schema, lists_are_text):
    import pyarrow

    plain = {
        "string": pyarrow.string(),
        "int": pyarrow.int32(),
        "long": pyarrow.int64(),
        "float": pyarrow.float32(),
        "double": pyarrow.float64(),
        "boolean": pyarrow.bool_(),
    }

    def arrow(avro_type):
        other, _ = kind(avro_type)
        if isinstance(other, dict):
            assert other["type"] == "array", other
            return pyarrow.string() if lists_are_text else pyarrow.list_(arrow(other["items"]))
        return plain[other]

    return pyarrow.schema([(field["name"], arrow(field["type"])) for field in schema["fields"]])


def read_pyarrow_parquet(path, schema, codec):
    import pyarrow.parquet

    # One file, whatever the folders above it are called.
    table = pyarrow.parquet.ParquetFile(path).read()
    assert {str(field.type).replace("element: ", "item: ") for field in table.schema} <= {
        "string", "int32", "int64", "float", "double", "bool", "list<item: string>", "list<item: string not null>",
    }, table.schema
    return table.to_pylist()


def read_pyarrow_csv(path, schema, codec):
    import pyarrow.csv

    with pyarrow.input_stream(path, compression=PACKED[codec]) as stream:
        table = pyarrow.csv.read_csv(
            stream,
            parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=arrow_schema(schema, True),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )
    return texts_to_lists(table.to_pylist(), schema)


def read_pyarrow_ndjson(path, schema, codec):
    import pyarrow.json

    with pyarrow.input_stream(path, compression=PACKED[codec]) as stream:
        options = pyarrow.json.ParseOptions(explicit_schema=arrow_schema(schema, False))
        return pyarrow.json.read_json(stream, parse_options=options).to_pylist()


def duckdb_columns(schema, lists_are_text):
    plain = {
        "string": "VARCHAR",
        "int": "INTEGER",
        "long": "BIGINT",
        "float": "FLOAT",
        "double": "DOUBLE",
        "boolean": "BOOLEAN",
    }

    def sql(avro_type):
        other, _ = kind(avro_type)
        if isinstance(other, dict):
            return "VARCHAR" if lists_are_text else sql(other["items"]) + "[]"
        return plain[other]

    columns = [f"'{field['name']}': '{sql(field['type'])}'" for field in schema["fields"]]
    return "{" + ", ".join(columns) + "}"


def duckdb_rows(statement, connection=None):
    import duckdb

    connection = connection or duckdb.connect()
    result = connection.execute(statement)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row)) for row in result.fetchall()]


def read_duckdb_parquet(path, schema, codec):
    return duckdb_rows(f"SELECT * FROM read_parquet('{path}', hive_partitioning = false)")


def read_duckdb_csv(path, schema, codec):
    packed = PACKED[codec] or "none"
    rows = duckdb_rows(
        f"SELECT * FROM read_csv('{path}', auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', "
        f"nullstr = '', allow_quoted_nulls = false, compression = '{packed}', hive_partitioning = false, "
        f"columns = {duckdb_columns(schema, True)})"
    )
    return texts_to_lists(rows, schema)


def read_duckdb_ndjson(path, schema, codec):
    packed = PACKED[codec] or "uncompressed"
    return duckdb_rows(
        f"SELECT * FROM read_json('{path}', format = 'newline_delimited', compression = '{packed}', "
        f"hive_partitioning = false, columns = {duckdb_columns(schema, False)})"
    )


def read_duckdb_avro(path, schema, codec):
    import duckdb
    import duckdb_ext

    if codec == "zstandard":
        raise Skip("DuckDB's extension reads Avro with deflate and Snappy, not with Zstandard")
    (extension,) = glob.glob(os.path.join(list(duckdb_ext.__path__)[0], "extensions/*/*/avro.duckdb_extension"))
    connection = duckdb.connect()
    connection.execute(f"LOAD '{extension}'")
    # By name, since it adds columns for what looks like a partition in the path.
    names = ", ".join('"' + field["name"] + '"' for field in schema["fields"])
    return duckdb_rows(f"SELECT {names} FROM read_avro('{path}')", connection)


READERS = {
    ("fastavro", "avro"): read_fastavro,
    ("polars", "avro"): read_polars,
    ("pyarrow", "parquet"): read_pyarrow_parquet,
    ("pyarrow", "csv"): read_pyarrow_csv,
    ("pyarrow", "csv-guarded"): read_pyarrow_csv,
    ("pyarrow", "ndjson"): read_pyarrow_ndjson,
    ("duckdb", "parquet"): read_duckdb_parquet,
    ("duckdb", "csv"): read_duckdb_csv,
    ("duckdb", "csv-guarded"): read_duckdb_csv,
    ("duckdb", "ndjson"): read_duckdb_ndjson,
    ("duckdb-avro", "avro"): read_duckdb_avro,
}


def texts_to_lists(rows, schema):
    """In CSV, a list is its JSON."""
    lists = [field["name"] for field in schema["fields"] if isinstance(kind(field["type"])[0], dict)]
    for row in rows:
        for name in lists:
            row[name] = None if row[name] is None else json.loads(row[name])
    return rows


def as_float32(value):
    return struct.unpack("<f", struct.pack("<f", value))[0]


def guarded(text):
    """What a guard against formulas makes of a text."""
    return "'" + text if text.lstrip("'").startswith(("=", "+", "-", "@", "\t", "\r")) else text


def canonical(event, schema, is_guarded=False):
    """An event as the schema's fields: absent optional fields are null, floats are rounded to 32 bits."""
    fields = {}
    for field in schema["fields"]:
        value = event.get(field["name"])
        other, _ = kind(field["type"])
        if other == "float" and value is not None:
            value = as_float32(value)
        if is_guarded and other == "string" and value is not None:
            value = guarded(value)
        fields[field["name"]] = value
    unknown = set(event) - set(fields)
    assert not unknown, f"fields that are not in the schema: {unknown}"
    return json.dumps(fields, sort_keys=True)


def main():
    split = sys.argv.index("--")
    wanted_readers, (schemas_folder, events_file, objects) = sys.argv[1:split], sys.argv[split + 1 :]
    schemas = {}

    def schema_of(event_type, number):
        if (event_type, number) not in schemas:
            with open(os.path.join(schemas_folder, event_type, f"{number}.avsc"), encoding="utf-8") as text:
                schemas[event_type, number] = json.load(text)
        return schemas[event_type, number]

    newest = {
        entry: max(int(file.removesuffix(".avsc")) for file in os.listdir(os.path.join(schemas_folder, entry)))
        for entry in os.listdir(schemas_folder)
        if os.path.isdir(os.path.join(schemas_folder, entry))
    }
    with open(events_file, encoding="utf-8") as lines:
        envelopes = [json.loads(line) for line in lines]
    failed = False
    for folder in sorted(os.listdir(objects)):
        format_name, codec = folder.rsplit("-", 1)
        paths = [
            path
            for path in glob.glob(os.path.join(objects, folder, "**", "dataexport*"), recursive=True)
            if os.path.isfile(path) and "_bucketline" not in path
        ]
        for reader in wanted_readers:
            read = READERS.get((reader, format_name))
            if read is None:
                continue
            said = {"reader": reader, "format": format_name, "codec": codec, "objects": len(paths)}
            try:
                found = collections.Counter()
                for path in paths:
                    event_type = path.split("event_type=")[1].split("/")[0]
                    number = path.split("/date=")[1].split("/")[1]
                    for row in read(path, schema_of(event_type, number), codec):
                        found[event_type, json.dumps(row, sort_keys=True)] += 1
                is_guarded = format_name == "csv-guarded"
                wanted = collections.Counter(
                    (
                        envelope["event_type"],
                        canonical(envelope["event"], schema_of(envelope["event_type"], newest[envelope["event_type"]]), is_guarded),
                    )
                    for envelope in envelopes
                )
                missing, extra = wanted - found, found - wanted
                for what, events in (("missing", missing), ("not in the input, or doubled", extra)):
                    for event in list(events)[:2]:
                        print(reader, format_name, codec, what, event, file=sys.stderr)
                said.update(
                    events=sum(found.values()),
                    types=len({event_type for event_type, _ in found}),
                    missing=sum(missing.values()),
                    extra=sum(extra.values()),
                )
                failed |= bool(missing or extra or not wanted)
            except Skip as skip:
                said["skipped"] = str(skip)
            except Exception as error:  # whatever a reader makes of an object, the others are asked too
                said["failed"] = f"{type(error).__name__}: {error}"[:300]
                failed = True
            print(json.dumps(said), flush=True)
    sys.exit(1 if failed else 0)


main()
