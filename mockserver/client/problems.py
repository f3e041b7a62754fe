"""The one error of the client: the sandbox cannot be reached, or it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx

from mockserver.errors import MockServerError


class SandboxError(MockServerError):
    """The sandbox cannot be reached, or it refuses what is asked.

    `status` is that of the response, None without one. `detail` says what is wrong, and `errors` has an entry for each
    wrong value (RFC 9457).
    """

    def __init__(self, detail: str, *, status: int | None = None, errors: tuple[dict[str, Any], ...] = ()) -> None:
        self.detail, self.status, self.errors = detail, status, errors
        super().__init__("\n".join((detail, *_lines(detail, errors))))


def _lines(detail: str, errors: tuple[dict[str, Any], ...]) -> Iterator[str]:
    """A line for each wrong value that the detail does not tell already."""
    for each in errors:
        text = str(each.get("detail", ""))
        if text and text not in detail:
            yield "  " + " ".join(part for part in (each.get("in"), each.get("field"), text) if part)


def unreachable(url: str, error: httpx.TransportError) -> SandboxError:
    """The error for a sandbox that does not answer."""
    if isinstance(error, httpx.TimeoutException):
        return SandboxError(f"the sandbox at {url} does not answer in time")
    if isinstance(error, httpx.UnsupportedProtocol):
        return SandboxError(f"{url!r} is no address of a sandbox; write for example http://127.0.0.1:8080")
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return SandboxError(f"the certificate of {url} is not trusted; verify=False (--insecure) accepts it")
    if not isinstance(error, httpx.ConnectError):
        return SandboxError(f"the sandbox at {url} ended, or closed the connection: {error}")
    return SandboxError(
        f"no sandbox answers at {url}; start one with `mockserver serve`, or give the address of another "
        "(--url, or the variable MOCKSERVER_URL)"
    )


def refused(response: httpx.Response) -> SandboxError:
    """The error for a response that is none of the documented successes."""
    problem, status = _problem(response), response.status_code
    where = f"{response.request.method} {response.request.url.path}"
    if problem is None:
        return SandboxError(f"{where}: status {status} from what is no sandbox", status=status)
    errors = tuple(each for each in problem.get("errors") or () if isinstance(each, dict))
    above = response.request.url.path.partition("/_mock/")[0]
    hint = f"; give the address of the sandbox, without the base path {above} of a service" if above else ""
    return SandboxError(f"{problem['detail']}{hint if status == 404 else ''}", status=status, errors=errors)


def _problem(response: httpx.Response) -> dict[str, Any] | None:
    try:
        found = response.json()
    except ValueError:
        return None
    return found if isinstance(found, dict) and "detail" in found else None
