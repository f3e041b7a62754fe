"""Statements with the evidence for what was inferred."""

from __future__ import annotations

from typing import Any

Statement = dict[str, Any]


def inferred(note: str, **keys: Any) -> Statement:
    """An inferred statement with its reason."""
    return {**keys, "evidence": "inferred", "note": note}


def implied(note: str, **keys: Any) -> Statement:
    """A statement that follows from the document by itself, with its reason."""
    return {**keys, "evidence": "implied", "note": note}


def assumed(note: str, **keys: Any) -> Statement:
    """A statement that the mock needs and no server must keep, with the reason for the choice."""
    return {**keys, "evidence": "assumed", "note": note}


def described(source: str, note: str = "a sentence of the document says so", **keys: Any) -> Statement:
    """A statement that a sentence makes; `source` is the sentence and where it is."""
    return {**keys, "evidence": "described", "source": source, "note": note}
