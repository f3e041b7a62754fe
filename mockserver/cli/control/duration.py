"""Durations as values of options: `30`, `500ms`, `2h`."""

from __future__ import annotations

from typing import Any

import click

from mockserver import durations


class Duration(click.ParamType):  # type: ignore[type-arg]  # older versions of click have no argument
    """A duration; its value is in seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The seconds of a text. Fails for a text that is no duration."""
        found = durations.seconds(str(value))
        if found is None:
            self.fail(f"{value!r} is no duration; {durations.FORMS}", param, ctx)
        return found
