"""What no data can say, one module for each vendor. `RULES` is the table that behaviour files name rules from."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.handlers.request_context import Rule
from mockserver.vendors.basedash import rules as basedash
from mockserver.vendors.datagrid import rules as datagrid
from mockserver.vendors.gaia import rules as gaia
from mockserver.vendors.piper import rules as piper

RULES: Mapping[str, Mapping[str, Rule]] = {
    "basedash": basedash.RULES,
    "datagrid": datagrid.RULES,
    "gaia": gaia.RULES,
    "piper": piper.RULES,
}
"""Vendor → name of the rule → its function."""
