"""Operations that no request reaches, since another one has the same path and method."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.model.resources import name_of
from mockserver.contract import Contract
from mockserver.openapi import path_template


def unreachable_operations(contract: Contract) -> Mapping[str, str]:
    """The names of operations whose path differs from that of an earlier one only in the names of its parameters.

    Each with the name of the earlier one, which is the one that such a request means.
    """
    first: dict[tuple[str, str], str] = {}
    found: dict[str, str] = {}
    for operation in contract.document.operations:
        key, name = (operation.http_method, path_template.shape(operation.path)), name_of(operation)
        if first.setdefault(key, name) != name:
            found[name] = first[key]
    return found
