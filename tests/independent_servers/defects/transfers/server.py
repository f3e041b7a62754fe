import json
import os
import re
import secrets

import uvicorn

DEFECT = os.environ.get("DEFECT") == "1"
TOKENS = {"sb.ann.91d7f3c05e": "ann", "sb.bob.4a6e20b8d1": "bob"}

accounts = {
    "acc-1001": {"owner": "ann", "kind": "giro", "balance": 50_000_000},
    "acc-1002": {"owner": "ann", "kind": "savings", "balance": 120_000_000},
    "acc-2001": {"owner": "bob", "kind": "giro", "balance": 30_000_000},
    "acc-2002": {"owner": "bob", "kind": "savings", "balance": 80_000_000},
}
transfers = {}
used_keys = {}


class Error(Exception):
    def __init__(self, status, code, text, **headers):
        self.status, self.code, self.text, self.headers = status, code, text, headers


class Request:
    def __init__(self, scope, body):
        self.method, self.path, self.body = scope["method"], scope["path"], body
        self.headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        self.user = None


def account_json(key):
    return {"accountId": key, "kind": accounts[key]["kind"], "balance": accounts[key]["balance"]}


def list_accounts(req):
    return 200, {"accounts": [account_json(k) for k, a in accounts.items() if a["owner"] == req.user]}


def get_account(req, key):
    if key not in accounts or accounts[key]["owner"] != req.user:
        raise Error(404, "not_found", "no such account")
    return 200, account_json(key)


def list_transfers(req):
    return 200, {"transfers": [t for owner, t in transfers.values() if owner == req.user]}


def get_transfer(req, key):
    owner, t = transfers.get(key, (None, None))
    if owner != req.user:
        raise Error(404, "not_found", "no such transfer")
    return 200, t


def no_constants(name):
    raise ValueError(name)


def transfer_request(req):
    if req.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise Error(400, "bad_request", "the content type must be application/json")
    try:
        d = json.loads(req.body, parse_constant=no_constants)
    except (ValueError, RecursionError):
        raise Error(400, "bad_request", "the body is not JSON")
    if not isinstance(d, dict) or set(d) - {"from", "to", "amount", "text"}:
        raise Error(422, "invalid", "the body must be an object with from, to, amount and text")
    for k in ("from", "to"):
        if not isinstance(d.get(k), str) or not re.fullmatch("acc-[0-9]{4}", d[k]):
            raise Error(422, "invalid", f"{k} is not an account id")
    a = d.get("amount")
    if isinstance(a, bool) or not isinstance(a, (int, float)) or not 1 <= a <= 50000 or a != int(a):
        raise Error(422, "invalid", "amount must be an integer from 1 to 50000")
    t = d.get("text", "")
    if not isinstance(t, str) or len(t) > 140:
        raise Error(422, "invalid", "text must be a string of at most 140 characters")
    return {"from": d["from"], "to": d["to"], "amount": int(a), "text": t}


def create_transfer(req):
    key = req.headers.get("idempotency-key")
    if key is None or not re.fullmatch("[A-Za-z0-9_-]{8,64}", key):
        raise Error(400, "bad_request", "Idempotency-Key is missing or malformed")
    data = transfer_request(req)
    before = used_keys.get((req.user, key))
    if before is not None and before[0] != data:
        raise Error(409, "key_reused", "the Idempotency-Key was used with another body")
    if before is not None and not DEFECT:
        return 200, before[1]
    for k in ("from", "to"):
        if accounts.get(data[k], {}).get("owner") != req.user:
            raise Error(422, "invalid", f"{k} is not an account of the customer")
    if data["from"] == data["to"]:
        raise Error(422, "invalid", "both accounts are the same")
    if accounts[data["from"]]["balance"] < data["amount"]:
        raise Error(409, "insufficient_funds", "the balance is too low")
    accounts[data["from"]]["balance"] -= data["amount"]
    accounts[data["to"]]["balance"] += data["amount"]
    if before is not None:
        return 200, before[1]
    t = {"transferId": "tr_" + secrets.token_hex(6), **data}
    transfers[t["transferId"]] = (req.user, t)
    used_keys[req.user, key] = (data, t)
    return 201, t


ROUTES = [
    (re.compile("/accounts"), {"GET": list_accounts}),
    (re.compile("/accounts/([^/]+)"), {"GET": get_account}),
    (re.compile("/transfers"), {"GET": list_transfers, "POST": create_transfer}),
    (re.compile("/transfers/([^/]+)"), {"GET": get_transfer}),
]


def dispatch(req):
    scheme, _, token = req.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or token.strip() not in TOKENS:
        raise Error(401, "unauthorized", "no valid token", **{"www-authenticate": 'Bearer realm="bank"'})
    req.user = TOKENS[token.strip()]
    for pattern, methods in ROUTES:
        m = pattern.fullmatch(req.path)
        if m:
            handler = methods.get("GET" if req.method == "HEAD" else req.method)
            if handler is None:
                allow = list(methods) + ["HEAD"]
                raise Error(405, "method_not_allowed", "method not allowed", allow=", ".join(allow))
            return handler(req, *m.groups())
    raise Error(404, "not_found", "nothing here")


async def app(scope, receive, send):
    assert scope["type"] == "http"
    body = b""
    while True:
        event = await receive()
        if event["type"] != "http.request":
            return
        body += event.get("body", b"")
        if not event.get("more_body"):
            break
    headers = {"content-type": "application/json", "cache-control": "no-store"}
    try:
        status, data = dispatch(Request(scope, body))
    except Error as e:
        status, data = e.status, {"errorCode": e.code, "errorText": e.text}
        headers.update(e.headers)
    payload = json.dumps(data).encode()
    headers["content-length"] = str(len(payload))
    await send({"type": "http.response.start", "status": status,
                "headers": [(k.encode(), v.encode()) for k, v in headers.items()]})
    await send({"type": "http.response.body", "body": payload if scope["method"] != "HEAD" else b""})


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), lifespan="off", log_level="warning", server_header=False)
