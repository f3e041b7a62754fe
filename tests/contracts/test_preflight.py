"""What would make every check fail is printed in one line before the checks, and ends the run with exit code 2."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import Result
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response

from contracts.pytest_plugin.plugin import _served
from contracts.report.report import read_report
from tests.contracts.closing_server import closing
from tests.contracts.things import Hook, Things, checked, document
from tests.inner_pytest import run_pytest

pytest_plugins = ["pytester"]

KEY = "a-key-of-the-tests"
PAGE = "<!doctype html><html><body>Welcome</body></html>"
LOGIN = "<html><form><input name=u><input type='password' name=p></form></html>"


def two_lists(**more: Any) -> dict[str, Any]:
    """The document with a second list, at /boxes."""
    written = document(**more)
    written["paths"]["/boxes"] = {"get": written["paths"]["/things"]["get"]}
    return written


class TwoLists(Things):
    """The service with a second list, which is empty."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"].endswith("/boxes"):
            scope = {**scope, "path": scope["path"].removesuffix("/boxes") + "/things"}
        await super().__call__(scope, receive, send)


def run(before: Hook, folder: Path, *options: str, prefix: str = "", **given: Any) -> Result:
    written = given.pop("written", None) or two_lists()
    with _served(TwoLists(before, prefix)) as url:
        return checked(url, folder, *options, written=written)


def always(response: Response) -> Hook:
    return lambda request: response


@pytest.mark.parametrize(("response", "options", "told"), [
    (HTMLResponse(PAGE), (), "all 2 operations tried answered with HTML instead of JSON"),
    (HTMLResponse(LOGIN), (), "all 2 operations tried answered with a login page in HTML: give a credential by --auth"),
    (RedirectResponse("/accounts/login?next=/things", 302), (),
     "all 2 operations tried redirected to a login page (http://127.0.0.1:"),
    (RedirectResponse("https://api.test/things", 301), (), "use --url https://api.test"),
    (JSONResponse({}, 401), (), "operations tried answered 401 without a credential: give a credential by --auth"),
    (JSONResponse({}, 401, {"www-authenticate": "Basic realm=x"}), ("--auth", KEY),
     "the credential is not accepted (it was sent as authorization: Bearer …; it asks for Basic)"),
    (JSONResponse({}, 403), ("--header", f"X-Key: {KEY}"),
     "all 2 operations tried answered 403: the credential is not accepted (it was sent in the header X-Key)"),
    (PlainTextResponse("", 503), (), "all 2 operations tried answered 503: the service is busy or down"),
])  # fmt: skip
def test_a_service_of_which_nothing_can_be_examined_ends_the_check_with_the_reason(
    response: Response, options: tuple[str, ...], told: str, tmp_path: Path
) -> None:
    done = run(always(response), tmp_path, *options)

    assert 2 == done.exit_code, done.output
    assert told in done.output
    assert told in read_report(tmp_path / "reports").result.stopped
    assert 40 > json.loads((tmp_path / "reports/report.json").read_text())["requests"]
    assert KEY not in done.output


def test_no_credential_is_named_as_missing_and_not_as_refused(pytester: pytest.Pytester, tmp_path: Path) -> None:
    """The check sends a placeholder where the document has a security scheme."""
    bearer: dict[str, Any] = {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}
    written = two_lists(components=bearer, security=[{"token": []}])
    told = "all 2 operations tried answered 401 without a credential: give a credential by "

    done = run(always(JSONResponse({}, 401)), tmp_path, written=written)
    with _served(TwoLists(always(JSONResponse({}, 401)))) as url:
        options = ("--contract", str(tmp_path / "things.yaml"), "--target", url, "--contract-quick")
        tests = run_pytest(pytester, *options)

    assert f"{told}--auth, --header or --auth-file" in done.output
    tests.assert_outcomes(failed=1)
    tests.stdout.fnmatch_lines([f"*{told}--contract-auth, --contract-header or --contract-auth-file*"])


