"""What no data can say, one module for each vendor. `RULES` is the table that behaviour files name rules from."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.semantics.turn import Rule
from mockserver.vendors import basedash, datagrid, gaia, piper

RULES: Mapping[str, Mapping[str, Rule]] = {
    "basedash": basedash.RULES,
    "datagrid": datagrid.RULES,
    "gaia": gaia.RULES,
    "piper": piper.RULES,
}
"""Vendor → name of the rule → its function."""
