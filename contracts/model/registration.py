"""The operation by which a document lets anybody make an account."""

from __future__ import annotations

import re

from contracts.model.resources import resource_operations
from mockserver.contract import Contract

REGISTER = re.compile(r"(?i)/(register|registration|sign[-_]?up|create[-_]?account)/?$")
"""How the path of such an operation ends."""


def registration_of(contract: Contract) -> str:
    """The first POST that makes an account, as `METHOD path`; empty if the document shows none."""
    return next(
        (
            op.name
            for op in resource_operations(contract)
            if op.operation.method == "post" and REGISTER.search(op.operation.path)
        ),
        "",
    )
