"""Parcel desk: a plain ASGI application, no framework."""
import hashlib
import json
import os
import re
from datetime import datetime, timezone
from urllib.parse import parse_qs, urlencode

BUG = os.environ.get("BUG", "")

KEYS = {
    "pk-7b1e-ann-0c44": {"login": "ann", "role": "dispatcher"},
    "pk-91fa-bob-d2e7": {"login": "bob", "role": "sender"},
}
parcels = {}
by_sender = {"ann": [], "bob": []}
depots = {
    "HAM": {"code": "HAM", "name": "Hamburg Harbour", "city": "Hamburg"},
    "RTM": {"code": "RTM", "name": "Rotterdam Maasvlakte", "city": "Rotterdam"},
}
read_cache = {}
last_no = 0
SERVICES = ("standard", "express")
STATUSES = ("registered", "in-transit", "delivered", "lost")
STATUS_OF = {"collected": "in-transit", "arrived": "in-transit", "departed": "in-transit", "delivered": "delivered", "lost": "lost"}


class Problem(Exception):
    def __init__(self, status, title, detail=None, headers=(), invalid=None):
        self.status, self.title, self.detail, self.headers, self.invalid = status, title, detail, list(headers), invalid


# ------------------------------------------------------------------ checking
class Bad(Exception):
    pass


def string(lo, hi, pattern=None, null=False):
    def run(v, where):
        if v is None and null:
            return v
        if not isinstance(v, str):
            raise Bad(f"{where}: expected a string")
        if not lo <= len(v) <= hi or (pattern and not re.fullmatch(pattern, v)):
            raise Bad(f"{where}: not of the documented form")
        return v
    return run


def whole(lo, hi):
    def run(v, where):
        if BUG != "weight_string_crashes":
            if isinstance(v, float) and v.is_integer():
                v = int(v)
            if isinstance(v, bool) or not isinstance(v, int):
                raise Bad(f"{where}: expected an integer")
        if v < lo or v > hi:
            raise Bad(f"{where}: expected {lo} to {hi}")
        return v
    return run


def choice(options):
    def run(v, where):
        if not isinstance(v, str) or v not in options:
            raise Bad(f"{where}: expected one of {', '.join(options)}")
        return v
    return run


def record(fields, required, partial=False):
    def run(v, where):
        if not isinstance(v, dict):
            raise Bad(f"{where}: expected an object")
        for k in v:
            if k not in fields:
                raise Bad(f"{where}: unknown member")
        for k in () if partial else required:
            if k not in v:
                raise Bad(f"{where}/{k}: is required")
        return {k: fields[k](x, f"{where}/{k}") for k, x in v.items()}
    return run


ADDRESS = record({
    "name": string(0 if BUG == "blank_recipient_accepted" else 1, 80),
    "street": string(1, 120), "city": string(1, 80), "postcode": string(3, 10, "[A-Z0-9 -]+"),
}, ("name", "street", "city", "postcode"))
PARCEL_FIELDS = {
    "recipient": ADDRESS, "weightGrams": whole(1, 30000), "service": choice(SERVICES),
    "reference": string(1, 40, null=True),
}
PARCEL = record(PARCEL_FIELDS, ("recipient", "weightGrams"))
PARCEL_PATCH = record(PARCEL_FIELDS, (), partial=True)
PARCEL_DEFAULTS = {"service": "standard", "reference": None}
EVENT = record({"kind": choice(tuple(STATUS_OF)), "depot": string(3, 3, "[A-Z]{3}", null=True), "note": string(0, 200, null=True)}, ("kind",))
DEPOT = record({"code": string(3, 3, "[A-Z]{3}"), "name": string(1, 80), "city": string(1, 80)}, ("code", "name", "city"))


def no_constant(name):
    raise ValueError(name)


class Request:
    def __init__(self, scope, body):
        self.method, self.path = scope["method"], scope["path"]
        self.headers = {}
        for k, v in scope["headers"]:
            self.headers.setdefault(k.decode("latin-1").lower(), v.decode("latin-1"))
        self.query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        self.body = body
        self.user = None

    def arg(self, name):
        return self.query[name][-1] if name in self.query else None

    def int_arg(self, name, default, lo, hi):
        raw = self.arg(name)
        if raw is None:
            return default
        if not re.fullmatch("[0-9]{1,9}", raw) or not lo <= int(raw) <= hi:
            raise Problem(400, "Bad query parameter", f"{name} must be an integer from {lo} to {hi}")
        return int(raw)

    def choice_arg(self, name, options, default=None):
        raw = self.arg(name)
        if raw is None:
            return default
        if raw not in options:
            raise Problem(400, "Bad query parameter", f"{name} must be one of {', '.join(options)}")
        return raw

    def json(self, check):
        if self.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
            raise Problem(415, "Unsupported media type", "Send application/json")
        try:
            data = json.loads(self.body.decode("utf-8"), parse_constant=no_constant)
        except (ValueError, RecursionError):
            raise Problem(400, "Malformed JSON") from None
        try:
            return check(data, "")
        except Bad as e:
            raise Problem(422, "Invalid input", str(e)) from None


