"""The commands that this package adds to `mockserver`. Each is imported only when it runs: see `LazyCommand`."""

from __future__ import annotations

from mockserver.cli.lazy_command import LazyCommand

NEEDS = ("schemathesis", "hypothesis", "openapi_core", "pytest")
"""What the `check` extra installs."""


def _lazy(name: str, target: str, help: str) -> LazyCommand:
    return LazyCommand(name, target, help, extra="check", needs=NEEDS)


check = _lazy("check", "contracts.cli.check:check", "Check an implementation against its contract.")
cleanup = _lazy("cleanup", "contracts.cli.cleanup:cleanup", "Remove what a check created and could not remove.")
merge = _lazy("merge", "contracts.cli.merge:merge", "Join the reports of several machines into one.")
replay = _lazy("replay", "contracts.cli.replay:replay", "Look for one finding of a report again.")
