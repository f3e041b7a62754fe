"""OAuth with the demo server: discovery, registration, consent, token, renewal, refusals."""

from __future__ import annotations

import asyncio
import html
import json
import logging
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from msgspec.structs import replace
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from mockserver.errors import SyncError
from mockserver.mcp_sync.demo_server import Demo
from mockserver.mcp_sync.live import LiveProber
from mockserver.mcp_sync.prober import McpConnection, Outcome
from tests.mcp_sync.live import press_allow, with_prober

CALLBACK = "http://127.0.0.1:9/oauth/callback"
OWNER = "basedash/org_1/mcp_1"


def wanting(url: str, **more: Any) -> McpConnection:
    return McpConnection(url=url, **({"owner": OWNER, "redirect_uri": CALLBACK} | more))


def asked_of(url: str | None) -> dict[str, str]:
    """The query of an authorization URL or of a callback."""
    return {key: values[0] for key, values in parse_qs(urlsplit(url or "").query).items()}


async def decide(authorization_url: str | None, decision: str = "allow") -> dict[str, str]:
    """Use the consent page as a browser does, and return the parameters of the callback."""
    async with httpx.AsyncClient(follow_redirects=True) as browser:
        page = await browser.get(str(authorization_url))
        assert "<strong>mockserver</strong>" in page.text
        assert html.escape(CALLBACK) in page.text
        ticket = re.search(r'name="ticket" value="([^"]+)"', page.text)
        assert ticket is not None
        form = {"ticket": ticket[1], "decision": decision}
        done = await browser.post(page.url, data=form, follow_redirects=False)
    assert done.status_code == 302
    assert done.headers["location"].startswith(CALLBACK)
    return asked_of(done.headers["location"])


async def authorized(prober: LiveProber, connection: McpConnection) -> Outcome:
    """Probe, consent, complete and probe again."""
    before = await prober.probe(connection)
    answer = await decide(before.authorization_url)
    assert connection.owner == await prober.complete(answer["state"], answer["code"])
    return await prober.probe(connection)


@pytest.mark.parametrize(("transport", "path"), [("http", "/mcp"), ("sse", "/sse")])
def test_a_401_leads_to_a_complete_authorization_url(demo: Callable[..., str], transport: str, path: str) -> None:
    url = demo(auth="oauth", transport=transport) + path
    outcome: Outcome = with_prober(lambda prober: prober.probe(wanting(url)))
    query = asked_of(outcome.authorization_url)

    assert ("needs-auth", "oauth", True, False) == (
        outcome.status,
        outcome.auth_type,
        outcome.requires_auth,
        outcome.oauth_configured,
    )
    assert outcome.message == "The server asks for OAuth authorization."
    assert {"response_type": "code", "code_challenge_method": "S256", "redirect_uri": CALLBACK, "resource": url} == {
        key: query[key] for key in ("response_type", "code_challenge_method", "redirect_uri", "resource")
    }
    assert query["scope"] == "tools"
    assert len(query["state"]) >= 32
    assert len(query["code_challenge"]) == 43


@pytest.mark.parametrize(("transport", "path"), [("http", "/mcp"), ("sse", "/sse")])
def test_the_tools_are_listed_after_consent(demo: Callable[..., str], transport: str, path: str) -> None:
    url = demo(auth="oauth", transport=transport) + path
    outcome: Outcome = with_prober(lambda prober: authorized(prober, wanting(url)))

    assert ("ok", 3, transport) == (outcome.status, len(outcome.tools), outcome.transport)
    assert (True, True, "oauth") == (outcome.requires_auth, outcome.oauth_configured, outcome.auth_type)


def test_a_state_can_be_used_once_and_an_unknown_one_never(demo: Callable[..., str]) -> None:
    async def ask(prober: LiveProber) -> None:
        answer = await decide((await prober.probe(wanting(demo(auth="oauth") + "/mcp"))).authorization_url)
        with pytest.raises(SyncError, match="with this state"):
            await prober.complete("x" + answer["state"], answer["code"])
        await prober.complete(answer["state"], answer["code"])
        with pytest.raises(SyncError, match="with this state"):
            await prober.complete(answer["state"], answer["code"])

    with_prober(ask)


def test_a_wrong_code_is_refused_and_uses_up_the_state(demo: Callable[..., str]) -> None:
    async def ask(prober: LiveProber) -> Outcome:
        connection = wanting(demo(auth="oauth") + "/mcp")
        answer = await decide((await prober.probe(connection)).authorization_url)
        with pytest.raises(SyncError, match="invalid_grant"):
            await prober.complete(answer["state"], "wrong")
        with pytest.raises(SyncError, match="with this state"):
            await prober.complete(answer["state"], answer["code"])
        return await prober.probe(connection)

    assert with_prober(ask).status == "needs-auth"


