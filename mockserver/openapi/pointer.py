"""JSON Pointers (RFC 6901) into a document, and the resolution of `$ref`."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from mockserver.errors import InvalidDocument


def escape(step: str | int) -> str:
    """One key as a pointer writes it: `a/b` becomes `a~1b`."""
    text = str(step)
    return text.replace("~", "~0").replace("/", "~1") if "/" in text or "~" in text else text


def join(pointer: str, *steps: str | int) -> str:
    """`join("/paths", "/pets", "get")` is `/paths/~1pets/get`."""
    return pointer + "".join("/" + escape(step) for step in steps)


def split(pointer: str) -> list[str]:
    """The keys of a pointer, unescaped; `""` has none."""
    if not pointer:
        return []
    steps = pointer[1:].split("/")
    # `~1` first: the other way round `~01`, which means `~1`, would become a slash (RFC 6901 section 4).
    return [step.replace("~1", "/").replace("~0", "~") for step in steps] if "~" in pointer else steps


def lookup(root: Any, pointer: str) -> Any:
    """The value at `pointer`. Raises InvalidDocument where there is none."""
    node = root
    for step in split(pointer):
        try:
            node = node[int(step)] if isinstance(node, list) else node[step]
        except (KeyError, IndexError, ValueError, TypeError):
            raise InvalidDocument("there is nothing at this pointer", pointer=pointer) from None
    return node


def target(reference: str) -> str:
    """The pointer of an internal reference: `#/components/schemas/A%20B` is `/components/schemas/A B`.

    Raises InvalidDocument for a reference to another file.
    """
    if not reference.startswith("#"):
        raise InvalidDocument(f"the reference {reference!r} points outside of the document")
    return unquote(reference[1:])


def resolve(root: Any, node: Any, pointer: str) -> tuple[Any, str]:
    """Follow `$ref`s from `node`, which is at `pointer`; return the value at the end and its own pointer.

    Raises InvalidDocument for a reference to nothing and for a circle of references.
    """
    seen: set[str] = set()
    while isinstance(node, dict) and isinstance(node.get("$ref"), str):
        pointer = target(node["$ref"])
        if pointer in seen:
            raise InvalidDocument("the references form a circle", pointer=pointer)
        seen.add(pointer)
        node = lookup(root, pointer)
    return node, pointer
