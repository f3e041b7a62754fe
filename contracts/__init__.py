"""The contract check: checks any implementation of an API against its contract, over HTTP or in process.

The command is `mockserver check`, and `pytest --contract` runs the same checks as tests.

The names below are the public API, described in docs/api.md. Everything else may change without notice.
"""

from __future__ import annotations

from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contracts.cleanup.created_items import CreatedItem
    from contracts.client.authentication import sandbox_users, user_with_secret
    from contracts.client.request_builder import CannotBuildRequest
    from contracts.client.target import User
    from contracts.model.finding import Finding, RecordedExchange, StatementRef
    from contracts.model.resources import CheckedResource, ResourceOperation
    from contracts.runner.context import CheckContext
    from contracts.runner.in_process import check_app, load_contract
    from contracts.runner.rule_check import rule_check
    from contracts.runner.runner import CheckResult
    from mockserver.contract import Contract

__all__ = [
    "CannotBuildRequest",
    "CheckContext",
    "CheckResult",
    "CheckedResource",
    "Contract",
    "CreatedItem",
    "Finding",
    "RecordedExchange",
    "ResourceOperation",
    "StatementRef",
    "User",
    "check_app",
    "load_contract",
    "rule_check",
    "sandbox_users",
    "user_with_secret",
]

_PUBLIC = {
    "CannotBuildRequest": "contracts.client.request_builder:CannotBuildRequest",
    "CheckContext": "contracts.runner.context:CheckContext",
    "CheckResult": "contracts.runner.runner:CheckResult",
    "CheckedResource": "contracts.model.resources:CheckedResource",
    "Contract": "mockserver.contract:Contract",
    "CreatedItem": "contracts.cleanup.created_items:CreatedItem",
    "Finding": "contracts.model.finding:Finding",
    "RecordedExchange": "contracts.model.finding:RecordedExchange",
    "ResourceOperation": "contracts.model.resources:ResourceOperation",
    "StatementRef": "contracts.model.finding:StatementRef",
    "User": "contracts.client.target:User",
    "check_app": "contracts.runner.in_process:check_app",
    "load_contract": "contracts.runner.in_process:load_contract",
    "rule_check": "contracts.runner.rule_check:rule_check",
    "sandbox_users": "contracts.client.authentication:sandbox_users",
    "user_with_secret": "contracts.client.authentication:user_with_secret",
}
"""Where each public name is defined. Write a new one here, in the imports above, in `__all__` and in docs/api.md."""


def _lazy(name: str) -> Any:
    """A public name, imported when it is first used: pytest runs without `--contract` need none of them."""
    if name in _PUBLIC:
        return resolve_name(_PUBLIC[name])
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


if not TYPE_CHECKING:  # with a `__getattr__`, type checkers would accept any name
    __getattr__ = _lazy


def __dir__() -> list[str]:
    """The public names, for completion."""
    return sorted(__all__)
