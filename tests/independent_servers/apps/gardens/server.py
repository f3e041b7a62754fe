"""Allotment planner API (Flask)."""
import hmac
import json
import math
import os
import re
import threading
from datetime import date, datetime, timezone

from flask import Flask, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException

BUG = os.environ.get("BUG", "")
app = Flask(__name__)
lock = threading.RLock()

API_KEYS = {"gk-ann-41c09be2d7": "ann", "gk-bob-9f7715aa30": "bob"}
CLIMATES = ("oceanic", "continental", "mediterranean", "alpine")
SUN = ("full", "partial", "shade")

gardens = {}
beds = {}
seq = {"garden": 0, "bed": 0}


class ApiError(Exception):
    def __init__(self, status, code, message, fields=None, headers=None):
        self.status, self.code, self.message = status, code, message
        self.fields, self.headers = fields, headers or {}


@app.errorhandler(ApiError)
def on_api_error(e):
    err = {"code": e.code, "message": e.message}
    if e.fields:
        err["fields"] = e.fields
    r = jsonify(error=err)
    r.status_code = e.status
    r.headers.update(e.headers)
    return r


@app.errorhandler(HTTPException)
def on_http_error(e):
    r = jsonify(error={"code": re.sub(r"[^a-z]+", "_", e.name.lower()), "message": e.description})
    r.status_code = e.code
    for k, v in e.get_headers():
        if k.lower() in ("allow", "retry-after"):
            r.headers[k] = v
    return r


@app.before_request
def authenticate():
    if request.endpoint in (None, "health", "static"):
        return
    if request.routing_exception is not None:
        return
    key = request.headers.get("X-Api-Key", "")
    g.user = None
    for known, user in API_KEYS.items():
        if hmac.compare_digest(known.encode(), key.encode("utf-8", "replace")):
            g.user = user
    if g.user is None:
        raise ApiError(401, "unauthorized", "Missing or unknown API key.",
                       headers={"WWW-Authenticate": 'ApiKey realm="gardens"'})


# ---------------------------------------------------------------- validation
def bad_constant(name):
    raise ValueError(name)


def read_object():
    if request.mimetype != "application/json":
        raise ApiError(415, "unsupported_media_type", "Send application/json.")
    try:
        data = json.loads(request.get_data().decode("utf-8"), parse_constant=bad_constant)
    except (ValueError, RecursionError):
        raise ApiError(400, "malformed_json", "The body is not valid JSON.")
    if not isinstance(data, dict):
        raise ApiError(422, "validation_failed", "The body must be an object.")
    return data


def text(lo, hi, null=False):
    def check(v):
        if v is None and null:
            return None
        if not isinstance(v, str):
            raise ValueError("must be a string")
        if not lo <= len(v) <= hi:
            raise ValueError(f"must have {lo} to {hi} characters")
        return v
    return check


def choice(options):
    def check(v):
        if not isinstance(v, str) or v not in options:
            raise ValueError("must be one of " + ", ".join(options))
        return v
    return check


def boolean(v):
    if not isinstance(v, bool):
        raise ValueError("must be true or false")
    return v


def number(lo, hi):
    def check(v):
        if isinstance(v, bool) or not isinstance(v, (int, float)) or (isinstance(v, float) and not math.isfinite(v)):
            raise ValueError("must be a number")
        if not lo <= v <= hi:
            raise ValueError(f"must be between {lo} and {hi}")
        return v
    return check