# ------------------------------------------------------------------- helpers
def reply(status, data=None, headers=()):
    return status, data, list(headers)


def now():
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def show(p):
    return {k: p[k] for k in ("trackingId", "sender", "recipient", "weightGrams", "service", "reference", "status", "createdAt")} | {"eventCount": len(p["events"])}


def mine(req, tracking_id):
    p = parcels.get(tracking_id)
    if p is None or p["sender"] != req.user["login"]:
        raise Problem(404, "Not found", "You have no such parcel")
    return p


def only_dispatchers(req):
    if req.user["role"] != "dispatcher":
        raise Problem(403, "Forbidden", "Only dispatchers may do this")


def paged(req, rows, path):
    page, size = req.int_arg("page", 1, 1, 100000), req.int_arg("size", 20, 1, 100)
    last = max(1, -(-len(rows) // size))
    start = (page - 1) * size
    if BUG == "later_pages_skip_one" and page > 1:
        start += 1

    def link(n, rel):
        q = {k: v[-1] for k, v in req.query.items()} | {"page": n, "size": size}
        return f'<{path}?{urlencode(q)}>; rel="{rel}"'

    links = [link(1, "first")]
    if page > 1:
        links.append(link(min(page - 1, last), "prev"))
    if page < last:
        links.append(link(page + 1, "next"))
    links.append(link(last, "last"))
    return rows[start:start + size], [("link", ", ".join(links)), ("x-total-count", str(len(rows)))]


# ------------------------------------------------------------------ handlers
def whoami(req):
    out = {"login": req.user["login"], "role": req.user["role"]}
    if BUG == "whoami_shows_key_hash":
        key = req.headers["x-courier-key"]
        out["keyHash"] = hashlib.sha256(key.encode()).hexdigest()
    return reply(200, out)


def list_parcels(req):
    status = req.choice_arg("status", STATUSES)
    service = req.choice_arg("service", SERVICES)
    sort = req.choice_arg("sort", ("created", "-created", "weight", "-weight"), "created")
    rows = list(by_sender[req.user["login"]])
    if status:
        rows = [p for p in rows if p["status"] == status]
    if service:
        rows = [p for p in rows if p["service"] == service]
    if sort == "-created":
        rows.reverse()
    elif sort != "created":
        rows.sort(key=lambda p: p["weightGrams"], reverse=sort == "-weight")
    rows, headers = paged(req, rows, "/parcels")
    return reply(200, [show(p) for p in rows], headers)


def create_parcel(req):
    global last_no
    data = req.json(PARCEL)
    last_no += 1
    p = {"trackingId": f"PX-{last_no:06d}", "sender": req.user["login"], **PARCEL_DEFAULTS, **data,
         "status": "registered", "createdAt": now(), "events": []}
    parcels[p["trackingId"]] = p
    by_sender[p["sender"]].append(p)
    return reply(201, show(p), [("location", f"/parcels/{p['trackingId']}")])


def get_parcel(req, tracking_id):
    p = mine(req, tracking_id)
    if BUG == "read_stale_after_patch":
        return reply(200, read_cache.setdefault(tracking_id, show(p)))
    return reply(200, show(p))


def put_parcel(req, tracking_id):
    p = mine(req, tracking_id)
    p.update(PARCEL_DEFAULTS | req.json(PARCEL))
    read_cache.pop(tracking_id, None)
    return reply(200, show(p))


def patch_parcel(req, tracking_id):
    p = mine(req, tracking_id)
    p.update(req.json(PARCEL_PATCH))
    return reply(200, show(p))


def delete_parcel(req, tracking_id):
    p = mine(req, tracking_id)
    del parcels[tracking_id]
    read_cache.pop(tracking_id, None)
    if BUG != "deleted_still_listed":
        by_sender[p["sender"]].remove(p)
    return reply(204)


def list_events(req, tracking_id):
    p = mine(req, tracking_id)
    rows, headers = paged(req, p["events"], f"/parcels/{tracking_id}/events")
    return reply(200, rows, headers)


def create_event(req, tracking_id):
    p = mine(req, tracking_id)
    data = {"depot": None, "note": None} | req.json(EVENT)
    if data["depot"] is not None and data["depot"] not in depots:
        raise Problem(422, "Invalid input", "/depot: no such depot")
    if p["status"] in ("delivered", "lost"):
        raise Problem(409, "Parcel is closed", "A delivered or lost parcel takes no further events")
    event = {"eventNo": len(p["events"]) + 1, **data, "at": now()}
    p["events"].append(event)
    p["status"] = STATUS_OF[event["kind"]]
    read_cache.pop(tracking_id, None)
    return reply(201, event, [("location", f"/parcels/{tracking_id}/events/{event['eventNo']}")])


def get_event(req, tracking_id, event_no):
    p = mine(req, tracking_id)
    if not re.fullmatch("[1-9][0-9]{0,8}", event_no) or int(event_no) > len(p["events"]):
        raise Problem(404, "Not found", "The parcel has no such event")
    return reply(200, p["events"][int(event_no) - 1])


def list_depots(req):
    rows, headers = paged(req, sorted(depots.values(), key=lambda d: d["code"]), "/depots")
    return reply(200, rows, headers)


def create_depot(req):
    if BUG != "anyone_opens_depots":
        only_dispatchers(req)
    data = req.json(DEPOT)
    if data["code"] in depots:
        raise Problem(409, "Code taken", "There is a depot with this code")
    depots[data["code"]] = data
    return reply(201, data, [("location", f"/depots/{data['code']}")])


def get_depot(req, code):
    if code not in depots:
        raise Problem(404, "Not found", "No such depot")
    return reply(200, depots[code])


def delete_depot(req, code):
    only_dispatchers(req)
    if code not in depots:
        raise Problem(404, "Not found", "No such depot")
    if any(e["depot"] == code for p in parcels.values() for e in p["events"]):
        raise Problem(409, "Depot in use", "Events of parcels name this depot")
    del depots[code]
    return reply(204)


ROUTES = [(re.compile(p), h) for p, h in (
    ("/whoami", {"GET": whoami}),
    ("/parcels", {"GET": list_parcels, "POST": create_parcel}),
    ("/parcels/([^/]+)", {"GET": get_parcel, "PUT": put_parcel, "PATCH": patch_parcel, "DELETE": delete_parcel}),
    ("/parcels/([^/]+)/events", {"GET": list_events, "POST": create_event}),
    ("/parcels/([^/]+)/events/([^/]+)", {"GET": get_event}),
    ("/depots", {"GET": list_depots, "POST": create_depot}),
    ("/depots/([^/]+)", {"GET": get_depot, "DELETE": delete_depot}),
)]


def dispatch(req):
    for pattern, handlers in ROUTES:
        m = pattern.fullmatch(req.path)
        if not m:
            continue
        handler = handlers.get(req.method)
        if handler is None:
            raise Problem(405, "Method not allowed", headers=[("allow", ", ".join(handlers))])
        req.user = KEYS.get(req.headers.get("x-courier-key", ""))
        if req.user is None:
            raise Problem(401, "Unauthorized", "Send a valid X-Courier-Key", [("www-authenticate", "CourierKey")])
        return handler(req, *m.groups())
    raise Problem(404, "Not found", "No such path")


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    kind = "application/json"
    try:
        status, data, headers = dispatch(Request(scope, body))
    except Problem as e:
        kind = "application/problem+json"
        status, headers = e.status, e.headers
        data = {"type": "about:blank", "title": e.title, "status": e.status}
        if e.detail:
            data["detail"] = e.detail
        if BUG == "conflict_without_status" and status == 409:
            del data["status"]
    except Exception:
        kind = "application/problem+json"
        status, headers, data = 500, [], {"type": "about:blank", "title": "Internal error", "status": 500}
    payload = b"" if data is None else json.dumps(data).encode()
    head = [(k.encode(), v.encode("latin-1", "replace")) for k, v in headers]
    if data is not None:
        head += [(b"content-type", kind.encode()), (b"content-length", str(len(payload)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": payload})


if __name__ == "__main__":
    import uvicorn
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ.get("PORT", "8000")), lifespan="off", log_level="warning")
