"""The keys under which a joined document holds what came from other files."""

from __future__ import annotations

FILES = "x-files"
"""The root key that holds the other files."""

EXAMPLE = "x-external-value"
"""The key of an Example Object that holds what was read from its `externalValue`."""