def day(null=False):
    def check(v):
        if v is None and null:
            return None
        if not isinstance(v, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", v):
            raise ValueError("must be a date (YYYY-MM-DD)")
        date.fromisoformat(v)
        return v
    return check


REQUIRED = object()
GARDEN = {
    "name": (text(1, 60), REQUIRED),
    "description": (text(0, 500, null=True), None),
    "climate": (choice(CLIMATES), REQUIRED),
    "is_public": (boolean, False),
}
BED = {
    "label": (text(1, 40), REQUIRED),
    "length_m": (number(0.1, 100), REQUIRED),
    "width_m": (number(0.1, 100), REQUIRED),
    "sun": (choice(SUN), "full"),
    "crop": (text(1, 80, null=True), None),
    "planted_on": (day(null=True), None),
}


def clean(data, spec, partial=False):
    errors, out = {}, {}
    for k in data:
        if k not in spec:
            errors[k.encode("ascii", "backslashreplace").decode()] = "unknown field"
    for k, (check, default) in spec.items():
        if k in data:
            try:
                if BUG == "patch_name_unchecked" and partial and k == "name" and isinstance(data[k], str):
                    out[k] = data[k]
                    continue
                out[k] = check(data[k])
            except ValueError as e:
                errors[k] = str(e)
        elif not partial:
            if default is REQUIRED:
                errors[k] = "is required"
            else:
                out[k] = default
                if BUG == "sun_default_partial" and k == "sun":
                    out[k] = "partial"
    if errors:
        raise ApiError(422, "validation_failed", "Some fields are not valid.", errors)
    return out


def int_arg(name, default, lo, hi=None):
    raw = request.args.get(name)
    if raw is None:
        return default
    if not re.fullmatch(r"-?[0-9]+", raw) or len(raw) > 18 or int(raw) < lo or (hi is not None and int(raw) > hi):
        raise ApiError(400, "bad_parameter", f"{name} is out of range or not an integer.")
    return int(raw)


def enum_arg(name, options, default=None):
    raw = request.args.get(name)
    if raw is None:
        return default
    if raw not in options:
        raise ApiError(400, "bad_parameter", f"{name} must be one of {', '.join(options)}.")
    return raw


# ------------------------------------------------------------------- lookups
def now():
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def garden_or_404(raw, check_owner=True):
    row = gardens.get(int(raw)) if re.fullmatch(r"[0-9]{1,15}", raw) else None
    if row is None or (check_owner and row["owner"] != g.user):
        raise ApiError(404, "not_found", "No such garden.")
    return row


def bed_or_404(garden, raw):
    row = beds.get(int(raw)) if re.fullmatch(r"[0-9]{1,15}", raw) else None
    if row is None or row["garden_id"] != garden["id"]:
        raise ApiError(404, "not_found", "No such bed.")
    return row


def beds_of(garden):
    return [b for b in beds.values() if b["garden_id"] == garden["id"]]


def show_garden(row):
    return dict(row)


def show_bed(row):
    out = dict(row, area_m2=round(row["length_m"] * row["width_m"], 4))
    if BUG == "crop_missing_when_empty" and out["crop"] is None:
        del out["crop"]
    return out


# -------------------------------------------------------------------- routes
@app.get("/health")
def health():
    return jsonify(status="ok")


@app.get("/gardens")
def list_gardens():
    limit = int_arg("limit", 20, 1, 100)
    offset = int_arg("offset", 0, 0, 1_000_000)
    climate = enum_arg("climate", CLIMATES)
    sort = enum_arg("sort", ("id", "-id", "name", "-name"), "id")
    with lock:
        mine = [x for x in gardens.values() if x["owner"] == g.user]
        rows = [x for x in mine if climate is None or x["climate"] == climate]
        key = sort.lstrip("-")
        rows.sort(key=lambda x: x["id"])
        rows.sort(key=lambda x: x[key], reverse=sort.startswith("-"))
        total = len(rows)
        if BUG == "total_ignores_filter":
            total = len(mine)
        return jsonify(items=[show_garden(x) for x in rows[offset:offset + limit]],
                       total=total, limit=limit, offset=offset)


@app.post("/gardens")
def create_garden():
    data = clean(read_object(), GARDEN)
    with lock:
        seq["garden"] += 1
        row = {"id": seq["garden"], "owner": g.user, **data, "bed_count": 0, "created_at": now()}
        gardens[row["id"]] = row
        r = jsonify(show_garden(row))
    r.status_code = 201
    r.headers["Location"] = f"/gardens/{row['id']}"
    return r


@app.get("/gardens/<garden_id>")
def get_garden(garden_id):
    with lock:
        return jsonify(show_garden(garden_or_404(garden_id)))


@app.put("/gardens/<garden_id>")
def replace_garden(garden_id):
    with lock:
        row = garden_or_404(garden_id, check_owner=BUG != "put_any_garden")
        row.update(clean(read_object(), GARDEN))
        return jsonify(show_garden(row))


@app.patch("/gardens/<garden_id>")
def edit_garden(garden_id):
    with lock:
        row = garden_or_404(garden_id)
        body = read_object()
        data = clean(body, GARDEN, partial=True)
        if BUG == "patch_resets_description" and "description" not in data:
            data["description"] = body.get("description")
        row.update(data)
        return jsonify(show_garden(row))


@app.delete("/gardens/<garden_id>")
def delete_garden(garden_id):
    with lock:
        row = garden_or_404(garden_id)
        for b in beds_of(row):
            del beds[b["id"]]
        del gardens[row["id"]]
    return "", 204


@app.get("/gardens/<garden_id>/summary")
def garden_summary(garden_id):
    with lock:
        row = garden_or_404(garden_id)
        own = beds_of(row)
        return jsonify(garden_id=row["id"], beds=len(own), planted_beds=sum(b["crop"] is not None for b in own),
                       area_m2=round(sum(b["length_m"] * b["width_m"] for b in own), 4),
                       by_sun={s: sum(b["sun"] == s for b in own) for s in SUN})


@app.get("/gardens/<garden_id>/beds")
def list_beds(garden_id):
    with lock:
        garden = garden_or_404(garden_id, check_owner=BUG != "beds_of_anyone")
        limit = int_arg("limit", 20, 1, 100)
        offset = int_arg("offset", 0, 0, 1_000_000)
        sun = enum_arg("sun", SUN)
        rows = [b for b in beds_of(garden) if sun is None or b["sun"] == sun]
        return jsonify(items=[show_bed(b) for b in rows[offset:offset + limit]],
                       total=len(rows), limit=limit, offset=offset)


@app.post("/gardens/<garden_id>/beds")
def create_bed(garden_id):
    with lock:
        garden = garden_or_404(garden_id)
        data = clean(read_object(), BED)
        if any(b["label"] == data["label"] for b in beds_of(garden)):
            raise ApiError(409, "label_taken", "The garden has a bed with this label.")
        seq["bed"] += 1
        row = {"id": seq["bed"], "garden_id": garden["id"], **data}
        beds[row["id"]] = row
        garden["bed_count"] += 1
        r = jsonify(show_bed(row))
    r.status_code = 201
    r.headers["Location"] = f"/gardens/{garden['id']}/beds/{row['id']}"
    return r


@app.get("/gardens/<garden_id>/beds/<bed_id>")
def get_bed(garden_id, bed_id):
    with lock:
        return jsonify(show_bed(bed_or_404(garden_or_404(garden_id), bed_id)))


def write_bed(garden_id, bed_id, partial):
    with lock:
        garden = garden_or_404(garden_id)
        row = bed_or_404(garden, bed_id)
        data = clean(read_object(), BED, partial)
        if "label" in data and any(b["label"] == data["label"] and b is not row for b in beds_of(garden)):
            raise ApiError(409, "label_taken", "The garden has a bed with this label.")
        row.update(data)
        return jsonify(show_bed(row))


@app.put("/gardens/<garden_id>/beds/<bed_id>")
def replace_bed(garden_id, bed_id):
    return write_bed(garden_id, bed_id, False)


@app.patch("/gardens/<garden_id>/beds/<bed_id>")
def edit_bed(garden_id, bed_id):
    return write_bed(garden_id, bed_id, True)


@app.delete("/gardens/<garden_id>/beds/<bed_id>")
def delete_bed(garden_id, bed_id):
    with lock:
        garden = garden_or_404(garden_id)
        row = bed_or_404(garden, bed_id)
        del beds[row["id"]]
        if BUG != "bed_count_not_lowered":
            garden["bed_count"] -= 1
    return "", 204


if __name__ == "__main__":
    app.run("127.0.0.1", int(os.environ.get("PORT", "8000")), threaded=True)
