"""Help desk tickets (aiohttp)."""
import calendar
import json
import os
import re
import secrets
from datetime import date, datetime, timezone

from aiohttp import web

BUG = os.environ.get("BUG", "")
BASE = "/api/v2"
TOKENS = {"hd_9c1f77ann0b3e": "ann", "hd_04ad52bobe6f1": "bob"}
PRIORITIES = ("low", "normal", "high", "urgent")
ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"

routes = web.RouteTableDef()
tickets: dict = {}
deleted = {"ann": 0, "bob": 0}


class Fail(Exception):
    def __init__(self, status, *errors, headers=None):
        self.status, self.errors, self.headers = status, errors, headers


def err(code, detail, source=None):
    e = {"code": code, "detail": detail}
    if source:
        e["source"] = source
    return e


def fail_response(status, errors, headers=None):
    return web.json_response({"errors": list(errors)}, status=status, headers=headers)


@web.middleware
async def errors_as_json(request, handler):
    try:
        return await handler(request)
    except Fail as e:
        return fail_response(e.status, e.errors, e.headers)
    except web.HTTPException as e:
        headers = {"Allow": e.headers["Allow"]} if "Allow" in e.headers else None
        return fail_response(e.status, [err(re.sub("[^a-z]+", "_", e.reason.lower()), e.reason)], headers)
    except Exception:
        return fail_response(500, [err("internal", "Something went wrong.")])


@web.middleware
async def authenticate(request, handler):
    if request.match_info.http_exception is None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        user = TOKENS.get(token.strip()) if scheme.lower() == "bearer" else None
        if user is None:
            raise Fail(401, err("unauthenticated", "Send a valid bearer token."), headers={"WWW-Authenticate": 'Bearer realm="helpdesk"'})
        request["user"] = user
    return await handler(request)


# ---------------------------------------------------------------- validation
def v_text(lo, hi):
    def f(v):
        if not isinstance(v, str):
            return "must be a string"
        if not lo <= len(v) <= hi:
            return f"must have {lo} to {hi} characters"
    return f


def v_priority(v):
    if not isinstance(v, str) or v not in PRIORITIES:
        return "must be one of " + ", ".join(PRIORITIES)


def v_due(v):
    if v is None:
        return None
    if not isinstance(v, str) or not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", v):
        return "must be a date"
    try:
        date.fromisoformat(v)
    except ValueError:
        return "is not in the calendar"


def v_labels(v):
    if not isinstance(v, list) or len(v) > 5:
        return "must be a list of at most 5 labels"
    if not all(isinstance(x, str) and re.fullmatch("[a-z][a-z0-9-]{0,19}", x) for x in v):
        return "labels are lower-case words"
    if len(set(v)) != len(v) and BUG != "repeated_labels_accepted":
        return "labels must differ"


def v_flag(v):
    if not isinstance(v, bool):
        return "must be true or false"


TICKET = {"subject": v_text(3, 120), "body": v_text(0, 4000), "priority": v_priority, "due_on": v_due, "labels": v_labels}
COMMENT = {"text": v_text(1, 1000), "internal": v_flag}


def ticket_defaults():
    return {"body": "", "priority": "normal", "due_on": None, "labels": []}


def no_constant(name):
    raise ValueError(name)


async def read(request, spec, required=()):
    if request.content_type != "application/json" or "Content-Type" not in request.headers:
        raise Fail(415, err("unsupported_media_type", "Send application/json."))
    try:
        data = json.loads((await request.read()).decode("utf-8"), parse_constant=no_constant)
    except (ValueError, RecursionError):
        raise Fail(400, err("malformed_json", "The body is not valid JSON."))
    if not isinstance(data, dict):
        raise Fail(400, err("invalid", "must be an object", "body"))
    found = [err("unknown_member", "is not known here", k) for k in data if k not in spec]
    found += [err("missing", "is required", k) for k in required if k not in data]
    for k, check in spec.items():
        if k in data:
            problem = check(data[k])
            if problem:
                found.append(err("invalid", problem, k))
    if found:
        raise Fail(400, *found)
    return data


def int_arg(request, name, default, lo, hi):
    raw = request.query.get(name)
    if raw is None:
        return default
    if BUG == "bad_take_crashes" and name == "take":
        return max(lo, min(hi, int(raw)))
    if not re.fullmatch("[0-9]{1,9}", raw) or not lo <= int(raw) <= hi:
        raise Fail(400, err("invalid", f"must be an integer from {lo} to {hi}", name))
    return int(raw)


def choice_arg(request, name, options, default=None):
    raw = request.query.get(name)
    if raw is None:
        return default
    if raw not in options:
        raise Fail(400, err("invalid", "must be one of " + ", ".join(options), name))
    return raw


# ------------------------------------------------------------------- helpers
def now():
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def find(request, foreign=False):
    t = tickets.get(request.match_info["ticket_id"])
    if t is None or (t["reporter"] != request["user"] and not foreign):
        raise Fail(404, err("not_found", "No such ticket."))
    return t


def find_comment(request, t):
    raw = request.match_info["comment_id"]
    c = t["comments"].get(int(raw)) if re.fullmatch("[0-9]{1,9}", raw) else None
    if c is None:
        raise Fail(404, err("not_found", "No such comment."))
    return c


def show(t):
    out = {k: v for k, v in t.items() if k not in ("comments", "next_comment")}
    if BUG == "closed_at_epoch" and out["closed_at"] is not None:
        out["closed_at"] = calendar.timegm(datetime.strptime(out["closed_at"], "%Y-%m-%dT%H:%M:%SZ").timetuple())
    return out


