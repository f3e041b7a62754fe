"""Checks of the vendors' rules: one function for each rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, checked_resources, resource_operations
from contracts.runner.check import Check, Place, resource_of
from contracts.runner.context import CheckContext
from mockserver.contract import Contract
from mockserver.vendors.basedash import checks as basedash
from mockserver.vendors.datagrid import checks as datagrid
from mockserver.vendors.gaia import checks as gaia
from mockserver.vendors.piper import checks as piper

Partner = Callable[[CheckContext, CheckedResource], None]

PARTNERS: Mapping[str, Mapping[str, Partner]] = {
    "basedash": basedash.PARTNERS,
    "datagrid": datagrid.PARTNERS,
    "gaia": gaia.PARTNERS,
    "piper": piper.PARTNERS,
}
"""Vendor → rule → the function that checks it."""


UNSEEN: Mapping[str, str] = {
    "start-trial": "no documented operation shows whether a trial runs",
    "sync-tools-again": "a first sync is examined; that a second one was tried shows in no field that must change",
    "remove-managed-secret": "examined with keep-authorization as far as it is documented",
    "unassign": "examined with assign",
    "show-assigned": "examined with assign",
    "fall-back-on-stored-token": "which token was sent is seen by the MCP server only",
    "prefix-tools": "needs a server of known tools, which no vendor provides",
    "detect-auth": "needs a server of known authentication; its reply is held against the document",
    "detect-transport": "needs a server of known transport; its reply is held against the document",
    "list-tools": "needs a server of known tools; its reply is held against the document",
    "list-resources": "needs a server of known resources; its reply is held against the document",
    "list-prompts": "needs a server of known prompts; its reply is held against the document",
    "read-resource": "needs a server of known resources; its reply is held against the document",
    "get-prompt": "needs a server of known prompts; its reply is held against the document",
}
"""Rules without a partner, and why there is none."""


def _places(vendor: str, rule: str) -> Callable[[Contract], Iterator[Place]]:
    def places(contract: Contract) -> Iterator[Place]:
        known = checked_resources(contract)
        for op in resource_operations(contract) if contract.name == vendor else ():
            resource = resource_of(op, known)
            statement = next((each for each in op.behaviour.rules if each.name == rule), None)
            if statement is not None and resource is not None:
                yield op.name, StatementRef.of(op.name, "rules", statement, statement.says), (resource,)
                return

    return places


CHECKS = tuple(
    Check(f"{vendor}-{rule}", ("rules",), _places(vendor, rule), partner)
    for vendor, partners in PARTNERS.items()
    for rule, partner in partners.items()
)
