"""Which tenant a request is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from urllib.parse import unquote

from mockserver.behaviour.statements import Tenant
from mockserver.messages import Principal

FindTenant = Callable[[Principal, Mapping[str, str], Mapping[str, str]], str]
"""From the caller, the raw path values and the headers to the tenant; the caller may have no access to it."""


def finder(statement: Tenant) -> FindTenant:
    """The function that finds the tenant of a request as the statement says."""
    return partial(TENANTS[statement.by], statement.name)


def _by_path(name: str, principal: Principal, path: Mapping[str, str], headers: Mapping[str, str]) -> str:
    written = path.get(name, "")
    return unquote(written) if "%" in written else written


def _by_header(name: str, principal: Principal, path: Mapping[str, str], headers: Mapping[str, str]) -> str:
    asked = headers.get(name.lower(), "")
    return asked if asked and principal.may_enter(asked) else principal.home


def _by_credential(name: str, principal: Principal, path: Mapping[str, str], headers: Mapping[str, str]) -> str:
    return principal.home or principal.name


def _by_nothing(name: str, principal: Principal, path: Mapping[str, str], headers: Mapping[str, str]) -> str:
    return ""


TENANTS: dict[str, Callable[[str, Principal, Mapping[str, str], Mapping[str, str]], str]] = {
    "path": _by_path,
    "header": _by_header,
    "credential": _by_credential,
    "none": _by_nothing,
}
"""How the tenant is found, by the name that `tenant.by` uses."""
