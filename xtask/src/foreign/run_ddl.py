"""Runs the statements of `bucketline schema ddl duckdb`, and compares every row with the input, field by field."""

import json
import pathlib
import struct
import sys
from collections import defaultdict

import duckdb

FLOATS = {"FLOAT"}


def extension():
    """DuckDB's reader of Avro, from its own package: the one that fits this release."""
    for folder in map(pathlib.Path, sys.path):
        found = list(folder.glob(f"duckdb_ext/extensions/v{duckdb.__version__}/*/avro.duckdb_extension"))
        if found:
            return found[0]
    sys.exit(f"there is no Avro reader for DuckDB {duckdb.__version__}")


def statements(path):
    lines = [line for line in pathlib.Path(path).read_text().splitlines() if not line.startswith("--")]
    parts = (part.strip() for part in "\n".join(lines).split(";\n"))
    return [part.rstrip(";") for part in parts if part and not part.startswith(("INSTALL", "LOAD", "CREATE SECRET"))]


def expected(path, workspace):
    events = defaultdict(dict)
    for line in pathlib.Path(path).read_text().splitlines():
        line = json.loads(line)
        if line["workspace"] == workspace:
            name = line["event_type"].lower().replace(".", "_").replace("-", "_")
            events[name][line["event"]["id"]] = line["event"]
    return events


def main(sql, source, workspace):
    connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    connection.execute(f"LOAD '{extension()}'")
    missing = set()
    for statement in statements(sql):
        view = statement.split('"')[1]
        # A version of which there is no object yet is left out, as the statements say.
        if "\nUNION ALL BY NAME\n" in statement:
            head, body = statement.split(" AS\n", 1)
            parts = [part for part in body.split("\nUNION ALL BY NAME\n") if part.split('"')[1] not in missing]
            statement = head + " AS\n" + "\nUNION ALL BY NAME\n".join(parts)
        try:
            connection.execute(statement)
        except duckdb.IOException as error:
            if "No files found" not in str(error) or not view.rsplit("_", 1)[1].isdigit():
                raise
            missing.add(view)
    rows = values = 0
    events = expected(source, workspace)
    for view, wanted in events.items():
        described = connection.execute(f'DESCRIBE "{view}"').fetchall()
        types = {name: of for name, of, *_ in described}
        seen = set()
        for row in connection.execute(f'SELECT * FROM "{view}"').fetchall():
            row = dict(zip(types, row))
            event = wanted[row["id"]]
            assert row["id"] not in seen, f"{view} {row['id']} is there twice"
            seen.add(row["id"])
            assert len(row.pop("date")) == 13 and row.pop("filename"), row
            assert set(event) <= set(row), f"{view}: columns are missing: {set(event) - set(row)}"
            for name, value in row.items():
                want = event.get(name)
                if types[name] in FLOATS and want is not None:
                    want = struct.unpack("f", struct.pack("f", want))[0]
                if isinstance(want, list) and isinstance(value, str):
                    value = json.loads(value)
                assert value == want, f"{view}.{name} of {row['id']}: {value!r} is not {want!r}"
                values += 1
            rows += 1
        assert len(seen) == len(wanted), f"{view}: {len(seen)} rows of {len(wanted)}"
    print(f"{rows} rows in {len(events)} tables, {values} values")


if __name__ == "__main__":
    main(*sys.argv[1:])
