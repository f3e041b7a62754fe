"""Completion for fish. The script of click cuts what it gets at each comma, and with it most sentences of our help."""

from __future__ import annotations

from click.shell_completion import FishComplete, add_completion_class


class FishCompletion(FishComplete):
    """As click's, but only the first comma divides the kind of a completion from the completion."""

    source_template = FishComplete.source_template.replace('string split "," ', 'string split --max 1 "," ')


add_completion_class(FishCompletion)