def test_a_callback_from_another_issuer_is_refused(demo: Callable[..., str]) -> None:
    async def ask(prober: LiveProber) -> None:
        answer = await decide((await prober.probe(wanting(demo(auth="oauth") + "/mcp"))).authorization_url)
        with pytest.raises(SyncError, match="iss mismatch"):
            await prober.complete(answer["state"], answer["code"], issuer="https://evil.example")

    with_prober(ask)


def test_a_denied_consent_calls_back_without_a_code(demo: Callable[..., str]) -> None:
    async def ask(prober: LiveProber) -> dict[str, str]:
        outcome = await prober.probe(wanting(demo(auth="oauth") + "/mcp"))
        return await decide(outcome.authorization_url, "deny")

    answer = with_prober(ask)
    assert "access_denied" == answer["error"]
    assert "code" not in answer


class Seen:
    """An OAuth demo server that records path, form and credential of every request."""

    def __init__(self, url: str, **options: Any) -> None:
        self._app = Demo(auth="oauth", **options).app(url)
        self.requests: list[tuple[str, str, str]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = b""

        async def noting() -> Any:
            nonlocal body
            message = await receive()
            body += message.get("body", b"")
            return message

        await self._app(scope, noting, send)
        if scope["type"] == "http":
            credential = dict(scope["headers"]).get(b"authorization", b"").decode()
            self.requests.append((scope["path"], body.decode(errors="replace"), credential))

    def grants(self) -> list[str]:
        return [parse_qs(body)["grant_type"][0] for path, body, _ in self.requests if path == "/token"]


@pytest.fixture
def seen(serve: Callable[[Callable[[str], Any]], str]) -> Callable[..., tuple[str, Seen]]:
    """A function that serves an OAuth demo server that records its requests."""

    def start(**options: Any) -> tuple[str, Seen]:
        made: list[Seen] = []

        def app_at(url: str) -> Seen:
            made.append(Seen(url, **options))
            return made[0]

        return serve(app_at) + "/mcp", made[0]

    return start


def test_an_expired_token_is_renewed_without_the_user(seen: Callable[..., tuple[str, Seen]]) -> None:
    url, server = seen(token_seconds=1)

    async def ask(prober: LiveProber) -> Outcome:
        await authorized(prober, wanting(url))
        await asyncio.sleep(2.1)
        return await prober.probe(wanting(url))

    assert with_prober(ask).status == "ok"
    assert ["authorization_code", "refresh_token"] == server.grants()


def test_a_token_that_the_server_refuses_is_renewed_once(
    seen: Callable[..., tuple[str, Seen]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, server = seen()

    async def ask(prober: LiveProber) -> Outcome:
        await authorized(prober, wanting(url))
        granted = prober._authorizations._granted[OWNER]
        granted._provider.context.current_tokens.access_token = "revoked"
        return await prober.probe(wanting(url))

    assert with_prober(ask).status == "ok"
    assert ["authorization_code", "refresh_token"] == server.grants()


def test_a_failed_renewal_starts_a_new_authorization(seen: Callable[..., tuple[str, Seen]]) -> None:
    url, _ = seen()

    async def ask(prober: LiveProber) -> list[Outcome]:
        await authorized(prober, wanting(url))
        tokens = prober._authorizations._granted[OWNER]._provider.context.current_tokens
        tokens.access_token = tokens.refresh_token = "revoked"
        return [await prober.probe(wanting(url)), await authorized(prober, wanting(url))]

    again, after = with_prober(ask)
    assert ("needs-auth", True) == (again.status, again.authorization_url is not None)
    assert after.status == "ok"


def test_tokens_are_sent_to_one_url_only_and_dropped_with_their_owner(
    seen: Callable[..., tuple[str, Seen]], demo: Callable[..., str]
) -> None:
    url, _ = seen()
    other, noted = seen()

    async def ask(prober: LiveProber) -> list[Outcome]:
        await authorized(prober, wanting(url))
        moved = await prober.probe(wanting(other))
        await authorized(prober, wanting(url))
        neighbour = await prober.probe(wanting(url, owner="basedash/org_1/mcp_10"))
        prober.forget("basedash/org_2")
        kept = await prober.probe(wanting(url))
        prober.forget("basedash/org_1")
        return [moved, neighbour, kept, await prober.probe(wanting(url))]

    assert ["needs-auth", "needs-auth", "ok", "needs-auth"] == [outcome.status for outcome in with_prober(ask)]
    assert {""} == {credential for _, _, credential in noted.requests}


def test_a_token_replaces_a_registered_authorization_header(seen: Callable[..., tuple[str, Seen]]) -> None:
    url, server = seen()
    connection = wanting(url, headers=(("AUTHORIZATION", "Bearer outdated"),))

    assert with_prober(lambda prober: authorized(prober, connection)).status == "ok"
    assert not [each for _, _, each in server.requests if "outdated" in each and "," in each]
    assert server.requests[-1][2] != "Bearer outdated"


def test_a_given_client_id_needs_no_registration(seen: Callable[..., tuple[str, Seen]]) -> None:
    url, server = seen()
    connection = wanting(url, oauth_client_id="given", oauth_client_secret="s3cr3t", oauth_scope="tools extra")

    query = asked_of(with_prober(lambda prober: prober.probe(connection)).authorization_url)

    assert ("given", "tools extra") == (query["client_id"], query["scope"])
    assert "/register" not in {path for path, _, _ in server.requests}
    assert "s3cr3t" not in repr(connection)


def test_without_an_owner_oauth_is_only_detected(seen: Callable[..., tuple[str, Seen]]) -> None:
    url, server = seen()
    outcome: Outcome = with_prober(lambda prober: prober.probe(McpConnection(url=url)))

    assert ("needs-auth", "oauth", None) == (outcome.status, outcome.auth_type, outcome.authorization_url)
    assert "/register" not in {path for path, _, _ in server.requests}


def test_no_client_is_registered_with_a_server_without_metadata(serve: Callable[..., str]) -> None:
    paths: list[tuple[str, str]] = []

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        paths.append((scope["method"], scope["path"]))
        status = 401 if scope["path"] == "/mcp" else 404
        headers = [(b"content-type", b"text/plain"), (b"www-authenticate", b"Bearer")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    outcome: Outcome = with_prober(lambda prober: prober.probe(wanting(serve(lambda url: guarded) + "/mcp")))

    assert ("needs-auth", "bearer", None) == (outcome.status, outcome.auth_type, outcome.authorization_url)
    assert ("GET", "/.well-known/oauth-protected-resource/mcp") in paths
    assert {"/mcp"} == {path for method, path in paths if method == "POST"}


def metadata_at(url: str, **server: Any) -> Callable[[Scope, Receive, Send], Any]:
    """A server that answers 401, whose authorization server is `server`."""
    documents = {
        "/.well-known/oauth-protected-resource/mcp": {"resource": url + "/mcp", "authorization_servers": [url]},
        "/.well-known/openid-configuration": {
            "issuer": url,
            "authorization_endpoint": url + "/authorize",
            "token_endpoint": url + "/token",
            "response_types_supported": ["code"],
        }
        | server,
    }

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        document = documents.get(scope["path"])
        status = 401 if scope["path"] == "/mcp" else 200 if document else 404
        await send(
            {"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]}
        )
        await send({"type": "http.response.body", "body": json.dumps(document).encode()})

    return app


@pytest.mark.parametrize(
    ("server", "said"),
    [
        ({}, "registers no clients by itself"),
        ({"issuer": "https://evil.example"}, "issuer mismatch"),
        ({"registration_endpoint": "http://169.254.169.254/register"}, "is never asked"),
        ({"registration_endpoint": "http://10.1.2.3/register"}, "--sync-allow"),
        ({"registration_endpoint": "http://127.0.0.1:1/register"}, "connection refused"),
    ],
)
def test_oauth_that_cannot_be_started_has_a_clear_message(serve: Callable[..., str], server: Any, said: str) -> None:
    url = serve(lambda url: metadata_at(url, **server)) + "/mcp"
    outcome: Outcome = with_prober(lambda prober: prober.probe(wanting(url)))

    assert ("needs-auth", "oauth", None) == (outcome.status, outcome.auth_type, outcome.authorization_url)
    assert said in str(outcome.message)


FORBIDDEN = "http://169.254.169.254"


@pytest.mark.parametrize("step", ["challenge", "authorization server", "token"])
def test_no_step_of_oauth_leads_to_a_forbidden_address(serve: Callable[..., str], step: str) -> None:
    hint = f'Bearer resource_metadata="{FORBIDDEN}/prm"' if step == "challenge" else "Bearer"

    def treacherous(url: str) -> Callable[[Scope, Receive, Send], Any]:
        usual = metadata_at(url, **({"token_endpoint": FORBIDDEN + "/token"} if step == "token" else {}))

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["path"] == "/mcp":
                await JSONResponse({}, 401, {"www-authenticate": hint})(scope, receive, send)
            elif step == "authorization server" and "protected-resource" in scope["path"]:
                document = {"resource": url + "/mcp", "authorization_servers": [FORBIDDEN]}
                await JSONResponse(document)(scope, receive, send)
            else:
                await usual(scope, receive, send)

        return app

    url = serve(treacherous) + "/mcp"

    async def ask(prober: LiveProber) -> str:
        outcome = await prober.probe(wanting(url, oauth_client_id="given"))
        if step != "token":
            return str(outcome.message)
        with pytest.raises(SyncError) as caught:
            await prober.complete(asked_of(outcome.authorization_url)["state"], "code")
        return str(caught.value)

    assert "169.254.169.254 is never asked" in with_prober(ask)


def test_openid_discovery_works_too(serve: Callable[..., str]) -> None:
    url = serve(metadata_at) + "/mcp"
    outcome: Outcome = with_prober(lambda prober: prober.probe(wanting(url, oauth_client_id="given")))

    assert str(outcome.authorization_url).startswith(url.removesuffix("/mcp") + "/authorize?")


def test_tokens_and_codes_are_never_shown(
    seen: Callable[..., tuple[str, Seen]], caplog: pytest.LogCaptureFixture
) -> None:
    url, server = seen()
    caplog.set_level(logging.DEBUG)

    async def ask(prober: LiveProber) -> str:
        outcome = await authorized(prober, wanting(url))
        granted = prober._authorizations._granted
        return repr((outcome, vars(prober), vars(prober._authorizations), granted, *granted.values()))

    shown = with_prober(ask)
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(("mcp.server", "asyncio"))]
    tokens = [credential.removeprefix("Bearer ") for _, _, credential in server.requests if credential]

    assert tokens
    for token in tokens:
        assert token not in shown
        assert token not in "\n".join(ours)


def test_a_message_does_not_repeat_an_invalid_token_response(serve: Callable[..., str]) -> None:
    secret = "s3cr3t-refresh-token"

    def strange(url: str) -> Callable[[Scope, Receive, Send], Any]:
        usual = metadata_at(url)

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["path"] != "/token":
                return await usual(scope, receive, send)
            return await JSONResponse({"refresh_token": secret, "access_token": 7})(scope, receive, send)

        return app

    url = serve(strange) + "/mcp"

    async def ask(prober: LiveProber) -> str:
        outcome = await prober.probe(wanting(url, oauth_client_id="given"))
        with pytest.raises(SyncError) as caught:
            await prober.complete(asked_of(outcome.authorization_url)["state"], "code")
        return str(caught.value)

    assert with_prober(ask) == "OAuth failed: Invalid token response"


def test_open_authorizations_end_with_the_prober(demo: Callable[..., str]) -> None:
    async def ask() -> set[str]:
        async with LiveProber() as prober:
            await prober.probe(wanting(demo(auth="oauth") + "/mcp"))
            assert [task for task in asyncio.all_tasks() if task.get_name().startswith("authorize")]
        return {task.get_name() for task in asyncio.all_tasks()} - {asyncio.current_task().get_name()}  # type: ignore[union-attr]

    assert asyncio.run(ask()) == set()


def test_a_dropped_authorization_cannot_be_completed(demo: Callable[..., str]) -> None:
    async def ask(prober: LiveProber) -> None:
        answer = await decide((await prober.probe(wanting(demo(auth="oauth") + "/mcp"))).authorization_url)
        prober.forget(OWNER)
        with pytest.raises(SyncError, match="with this state"):
            await prober.complete(answer["state"], answer["code"])

    with_prober(ask)


@pytest.fixture
def callback() -> Iterator[tuple[str, list[str]]]:
    """A callback endpoint, and the paths it was called with."""
    called: list[str] = []

    class Endpoint(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            called.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Endpoint)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/callback", called
    server.shutdown()
    thread.join(10)
    server.server_close()


@pytest.mark.slow
def test_a_user_can_consent_in_a_browser(
    demo: Callable[..., str], callback: tuple[str, list[str]], devtools: str
) -> None:
    redirect_uri, called = callback
    connection = wanting(demo(auth="oauth") + "/mcp", redirect_uri=redirect_uri)

    async def ask(prober: LiveProber) -> Outcome:
        url = (await prober.probe(connection)).authorization_url
        await asyncio.to_thread(press_allow, devtools, str(url), lambda: bool(called))
        answer = asked_of(called[0])
        await prober.complete(answer["state"], answer["code"], issuer=answer.get("iss"))
        return await prober.probe(replace(connection))

    assert with_prober(ask).status == "ok"
