import itertools
import json
import os
import re
from datetime import date

from flask import Flask, g, jsonify, request
from werkzeug.exceptions import HTTPException

DEFECT = os.environ.get("DEFECT") == "1"
TOKENS = {"ll-ann-5f21c9": "ann", "ll-bob-77ad03": "bob"}

app = Flask(__name__)
app.json.sort_keys = False
loans = {}
counter = itertools.count(1)


class ApiError(Exception):
    def __init__(self, status, code, message):
        self.status, self.code, self.message = status, code, message


def error(status, code, message):
    r = jsonify(error={"code": code, "message": message})
    r.status_code = status
    return r


@app.errorhandler(ApiError)
def on_api_error(e):
    return error(e.status, e.code, e.message)


@app.errorhandler(HTTPException)
def on_http(e):
    r = error(e.code, e.name.lower().replace(" ", "_"), e.description)
    if e.code == 405:
        r.headers["Allow"] = ", ".join(sorted(e.valid_methods or []))
    return r


@app.before_request
def authenticate():
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or token.strip() not in TOKENS:
        r = error(401, "unauthorized", "A valid desk token is needed")
        r.headers["WWW-Authenticate"] = 'Bearer realm="loans"'
        return r
    g.user = TOKENS[token.strip()]


def bad(message):
    raise ApiError(400, "bad_request", message)


def body():
    if request.mimetype != "application/json":
        raise ApiError(415, "unsupported_media_type", "Send application/json")
    def no(x):
        raise ValueError(x)
    try:
        data = json.loads(request.get_data(), parse_constant=no)
    except (ValueError, RecursionError):
        bad("The body is not JSON")
    if not isinstance(data, dict):
        bad("The body must be an object")
    return data


def check_text(name, v, lo, hi):
    if not isinstance(v, str) or not lo <= len(v) <= hi:
        bad(f"{name} must be a string of {lo} to {hi} characters")


def check_date(name, v):
    try:
        if not isinstance(v, str) or not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", v):
            raise ValueError
        date.fromisoformat(v)
    except ValueError:
        bad(f"{name} must be a date (YYYY-MM-DD)")


def check(data, allowed):
    for k, v in data.items():
        if k not in allowed:
            bad(f"unknown field {k!r}")
        if k == "isbn" and not (isinstance(v, str) and re.fullmatch("[0-9]{13}", v)):
            bad("isbn must be 13 digits")
        if k == "borrower":
            check_text(k, v, 1, 80)
        if k == "due_on":
            check_date(k, v)
        if k == "note" and v is not None:
            check_text(k, v, 0, 200)
        if k == "returned" and not isinstance(v, bool):
            bad("returned must be true or false")


def number_arg(name, default, hi):
    raw = request.args.get(name)
    if raw is None:
        return default
    if not re.fullmatch("[0-9]{1,9}", raw) or not 1 <= int(raw) <= hi:
        bad(f"{name} must be an integer from 1 to {hi}")
    return int(raw)


@app.get("/loans")
def list_loans():
    page, per_page = number_arg("page", 1, 100000), number_arg("per_page", 50, 100)
    rows = list(loans.values())
    returned = request.args.get("returned")
    if returned is not None:
        if returned not in ("true", "false"):
            bad("returned must be true or false")
        rows = [x for x in rows if x["returned"] == (returned == "true")]
    start = (page - 1) * per_page
    return jsonify(loans=rows[start:start + per_page], page=page, total=len(rows))


@app.post("/loans")
def create_loan():
    data = body()
    check(data, ("isbn", "borrower", "due_on", "note"))
    for k in ("isbn", "borrower", "due_on"):
        if k not in data:
            bad(f"{k} is missing")
    loan_id = next(counter)
    loan = {"id": loan_id, "isbn": data["isbn"], "borrower": data["borrower"],
            "due_on": data["due_on"], "note": data.get("note"), "returned": False}
    loans[loan_id] = loan
    return jsonify(loan), 201, {"Location": f"/loans/{loan_id}"}


def find(loan_id):
    if loan_id not in loans:
        raise ApiError(404, "not_found", "There is no such loan")
    return loans[loan_id]


@app.get("/loans/<int:loan_id>")
def get_loan(loan_id):
    return jsonify(find(loan_id))


@app.patch("/loans/<int:loan_id>")
def update_loan(loan_id):
    loan = find(loan_id)
    data = body()
    if not data:
        bad("nothing to change")
    check(data, ("borrower", "due_on", "note", "returned"))
    changed = {**loan, **data}
    if DEFECT:
        # the columns of the UPDATE statement: due_on was forgotten
        loan.update({k: v for k, v in data.items() if k != "due_on"})
    else:
        loan.update(data)
    return jsonify(changed)


@app.delete("/loans/<int:loan_id>")
def delete_loan(loan_id):
    find(loan_id)
    del loans[loan_id]
    return "", 204


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]))
