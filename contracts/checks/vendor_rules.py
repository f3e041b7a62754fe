"""The checks of a vendor's rules, from the `checks.py` in the vendor's folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from contracts.model.finding import StatementRef
from contracts.model.resources import checked_resources, resource_operations
from contracts.runner.check import Check, Place, resource_of
from contracts.runner.rule_check import RuleCheck, rule_checks
from mockserver import vendor_files
from mockserver.contract import Contract
from mockserver.errors import BehaviourError


def vendor_checks(contract: Contract) -> tuple[Check, ...]:
    """The checks of the contract's vendor; none without a `checks.py`.

    Raises BehaviourError for a check of a rule that the vendor does not have.
    """
    module = contract.vendor.module("checks") if contract.vendor is not None else None
    return tuple(_check(contract, each) for each in rule_checks(module)) if module is not None else ()


def installed_vendor_check(name: str) -> RuleCheck | None:
    """The check of a name among the vendors that are found by their names; None when it is none of theirs."""
    for vendor in vendor_files.names():
        module = vendor_files.of(vendor).module("checks") if name.startswith(f"{vendor}-") else None
        for each in rule_checks(module) if module is not None else ():
            if name == f"{vendor}-{each.rule}":
                return each
    return None


def _check(contract: Contract, each: RuleCheck) -> Check:
    if each.rule not in contract.rules:
        known = ", ".join(sorted(contract.rules)) or "none"
        raise BehaviourError(f"{contract.name}: checks.py checks the rule {each.rule!r}; rules.py has: {known}")
    return Check(f"{contract.name}-{each.rule}", ("rules",), _places(each.rule), each.run, asserts=True)


def _places(rule: str) -> Callable[[Contract], Iterator[Place]]:
    """The first operation of a resource that names the rule."""

    def places(contract: Contract) -> Iterator[Place]:
        known = checked_resources(contract)
        for op in resource_operations(contract):
            resource = resource_of(op, known)
            statement = next((each for each in op.behaviour.rules if each.name == rule), None)
            if statement is not None and resource is not None:
                yield op.name, StatementRef.of(op.name, "rules", statement, statement.says), (resource,)
                return

    return places
