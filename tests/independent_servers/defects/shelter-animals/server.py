"""Animal shelter register: a bare ASGI application."""
import base64
import json
import os
import re
from urllib.parse import parse_qs

import uvicorn

DEFECT = os.environ.get("DEFECT") == "1"
VOLUNTEERS = {"ann": "tabby-cat-4", "bob": "old-collie-9"}
SPECIES = ("dog", "cat", "rabbit", "other")

animals = {}
last_id = 0


class Problem(Exception):
    def __init__(self, status, title, headers=()):
        self.status, self.title, self.headers = status, title, list(headers)


def authenticate(headers):
    scheme, _, value = headers.get("authorization", "").partition(" ")
    try:
        user, _, password = base64.b64decode(value, validate=True).decode().partition(":")
    except ValueError:
        user = password = ""
    if scheme.lower() != "basic" or VOLUNTEERS.get(user) != password or not password:
        raise Problem(401, "User and password are missing or wrong", [(b"www-authenticate", b'Basic realm="shelter"')])


def good_name(v):
    return isinstance(v, str) and 1 <= len(v) <= 40


def good_species(v):
    return isinstance(v, str) and v in SPECIES


def good_weight(v):
    return v is None or isinstance(v, (int, float)) and not isinstance(v, bool) and 0 < v <= 200


def good_chip(v):
    return v is None or isinstance(v, str) and re.fullmatch("[0-9]{15}", v) is not None


def good_chip_patch(v):
    if DEFECT:
        v = v.strip()  # None has no strip()
    return good_chip(v)


def decode(raw, headers, checks, required=()):
    if headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise Problem(400, "Send JSON")

    def no(name):
        raise ValueError(name)
    try:
        data = json.loads(raw, parse_constant=no)
    except (ValueError, RecursionError):
        raise Problem(400, "The body is not JSON")
    if not isinstance(data, dict):
        raise Problem(400, "The body is not a JSON object")
    for k in required:
        if k not in data:
            raise Problem(400, f"{k} is missing")
    for k, v in data.items():
        if k not in checks:
            raise Problem(400, "There is a field that is not known")
        if not checks[k](v):
            raise Problem(400, f"{k} has a wrong value")
    return data


def handle(method, path, query, headers, raw):
    global last_id
    authenticate(headers)
    if path == "/animal":
        if method in ("GET", "HEAD"):
            rows = list(animals.values())
            if "species" in query:
                species = query["species"][0]
                if species not in SPECIES:
                    raise Problem(400, "species has a wrong value")
                rows = [a for a in rows if a["species"] == species]
            return 200, {"animals": rows}
        if method == "POST":
            data = decode(raw, headers, {"name": good_name, "species": good_species, "weight_kg": good_weight,
                                         "chip": good_chip}, ("name", "species"))
            last_id += 1
            animals[last_id] = {"id": last_id, "name": data["name"], "species": data["species"],
                                "weight_kg": data.get("weight_kg"), "chip": data.get("chip")}
            return 201, animals[last_id]
        raise Problem(405, "Method not allowed", [(b"allow", b"GET, HEAD, POST")])
    m = re.fullmatch("/animal/([^/]+)", path)
    if m is None:
        raise Problem(404, "Nothing is here")
    if method not in ("GET", "HEAD", "PATCH", "DELETE"):
        raise Problem(405, "Method not allowed", [(b"allow", b"GET, HEAD, PATCH, DELETE")])
    key = int(m[1]) if re.fullmatch("[1-9][0-9]{0,15}", m[1]) else None
    if key not in animals:
        raise Problem(404, "No animal has this id")
    if method == "DELETE":
        del animals[key]
        return 204, None
    if method == "PATCH":
        animals[key].update(decode(raw, headers, {"name": good_name, "weight_kg": good_weight, "chip": good_chip_patch}))
    return 200, animals[key]


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    raw, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        raw += message.get("body", b"")
        more = message.get("more_body", False)
    headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
    query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    kind, extra = b"application/json", []
    try:
        status, data = handle(scope["method"], scope["path"], query, headers, raw)
    except Problem as p:
        status, data, kind, extra = p.status, {"type": "about:blank", "title": p.title, "status": p.status}, b"application/problem+json", p.headers
    except Exception:
        status, data, kind = 500, {"type": "about:blank", "title": "Internal error", "status": 500}, b"application/problem+json"
    body = b"" if data is None else json.dumps(data).encode()
    if data is not None:
        extra = extra + [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": extra})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="warning", lifespan="off")
