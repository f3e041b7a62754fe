"""Checking an ASGI app in this process, for users who want a function and no command."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType

from contracts.client.authentication import sandbox_users
from contracts.client.target import Target, User
from contracts.client.transport import App
from contracts.conformance.schemathesis_run import conform
from contracts.report.report import joined
from contracts.runner.request_sender import Mode
from contracts.runner.runner import CheckResult, run_checks
from contracts.runner.settings import INTERNAL
from mockserver import contract as contracts
from mockserver.contract import Contract, GivenRules


def load_contract(
    vendor_or_document: str | Path, behaviour: Sequence[str | Path] = (), *, rules: GivenRules = MappingProxyType({})
) -> Contract:
    """Load the contract of a vendor or of a document, with behaviour files applied on top.

    `rules` are the user's own that the behaviour files name. Raises DocumentError or BehaviourError.
    """
    return contracts.of(vendor_or_document, behaviour, rules=rules)


def check_app(
    app: App,
    contract: Contract,
    *,
    users: Sequence[User] | None = None,
    mode: Mode = "default",
    seed: int = 0,
    only: Sequence[str] = (),
    skip: Sequence[str] = (),
    strict: bool = False,
) -> CheckResult:
    """Check an ASGI app against a contract with our checks and those of Schemathesis.

    Without `users`, the users of the contract's sandbox are used. `mode` is `quick`, `default` or `campaign`, which is
    the most thorough. `only` and `skip` are patterns for checks and operations, as for `mockserver check`. With
    `strict`, warnings are failures. Raises nothing for what the app does.
    """
    sent_by = sandbox_users(contract) if users is None else users
    with Target.asgi(app, sent_by, base_url=INTERNAL + contract.document.base_path) as target:
        result = run_checks(contract, target, mode=mode, seed=seed, only=only, skip=skip, strict=strict)
        if result.stopped:
            return result
        return joined(result, conform(contract, target, mode=mode, seed=seed, only=only, skip=skip))
