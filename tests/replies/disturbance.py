"""What may be wrong or odd about any request, whatever it asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from tests.replies.request import JSON, Request

Disturbance = Callable[[Request, Random], Request]

CREDENTIALS = ("Authorization", "X-Api-Key", "X-Key", "Cookie")

QUERIES = (
    "limit=0", "limit=-1", "limit=many", "limit=1&limit=2", "limit=", "page=0", "page=99", "offset=1000", "cursor=lost",
    "utf8=%E2%9C%93", "_=1&_=2", "a[b]=c", "q=%00", "x=%zz", "=", "&&", "sort=", "limit=1e3",
    "page=99999999999999999999",
)  # fmt: skip

CODES = ("200", "201", "204", "400", "401", "403", "404", "409", "422", "429", "500", "503", "99", "none")

BODIES = (
    b"", b"{", b"[]", b"null", b'"text"', b"{}", b"\xff\xfe", b'{"a":NaN}', b"[" * 3000, b'{"a":1}{"b":2}', b"a=b",
)  # fmt: skip


def without_credential(request: Request, chance: Random) -> Request:
    return request.without(*CREDENTIALS)


def wrong_credential(request: Request, chance: Random) -> Request:
    wrong = chance.choice(("Bearer invalid", "Bearer", "Basic eDp5", "bearer  expired-token", "Basic !", "nonsense"))
    if request.header("X-Api-Key"):
        return request.having(X_Api_Key=chance.choice(("", "revoked")))
    return request.having(Authorization=wrong)


def head(request: Request, chance: Random) -> Request:
    return replace(request, method="HEAD") if request.method == "GET" else request


def options(request: Request, chance: Random) -> Request:
    return replace(request, method="OPTIONS", content=None)


def preflight(request: Request, chance: Random) -> Request:
    more = {"Access_Control_Request_Headers": "authorization, content-type"} if chance.random() < 0.7 else {}
    asked = Request("OPTIONS", request.target)
    return asked.having(Origin="http://app.example", Access_Control_Request_Method=request.method, **more)


def from_a_page(request: Request, chance: Random) -> Request:
    return request.having(Origin=chance.choice(("http://app.example", "http://localhost:3000", "null")))


def wrong_method(request: Request, chance: Random) -> Request:
    return replace(request, method=chance.choice(("PUT", "POST", "PATCH", "DELETE", "TRACE", "QUERY", "get")))


def unknown_path(request: Request, chance: Random) -> Request:
    path, _, query = request.target.partition("?")
    lost = chance.choice((path + "/nothing", path + "x", "/elsewhere" + path, path.replace("/v1", "/v9"), path[:-3]))
    return replace(request, target=lost + (f"?{query}" if query else ""))


def slash(request: Request, chance: Random) -> Request:
    path, _, query = request.target.partition("?")
    turned = path.removesuffix("/") if path.endswith("/") else path + "/"
    return replace(request, target=turned + (f"?{query}" if query else ""))


def preferring(request: Request, chance: Random) -> Request:
    wish = chance.choice(("code={}", "code={}", "code={}", "code={}, dynamic=true", "dynamic=true", "example=nothing"))
    return request.having(Prefer=wish.format(chance.choice(CODES)))


def query_noise(request: Request, chance: Random) -> Request:
    return request.asking(chance.choice(QUERIES))


def accepting(request: Request, chance: Random) -> Request:
    kinds = (
        "text/html", "application/xml", "application/*;q=0.5, text/plain", "application/json;q=0", "a", "*/*;q=0.1",
    )  # fmt: skip
    return request.having(Accept=chance.choice(kinds))


def of_another_kind(request: Request, chance: Random) -> Request:
    if request.content is None:
        return request
    kinds = (
        "text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data", "nonsense",
        "application/json; charset=utf-16", "Application/JSON;charset=UTF-8", "application/merge-patch+json",
    )  # fmt: skip
    if chance.random() < 0.1:
        return request.without("Content-Type")
    return request.having(Content_Type=chance.choice(kinds))


def malformed(request: Request, chance: Random) -> Request:
    if request.content is None:
        return request
    broken = chance.choice((*BODIES, request.content[:-1], request.content + b"]"))
    return replace(request, content=broken)


def encoded(request: Request, chance: Random) -> Request:
    return request.having(Content_Encoding=chance.choice(("gzip", "identity")))


def too_long(request: Request, chance: Random) -> Request:
    if request.content is None:
        return replace(request.having(Content_Type=JSON, Content_Length="20000000"), content=b"{}")
    return request.having(Content_Length=chance.choice(("20000000", "x")))


def through_a_proxy(request: Request, chance: Random) -> Request:
    return request.having(X_Forwarded_Proto="https", X_Forwarded_For="203.0.113.7", Host="api.example:8443")


ALL: tuple[Disturbance, ...] = (
    without_credential, without_credential, wrong_credential, head, head, options, preflight, from_a_page, wrong_method,
    wrong_method, unknown_path, slash, preferring, preferring, preferring, query_noise, query_noise, accepting,
    of_another_kind, of_another_kind, malformed, malformed, encoded, too_long, through_a_proxy,
)  # fmt: skip
"""All of them; one that is listed twice happens twice as often."""
