"""The operations and statements of a contract as text, for `mockserver specs show`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import fields

from mockserver.behaviour.statements import Statement
from mockserver.contract import Contract
from mockserver.openapi import json_codec


def listing(contract: Contract) -> Iterator[str]:
    """The lines about a contract: its operations, then each statement with its evidence and source."""
    document = contract.document
    yield f"{document.title} {document.version}  ({document.file.rsplit('/', 1)[-1]})"
    for operation in document.operations:
        path = document.base_path_of(operation) + operation.path
        late = "  (deprecated)" if operation.deprecated else ""
        yield f"  {operation.http_method:7}{path}{late}  {operation.summary}"
    subject = ""
    for about, kind, statement in contract.behaviour.statements():
        if about != subject:
            subject = about
            yield from ("", subject)
        yield f"  {kind}: {_keys(statement)}"
        source = f": {statement.source}" if statement.source else ""
        yield f"      {statement.evidence}{source}" + (f" ({statement.note})" if statement.note else "")


def _keys(statement: Statement) -> str:
    common = {entry.name for entry in fields(Statement)}
    shown = {
        entry.name.replace("_", "-"): getattr(statement, entry.name)
        for entry in fields(statement)
        if entry.name not in common and getattr(statement, entry.name) not in (None, "", (), {})
    }
    return ", ".join(f"{name} {_short(value)}" for name, value in shown.items())


def _short(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(str(v) for v in value)
    if isinstance(value, float):
        return f"{value:g}"
    return json_codec.write(value).decode() if isinstance(value, dict | list) else str(value)
