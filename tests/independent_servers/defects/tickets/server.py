import json
import os
import re
import uuid

from flask import Blueprint, Flask, abort, jsonify, make_response, request
from werkzeug.exceptions import HTTPException

DEFECT = os.environ.get("DEFECT") == "1"
KEYS = {"dk-ann-90aa31", "dk-bob-41fe07"}
STATUS = ("open", "pending", "solved", "closed")
PRIORITY = ("low", "normal", "high", "urgent")
LOGIN = re.compile("[a-z]{1,20}")

bp = Blueprint("tickets", __name__)
tickets = {}


def fault(code, text, field=None, headers=None):
    d = {"fault": text}
    if field is not None:
        d["field"] = field
    abort(make_response(jsonify(d), code, headers or {}))


@bp.before_app_request
def key():
    if request.headers.get("X-Desk-Key") not in KEYS:
        fault(401, "key missing or unknown", headers={"WWW-Authenticate": "DeskKey"})


def reject(name):
    raise ValueError(name)


def payload(fields):
    if request.mimetype != "application/json":
        fault(415, "application/json is needed")
    try:
        data = json.loads(request.get_data(), parse_constant=reject)
    except (ValueError, RecursionError):
        fault(400, "the body is not JSON")
    if not isinstance(data, dict):
        fault(422, "an object is needed")
    for name in data:
        if name not in fields:
            fault(422, "unknown field", name)
    for name, (required, good) in fields.items():
        if name not in data:
            if required:
                fault(422, "this field is needed", name)
        elif not isinstance(data[name], str) or not good(data[name]):
            fault(422, "not an allowed value", name)
    return data


@bp.get("/tickets")
def search():
    a = request.args
    if "status" in a and a["status"] not in STATUS:
        fault(422, "not a status", "status")
    if "priority" in a and a["priority"] not in PRIORITY:
        fault(422, "not a priority", "priority")
    if "assignee" in a and not LOGIN.fullmatch(a["assignee"]):
        fault(422, "not a login", "assignee")
    found = []
    for t in list(tickets.values()):
        if "status" in a and t["status"] != a["status"]:
            continue
        if "priority" in a and t["priority"] != a["priority"]:
            continue
        if "assignee" in a and not DEFECT and t["assignee"] != a["assignee"]:
            continue
        found.append(t)
    return jsonify(items=found)


@bp.post("/tickets")
def open_ticket():
    data = payload({
        "subject": (True, lambda v: 3 <= len(v) <= 150),
        "body": (False, lambda v: len(v) <= 5000),
        "priority": (True, lambda v: v in PRIORITY),
        "assignee": (True, LOGIN.fullmatch),
    })
    t = {"ticketId": str(uuid.uuid4()), "body": "", "status": "open", **data}
    tickets[t["ticketId"]] = t
    return jsonify(t), 201


def find(ticket_id):
    return tickets.get(str(ticket_id)) or fault(404, "no such ticket")


@bp.get("/tickets/<uuid:ticket_id>")
def read(ticket_id):
    return jsonify(find(ticket_id))


@bp.delete("/tickets/<uuid:ticket_id>")
def delete(ticket_id):
    del tickets[find(ticket_id)["ticketId"]]
    return "", 204


@bp.put("/tickets/<uuid:ticket_id>/status")
def set_status(ticket_id):
    t = find(ticket_id)
    t["status"] = payload({"status": (True, lambda v: v in STATUS)})["status"]
    return jsonify(t)


app = Flask(__name__)
app.register_blueprint(bp)


@app.errorhandler(HTTPException)
def http_error(e):
    if e.response is not None:
        return e.response
    r = jsonify(fault=e.name)
    r.status_code = e.code
    if e.code == 405 and e.valid_methods:
        r.headers["Allow"] = ", ".join(e.valid_methods)
    return r


if __name__ == "__main__":
    app.run("127.0.0.1", int(os.environ["PORT"]))
