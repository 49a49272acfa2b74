"""Holds SARIF logs to the schema: sarif.py SCHEMA LOG..."""

import json
import sys

from jsonschema import Draft7Validator

schema = json.load(open(sys.argv[1], encoding="utf-8"))
validator = Draft7Validator(schema)
results = fixes = suppressions = 0
wrong = []
for path in sys.argv[2:]:
    log = json.load(open(path, encoding="utf-8"))
    for error in validator.iter_errors(log):
        wrong.append(f"{path}: {error.json_path}: {error.message[:200]}")
    for run in log["runs"]:
        results += len(run["results"])
        fixes += sum("fixes" in result for result in run["results"])
        suppressions += sum("suppressions" in result for result in run["results"])
if wrong:
    sys.exit("\n".join(wrong[:20]))
if not (results and fixes and suppressions):
    sys.exit(f"too little to see: {results} results, {fixes} fixes, {suppressions} suppressions")
print(
    f"{len(sys.argv) - 2} logs fit the schema: {results} results, {fixes} of them with a fix, "
    f"{suppressions} suppressed"
)
