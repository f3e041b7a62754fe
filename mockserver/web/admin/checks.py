"""Operations on contract checks that run beside the sandbox."""

from __future__ import annotations

import secrets
from typing import Any

from mockserver.errors import Conflict, Missing
from mockserver.messages import Reply
from mockserver.web.admin.admin_request import AdminRequest, as_conflict
from mockserver.web.admin.services import behaviour_text
from mockserver.web.control.check_runs import MOST_FINDINGS, StartedCheck, WantedCheck
from mockserver.web.control.namespaces import PATH_PREFIX
from mockserver.web.control.nearest_operation import prefix_of
from mockserver.web.middleware.document_pages import published
from mockserver.web.service import Service

Json = dict[str, Any]

DOCUMENT, BEHAVIOUR = "openapi.json", "behaviour.yaml"


def listed(request: AdminRequest) -> Reply:
    """The latest checks, and why none can be started, if so."""
    checks = request.control.checks
    return Reply(200, {"why_not": checks.why_not, "checks": [each.shown() for each in checks.all()]})


async def started(request: AdminRequest) -> Reply:
    """Start a check of a service as it is mocked here, or of the address in the body. Raises Missing and Conflict."""
    body, checks = request.body, request.control.checks
    service = request.service(body["service"])
    name = f"check-{secrets.token_hex(4)}"
    with as_conflict():
        target = checks.checked_url(body["url"]) if "url" in body else _own_address(request, service, name)
    arguments, files = _what(service)
    options = ["--quick", "--verbose", "--url", target, *(f"--only={each}" for each in body.get("only", ()))]
    options += ["--read-only"] if body.get("read_only") else []
    wanted = WantedCheck(service.name, target, [*arguments, *options], files, body.get("auth"))
    run = checks.start(wanted, lambda: _forget(request, name))
    return Reply(201, _detailed(run), (("location", f"/_mock/checks/{run.id}"),))


def got(request: AdminRequest) -> Reply:
    """One check with its output and its findings. Raises Missing."""
    return Reply(200, _detailed(_named(request)))


async def stopped(request: AdminRequest) -> Reply:
    """Stop a check. Raises Missing."""
    await request.control.checks.stop(_named(request))
    return Reply(204)


def report(request: AdminRequest) -> Reply:
    """The report as a page. Raises Missing while there is none."""
    page = _named(request).page
    if not page:
        raise Missing("this check has no report, or none yet", resource="report")
    return Reply(200, content=page, media_type="text/html")


def _named(request: AdminRequest) -> StartedCheck:
    return request.control.checks.get(request.path["id"])


def _forget(request: AdminRequest, namespace: str) -> None:
    """End the namespace in which a check made its requests."""
    request.control.namespaces.end(namespace)


def _what(service: Service) -> tuple[list[str], dict[str, bytes]]:
    """What is checked, as arguments of the command, and the files that these name."""
    contract = service.contract
    if contract.vendor is not None:
        return [contract.vendor.name], {}
    files = {DOCUMENT: published(service)}
    if contract.rules:  # rules of the user are no part of the document that is written here
        return [DOCUMENT], files
    return [DOCUMENT, "--behaviour", BEHAVIOUR], files | {BEHAVIOUR: behaviour_text(service).encode()}


def _own_address(request: AdminRequest, service: Service, namespace: str) -> str:
    """The base URL of the mock for the check, in a namespace of its own. Raises Conflict without a port."""
    bound = request.scope.get("server")
    if request.control.checks.why_not is None and (bound is None or bound[1] is None):
        raise Conflict("this sandbox listens on no port; give a url")
    host, port = bound or ("127.0.0.1", 0)
    shown = f"[{host}]" if ":" in host else host
    prefix = prefix_of(service, request.control.services)
    return f"{request.scope.get('scheme', 'http')}://{shown}:{port}{PATH_PREFIX}{namespace}{prefix}"


def _detailed(run: StartedCheck) -> Json:
    findings = run.report["findings"][:MOST_FINDINGS] if run.report is not None else []
    found = list(map(_finding, findings))
    return {**run.shown(), "lines": list(run.lines), "has_report": bool(run.page), "findings": found}


def _finding(found: Json) -> Json:
    names = ("id", "verdict", "check", "operation", "expected", "seen", "statement", "curl")
    return {name: found.get(name) for name in names} | {"exchanges": [_exchange(each) for each in found["exchanges"]]}


def _exchange(each: Json) -> Json:
    return {
        "method": each["method"],
        "url": each["url"],
        "body": each["body"],
        "status": each["status"],
        "response_body": each["reply_body"],
    }
