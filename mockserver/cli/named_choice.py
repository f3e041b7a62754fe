"""Options with a value among many names: a mistyped one gets the name that was likely meant."""

from __future__ import annotations

from typing import Any

import click

from mockserver.suggestions import meant


class NamedChoice(click.Choice):  # type: ignore[type-arg]  # older versions of click have no argument
    """One of some names, which are too many to look through."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The name. Fails for another one, with the one that was likely meant."""
        if value not in self.choices:
            self.fail(f"there is no {value!r}; {meant(str(value), self.choices)}", param, ctx)
        return value
