"""The keys under which a joined document holds what came from other files."""

from __future__ import annotations

from mockserver.openapi.pointer import join, split

FILES = "x-files"
"""The root key that holds the other files."""

EXAMPLE = "x-external-value"
"""The key of an Example Object that holds what was read from its `externalValue`."""

EXAMPLE_FILE = "x-external-file"
"""The key of an Example Object with the bytes of its `externalValue`, in base64, unless that is JSON or YAML."""


def published(reference: str) -> str:
    """A reference as the author knows it: `#/x-files/sub~1pet.yaml/Pet` is `sub/pet.yaml#/Pet`, others are as before.

    The file is named by its path from the document's folder.
    """
    if not reference.startswith(f"#/{FILES}/"):
        return reference
    _, name, *steps = split(reference[1:])
    return f"{name}#{join('', *steps)}" if steps else name
