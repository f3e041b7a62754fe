import itertools
import json
import os
import re
from datetime import date

import jsonschema
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

DEFECT = os.environ.get("DEFECT") == "1"

formats = jsonschema.FormatChecker(formats=())


@formats.checks("day")
def is_day(v):
    if not isinstance(v, str):
        return True
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", v):
        return False
    try:
        date.fromisoformat(v)
    except ValueError:
        return False
    return True


HIVE = jsonschema.Draft202012Validator({
    "type": "object",
    "required": ["name", "type"],
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 30},
        "type": {"enum": ["langstroth", "dadant", "warre", "top-bar"]},
        "place": {"type": "string", "maxLength": 100},
    },
})
INSPECTION = jsonschema.Draft202012Validator({
    "type": "object",
    "required": ["date", "queen-seen", "brood-frames"],
    "properties": {
        "date": {"type": "string", "format": "day"},
        "queen-seen": {"type": "boolean"},
        "brood-frames": {"type": "integer", "minimum": 0, "maximum": 30},
    },
}, format_checker=formats)


class Hives:
    def __init__(self):
        self.rows = {}
        self.inspections = {}
        self.ids = itertools.count(1)

    def save(self, hive):
        """Insert or overwrite a hive (INSERT OR REPLACE, with ON DELETE CASCADE for what hangs on it)."""
        self.rows[hive["id"]] = hive
        if DEFECT or hive["id"] not in self.inspections:
            self.inspections[hive["id"]] = []
        return hive


db = Hives()
app = Flask(__name__)


def reply(data, status=200, **headers):
    return Response(json.dumps(data) + "\n", status, headers, mimetype="application/json")


def problem(status, *errors, **headers):
    return reply({"errors": list(errors)}, status, **headers)


class Stop(Exception):
    def __init__(self, response):
        self.response = response


app.register_error_handler(Stop, lambda e: e.response)


@app.errorhandler(HTTPException)
def http(e):
    extra = {"Allow": ", ".join(e.valid_methods)} if getattr(e, "valid_methods", None) else {}
    return problem(e.code, e.name, **extra)


def unwanted(name):
    raise ValueError(name)


def read(validator):
    if request.mimetype != "application/json":
        raise Stop(problem(400, "The content type must be application/json"))
    try:
        data = json.loads(request.data, parse_constant=unwanted)
    except (ValueError, RecursionError):
        raise Stop(problem(400, "The body is not JSON"))
    errors = [e.message for e in validator.iter_errors(data)]
    if errors:
        raise Stop(problem(400, *errors))
    return data


def find(hive_id):
    if hive_id not in db.rows:
        raise Stop(problem(404, "There is no hive with this id"))
    return db.rows[hive_id]


def hive_of(hive_id, data):
    return {"id": hive_id, "name": data["name"], "type": data["type"], "place": data.get("place", "")}


@app.route("/api/hives", methods=["GET", "POST"])
def hives():
    if request.method == "POST":
        hive = hive_of(next(db.ids), read(HIVE))
        return reply(db.save(hive), 201)
    return reply(list(db.rows.values()))


@app.route("/api/hives/<int:hive_id>", methods=["GET", "PUT", "DELETE"])
def hive(hive_id):
    current = find(hive_id)
    if request.method == "PUT":
        data = read(HIVE)
        find(hive_id)  # it may be deleted while the body arrives
        return reply(db.save(hive_of(hive_id, data)))
    if request.method == "DELETE":
        del db.rows[hive_id], db.inspections[hive_id]
        return Response(status=204)
    return reply(current)


@app.route("/api/hives/<int:hive_id>/inspections", methods=["GET", "POST"])
def inspections(hive_id):
    find(hive_id)
    rows = db.inspections[hive_id]
    if request.method == "POST":
        data = read(INSPECTION)
        rows.append({"nr": len(rows) + 1, "date": data["date"], "queen-seen": data["queen-seen"],
                     "brood-frames": int(data["brood-frames"])})
        return reply(rows[-1], 201)
    return reply(rows)


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]), threaded=True)
