"""What a survey says: lines that tell the user what to change, and why nothing could be examined."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from contracts.client.authentication import ANY_CREDENTIAL, credential_parameter
from contracts.client.target import Exhausted, NoResponse, Request, Target, Unreachable, User
from contracts.client.transport import BadResponse, Unanswered, Untrusted
from contracts.model.finding import RecordedExchange
from contracts.preflight.base_path import likely_base, server_paths
from contracts.preflight.survey import Survey, TriedOperation, existing_paths, surveyed
from mockserver.contract import Contract
from mockserver.openapi.media_types import is_json

LOGIN = re.compile(r"(?i)log-?in|sign-?in|logon|\bsso\b|oauth|saml|/auth\b|accounts?\.")
"""What addresses of login pages contain."""

NO_HTTP = "illegal status line"
"""What httpx says of bytes that are no HTTP at all."""

BAD_TLS = "[SSL"
"""What OpenSSL says of what is no TLS, or another version of it."""

PASSWORD = re.compile(rb"(?i)type=[\"']?password|log ?in|sign ?in")
"""What login pages contain."""


@dataclass(frozen=True, slots=True)
class Preflight:
    """What the preflight says. `fatal` says why nothing can be examined; it is empty if something can."""

    lines: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    fatal: str = ""


def preflight(contract: Contract, target: Target) -> Preflight:
    """Try a few operations that change nothing, as each user. Raises nothing for what the target does."""
    try:
        survey = surveyed(contract, target)
        fatal = _fatal(contract, target, survey)
    except NoResponse as fault:
        return Preflight(fatal=_silent([fault], target))
    except Unreachable as fault:
        return Preflight(fatal=_unconnected(target.base_url, fault))
    except Exhausted as fault:
        return Preflight(fatal=str(fault))
    users = [each for each in target.users if survey.of(each)]
    lines = tuple(_success(user, survey.of(user)) for user in users)
    return Preflight(lines, tuple(_notes(contract, target, survey)), fatal)


def _unconnected(url: str, fault: Unreachable) -> str:
    if isinstance(fault, Untrusted):
        return str(fault)
    if BAD_TLS in str(fault) and url.startswith("https:"):
        return f"{url} does not speak TLS; is it http://? ({fault})"
    return f"{url} accepts no connection: start it, or correct --url ({fault})"


def _fatal(contract: Contract, target: Target, survey: Survey) -> str:
    """Why nothing can be examined; empty if something can."""
    tried = survey.tried
    if not tried:
        return _silent(survey.silent, target) if survey.silent and not _responds(target) else ""
    return next((line for each in REASONS if (line := each(contract, target, tried))), "")


def _responds(target: Target) -> bool:
    """Does the service respond to anything? One operation alone may hang."""
    try:
        target.send(Request("GET", "/"))
    except BadResponse as fault:
        return NO_HTTP not in fault.seen
    except NoResponse:
        return False
    return True


def _silent(faults: Sequence[NoResponse], target: Target) -> str:
    url, last = target.base_url, faults[-1]
    if isinstance(last, Unanswered):
        return f"{url} accepts connections and does not respond: {last}"
    hint = "; is it https://?" if url.startswith("http:") else ""
    if isinstance(last, BadResponse):
        # Another response that cannot be read is a finding.
        return f"{url} does not speak HTTP: {last.seen}{hint}" if NO_HTTP in last.seen else ""
    return f"{url} closes each connection without a response{hint}"


def _wrong_base(contract: Contract, target: Target, tried: Sequence[TriedOperation]) -> str:
    """All paths are unknown to the service."""
    if {each.exchange.status for each in tried} != {404}:
        return ""
    paths = {each.path: each for each in sorted(contract.document.operations, key=lambda each: len(each.path))}
    if existing_paths(contract, target, list(paths.values())[:4]):
        return ""
    found = likely_base(contract, target, _path_of(tried[0].exchange, target))
    listed = sorted({each for each in server_paths(contract) if each})
    said = f"{_all(tried)} answered 404 at {target.base_url}"
    if found:
        return f"{said}, but the paths exist at {found}: use --url {found}"
    if len({each.name for each in tried}) == 1:
        return ""
    hint = f" (the document's servers have {', '.join(listed)})" if listed else ""
    return f"{said}: is the base path missing in --url{hint}, or another service there?"


def _path_of(exchange: RecordedExchange, target: Target) -> str:
    return exchange.url.removeprefix(target.base_url)


def _redirected(contract: Contract, target: Target, tried: Sequence[TriedOperation]) -> str:
    """All requests are redirected: to a login page, or to another address."""
    places = [_location(each.exchange) for each in tried]
    if not all(300 <= each.exchange.status < 400 and each.exchange.header("location") for each in tried):
        return ""
    first, here = places[0], urlsplit(tried[0].exchange.url)
    if all(LOGIN.search(each) for each in places):
        return f"{_all(tried)} redirected to a login page ({first}): {GIVE}, or --header 'Cookie: …'"
    there = urlsplit(first)
    if there.netloc and (there.scheme, there.netloc) != (here.scheme, here.netloc):
        moved = urlsplit(target.base_url)._replace(scheme=there.scheme, netloc=there.netloc).geturl()
        return f"{_all(tried)} redirected to {first}: use --url {moved}"
    return ""


def _location(exchange: RecordedExchange) -> str:
    """The address that a response redirects to; empty if it is no URL."""
    try:
        return urljoin(exchange.url, exchange.header("location") or "")
    except ValueError:
        return ""


def _web_page(contract: Contract, target: Target, tried: Sequence[TriedOperation]) -> str:
    """All requests get a web page, where the document has JSON."""
    if not all(each.succeeded and _is_page(each) for each in tried):
        return ""
    if any(PASSWORD.search(each.exchange.reply_body[:200_000]) for each in tried):
        return f"{_all(tried)} answered with a login page in HTML: {GIVE}, or --header 'Cookie: …'"
    if len(tried) == 1:
        return ""
    return f"{_all(tried)} answered with HTML instead of JSON: {target.base_url} is a website, and not this API"


def _is_page(each: TriedOperation) -> bool:
    success = each.operation.success()
    documented = success is not None and any(is_json(media.name) for media in success.content)
    start = each.exchange.reply_body.lstrip()[:15].lower()
    return documented and start.startswith((b"<!doctype html", b"<html"))


def _refused(contract: Contract, target: Target, tried: Sequence[TriedOperation]) -> str:
    """No user is let in anywhere."""
    statuses = {each.exchange.status for each in tried}
    if not statuses <= {401, 403} or (401 not in statuses and len({each.name for each in tried}) == 1):
        return ""
    shown = " or ".join(map(str, sorted(statuses)))
    if all(each.secret == ANY_CREDENTIAL for each in target.users):
        return f"{_all(tried)} answered {shown} without a credential: {GIVE}"
    asked = next((value for each in tried if (value := each.exchange.header("www-authenticate"))), "")
    sent, scheme = _sent(tried[0]), asked.partition(" ")[0]
    hint = f"; it asks for {scheme}" if scheme.lower() not in sent.lower() else ""
    return f"{_all(tried)} answered {shown}: the credential is not accepted (it was sent {sent}{hint})"


def _busy(contract: Contract, target: Target, tried: Sequence[TriedOperation]) -> str:
    if not {each.exchange.status for each in tried} <= {429, 503}:
        return ""
    return (
        f"{_all(tried)} answered {tried[0].exchange.status}: the service is busy or down; try later, or with --rate 1/s"
    )


REASONS: tuple[Callable[[Contract, Target, Sequence[TriedOperation]], str], ...] = (
    _wrong_base,
    _redirected,
    _web_page,
    _refused,
    _busy,
)
"""Why nothing can be examined; the first one that says something counts."""

GIVE = "give a credential by --auth, --header or --auth-file"


def _all(tried: Sequence[TriedOperation]) -> str:
    names = list(dict.fromkeys(each.name for each in tried))
    return f"all {len(names)} operations tried" if len(names) > 1 else f"the operation tried ({names[0]})"


def _sent(each: TriedOperation) -> str:
    """How a credential was sent."""
    user = each.user.for_security(tuple(tuple(name for name, _ in one) for one in each.operation.security))
    if user.headers:
        name, value = user.headers[0]
        scheme = value.partition(" ")[0] if name.lower() == "authorization" and " " in value else ""
        return f"as {name}: {scheme} …" if scheme else f"in the header {name}"
    if user.query:
        return f"in the query parameter {user.query[0][0]}"
    return f"in the cookie {user.cookies[0][0]}" if user.cookies else "nowhere"


def _success(user: User, tried: Sequence[TriedOperation]) -> str:
    refused = [f"{each.name} ({each.exchange.status})" for each in tried if not each.succeeded]
    more = f"; no success: {', '.join(refused[:4])}{' …' if refused[4:] else ''}" if refused else ""
    return f"{user.name}: success at {len(tried) - len(refused)} of {len(tried)} operations tried{more}"


def _notes(contract: Contract, target: Target, survey: Survey) -> Iterator[str]:
    """What the user should know, although something can be examined."""
    if target.users and not contract.document.security_schemes and not credential_parameter(contract):
        name = target.users[0].headers[0][0] if target.users[0].headers else "a cookie"
        yield (
            f"the document names no security scheme, so the credential is sent as `{name}` with every request; "
            "add `securitySchemes` to the document, or use --header or --auth-file to send it in another way"
        )
    for user in target.users:
        tried = survey.of(user)
        denied = [each for each in tried if each.exchange.status in (401, 403)]
        if denied and len(denied) == len(tried) and any(each.succeeded for each in survey.tried):
            yield f"{_success(user, tried)}: is the credential right?"
    yield from _refused_schemes(survey)


def _refused_schemes(survey: Survey) -> Iterator[str]:
    """Security schemes whose operations all refuse a credential that others accept."""
    by_scheme: dict[tuple[str, ...], list[TriedOperation]] = {}
    for each in survey.tried:
        names = tuple(sorted({name for alternative in each.operation.security for name, _ in alternative}))
        by_scheme.setdefault(names, []).append(each)
    for names, tried in by_scheme.items():
        accepted = any(each.succeeded for each in survey.tried if each.operation.security)
        if names and accepted and all(each.exchange.status == 401 for each in tried):
            yield f"the credential is not accepted where the document requires {' or '.join(names)}: {_all(tried)}"