@pytest.mark.parametrize("prefix", ["/api", "/shop/v7"])
def test_a_missing_base_path_is_named(prefix: str, tmp_path: Path) -> None:
    written = two_lists(servers=[{"url": "https://shop.test/shop/v7"}])

    done = run(lambda request: None, tmp_path, prefix=prefix, written=written)

    assert 2 == done.exit_code, done.output
    assert "the paths exist at http://127.0.0.1:" in done.output
    assert f"{prefix}\n" in done.output


def test_a_base_path_that_nobody_can_guess_is_asked_for(tmp_path: Path) -> None:
    written = two_lists(servers=[{"url": "https://shop.test/shop/v7"}])

    done = run(lambda request: None, tmp_path, prefix="/elsewhere/x", written=written)

    assert 2 == done.exit_code, done.output
    assert "is the base path missing in --url (the document's servers have /shop/v7)" in done.output


def test_a_proxy_that_answers_options_everywhere_hides_no_missing_base_path(tmp_path: Path) -> None:
    async def proxy(scope: Any, receive: Any, send: Any) -> None:
        answer = Response(status_code=204) if scope.get("method") == "OPTIONS" else behind
        await answer(scope, receive, send)

    behind = TwoLists(prefix="/api")
    with _served(proxy) as url:
        done = checked(url, tmp_path, written=two_lists())

    assert 2 == done.exit_code, done.output
    assert f"the paths exist at {url}/api: use --url {url}/api" in done.output.replace("\n", " ")


def test_a_service_whose_lists_are_missing_but_not_its_other_routes_is_examined(tmp_path: Path) -> None:
    missing: Hook = lambda request: JSONResponse({}, 404) if request.method == "GET" else None  # noqa: E731

    done = run(missing, tmp_path)

    assert 1 == done.exit_code, done.output
    assert "ended early" not in done.output


def test_json_with_the_media_type_of_html_is_a_finding_and_no_website(tmp_path: Path) -> None:
    done = run(lambda request: HTMLResponse("[]") if request.method == "GET" else None, tmp_path)

    assert 1 == done.exit_code, done.output
    assert "ended early" not in done.output


def test_each_user_is_told_with_its_successes(tmp_path: Path) -> None:
    users = tmp_path / "users.yaml"
    headers = [[{"name": "X-Key", "value": f"{name}-{KEY}"}] for name in ("ann", "bob")]
    users.write_text(yaml.safe_dump({"auth": [
        {"name": "ann", "fixedHeaders": headers[0]}, {"name": "bob", "fixedHeaders": headers[1]}]}))  # fmt: skip

    def before(request: Request) -> Response | None:
        return JSONResponse({}, 401) if request.headers.get("x-key", "").startswith("bob") else None

    done = run(before, tmp_path, "--auth-file", str(users), "--only", "create")

    assert "ann: success at 2 of 2 operations tried" in done.output
    assert (
        "NOTE bob: success at 0 of 2 operations tried; no success: GET /boxes (401), GET /things (401)" in done.output
    )


def test_a_credential_that_one_scheme_refuses_is_told(tmp_path: Path) -> None:
    schemes = {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}, "basic": {"type": "http", "scheme": "basic"}}
    written = two_lists(components={"securitySchemes": schemes})
    written["paths"]["/things"]["get"]["security"] = [{"key": []}]
    written["paths"]["/boxes"] = {"get": {**written["paths"]["/things"]["get"], "security": [{"basic": []}]}}

    def before(request: Request) -> Response | None:
        return JSONResponse({}, 401) if "authorization" in request.headers else None

    done = run(before, tmp_path, "--auth", KEY, "--only", "create", written=written)

    assert "the credential is not accepted where the document requires basic" in done.output


def test_an_address_that_accepts_no_connection_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    done = checked(f"http://127.0.0.1:{port}", tmp_path)

    assert 2 == done.exit_code
    assert f"http://127.0.0.1:{port} accepts no connection: start it, or correct --url" in done.output


def test_a_service_that_closes_every_connection_is_told(tmp_path: Path) -> None:
    with closing("on GET") as (url, _):
        done = checked(url, tmp_path)

    assert 2 == done.exit_code
    assert f"{url} closes each connection without a response; is it https://?" in done.output
