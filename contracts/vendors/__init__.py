"""Partners of the vendors' rules: what no data can say, examined by one function for each rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from contracts.capabilities import Kind, acts, kinds
from contracts.finding import Said
from contracts.promise import Place, Promise, holder
from contracts.stage import Stage
from contracts.vendors import basedash, datagrid
from mockserver.spec.contract import Contract

Partner = Callable[[Stage, Kind], None]

PARTNERS: Mapping[str, Mapping[str, Partner]] = {"basedash": basedash.PARTNERS, "datagrid": datagrid.PARTNERS}
"""Vendor → rule → the function that examines it."""


def _places(vendor: str, rule: str) -> Callable[[Contract], Iterator[Place]]:
    def places(contract: Contract) -> Iterator[Place]:
        known = kinds(contract)
        for act in acts(contract) if contract.name == vendor else ():
            kind = holder(act, known)
            said = next((each for each in act.behaviour.rules if each.name == rule), None)
            if said is not None and kind is not None:
                yield act.name, Said.of(act.name, "rules", said, said.says), (kind,)
                return

    return places


PROMISES = tuple(
    Promise(f"{vendor}-{rule}", ("rules",), _places(vendor, rule), partner)
    for vendor, partners in PARTNERS.items()
    for rule, partner in partners.items()
)