def page(rows, total, skip, take):
    part = rows[skip:skip + take]
    return {"data": part, "meta": {"total": total, "skip": skip, "take": take, "has_more": skip + len(part) < total and bool(part)}}


# -------------------------------------------------------------------- routes
@routes.get(BASE + "/tickets")
async def list_tickets(request):
    skip, take = int_arg(request, "skip", 0, 0, 1000000), int_arg(request, "take", 15, 1, 60)
    state = choice_arg(request, "state", ("open", "closed"))
    priority = choice_arg(request, "priority", PRIORITIES)
    order = choice_arg(request, "order_by", ("created", "due", "priority"), "created")
    user = request["user"]
    rows = [t for t in tickets.values() if t["reporter"] == user]
    if state:
        rows = [t for t in rows if t["state"] == state]
    if priority:
        rows = [t for t in rows if t["priority"] == priority]
    if order == "due":
        if BUG == "due_order_drops_undated":
            rows = [t for t in rows if t["due_on"]]
        rows.sort(key=lambda t: (t["due_on"] is None, t["due_on"] or ""))
    elif order == "priority":
        rows.sort(key=lambda t: -PRIORITIES.index(t["priority"]))
    total = len(rows)
    if BUG == "total_counts_deleted" and not state and not priority:
        total += deleted[user]
    return web.json_response(page([show(t) for t in rows], total, skip, take))


@routes.post(BASE + "/tickets")
async def create_ticket(request):
    data = await read(request, TICKET, ("subject",))
    t = {"id": "".join(secrets.choice(ALPHABET) for _ in range(10)), "reporter": request["user"],
         **ticket_defaults(), **data, "state": "open", "closed_at": None, "comment_count": 0, "created_at": now(),
         "comments": {}, "next_comment": 1}
    tickets[t["id"]] = t
    return web.json_response(show(t), status=201, headers={"Location": f"{BASE}/tickets/{t['id']}"})


@routes.get(BASE + "/tickets/{ticket_id}")
async def get_ticket(request):
    return web.json_response(show(find(request)))


@routes.put(BASE + "/tickets/{ticket_id}")
async def replace_ticket(request):
    t = find(request)
    data = await read(request, TICKET, ("subject",))
    t.update({**ticket_defaults(), **data})
    return web.json_response(show(t))


@routes.patch(BASE + "/tickets/{ticket_id}")
async def update_ticket(request):
    t = find(request)
    t.update(await read(request, TICKET))
    return web.json_response(show(t))


@routes.delete(BASE + "/tickets/{ticket_id}")
async def delete_ticket(request):
    t = find(request, foreign=BUG == "foreign_delete")
    del tickets[t["id"]]
    deleted[t["reporter"]] += 1
    return web.Response(status=204)


@routes.post(BASE + "/tickets/{ticket_id}/close")
async def close_ticket(request):
    t = find(request)
    if t["state"] == "closed":
        raise Fail(409, err("already_closed", "The ticket is closed."))
    t.update(state="closed", closed_at=now())
    return web.json_response(show(t))


@routes.post(BASE + "/tickets/{ticket_id}/reopen")
async def reopen_ticket(request):
    t = find(request)
    if t["state"] == "open":
        raise Fail(409, err("already_open", "The ticket is open."))
    t["state"] = "open"
    if BUG != "reopen_keeps_closed_at":
        t["closed_at"] = None
    return web.json_response(show(t))


@routes.get(BASE + "/tickets/{ticket_id}/comments")
async def list_comments(request):
    t = find(request)
    skip, take = int_arg(request, "skip", 0, 0, 1000000), int_arg(request, "take", 15, 1, 60)
    rows = list(t["comments"].values())
    return web.json_response(page(rows, len(rows), skip, take))


@routes.post(BASE + "/tickets/{ticket_id}/comments")
async def add_comment(request):
    t = find(request)
    data = await read(request, COMMENT, ("text",))
    if BUG == "refused_comment_counted":
        t["comment_count"] += 1
    if t["state"] == "closed":
        raise Fail(409, err("closed", "A closed ticket takes no comments."))
    c = {"id": t["next_comment"], "author": request["user"], "internal": False, **data, "created_at": now()}
    t["next_comment"] += 1
    t["comments"][c["id"]] = c
    if BUG != "refused_comment_counted":
        t["comment_count"] += 1
    return web.json_response(c, status=201, headers={"Location": f"{BASE}/tickets/{t['id']}/comments/{c['id']}"})


@routes.get(BASE + "/tickets/{ticket_id}/comments/{comment_id}")
async def get_comment(request):
    return web.json_response(find_comment(request, find(request)))


@routes.patch(BASE + "/tickets/{ticket_id}/comments/{comment_id}")
async def update_comment(request):
    c = find_comment(request, find(request))
    c.update(await read(request, COMMENT))
    return web.json_response(c)


@routes.delete(BASE + "/tickets/{ticket_id}/comments/{comment_id}")
async def delete_comment(request):
    t = find(request)
    c = find_comment(request, t)
    del t["comments"][c["id"]]
    t["comment_count"] -= 1
    return web.Response(status=204)


@routes.get(BASE + "/counts")
async def counts(request):
    mine = [t for t in tickets.values() if t["reporter"] == request["user"]]
    return web.json_response({"open": sum(t["state"] == "open" for t in mine), "closed": sum(t["state"] == "closed" for t in mine),
                              "urgent_open": sum(t["state"] == "open" and t["priority"] == "urgent" for t in mine)})


if __name__ == "__main__":
    app = web.Application(middlewares=[errors_as_json, authenticate], client_max_size=8 * 1024 * 1024)
    app.add_routes(routes)
    web.run_app(app, host="127.0.0.1", port=int(os.environ.get("PORT", "8000")), print=None, access_log=None)
