"""Options and commands of click for what every start runs: their help needs neither `inspect` nor translations.

click cleans each help text by `inspect`, which imports five other modules, and looks for its own texts in the language
of the user, where it has none.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import click


class Option(click.Option):
    """An option; `help` is one paragraph without indentation."""

    def __init__(self, *declarations: Any, help: str | None = None, **attributes: Any) -> None:
        super().__init__(*declarations, **attributes)
        self.help = help


class Command(click.Command):
    """A command whose `--help` is such an option."""

    _own_help: Option | None = None

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The option `--help`; None where a command has none."""
        names = [*self.get_help_option_names(ctx)]
        if not names or not self.add_help_option:
            return None
        if self._own_help is None:  # click compares options by what they are, so there is only one
            self._own_help = Option(names, help="Show this message and exit.", callback=_show_help, **IMMEDIATE)
        return self._own_help


IMMEDIATE: dict[str, Any] = {"is_flag": True, "expose_value": False, "is_eager": True}
"""The attributes of an option that ends the command."""


def _show_help(context: click.Context, parameter: click.Parameter, is_asked: bool) -> None:
    if is_asked and not context.resilient_parsing:
        click.echo(context.get_help(), color=context.color)
        context.exit()


option = partial(click.option, cls=Option)
"""`click.option`, for an `Option`."""
