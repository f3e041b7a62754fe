"""The commands that this package adds to `mockserver`. Each is imported only when it runs: see `LazyCommand`."""

from __future__ import annotations

from mockserver.cli.lazy_command import LazyCommand

NEEDS = ("schemathesis", "hypothesis", "openapi_core", "pytest")
"""What the `check` extra installs."""


def _lazy(name: str, target: str, help: str) -> LazyCommand:
    return LazyCommand(name, target, help, extra="check", needs=NEEDS)


check = _lazy("check", "contracts.cli.check:check", "Check an implementation of an API against its contract.")
run = _lazy("run", "contracts.cli.run:run", "Run Arazzo workflows against a mock or a service.")
cleanup = _lazy("cleanup", "contracts.cli.cleanup:cleanup", "Delete what a check created and could not delete.")
merge = _lazy("merge", "contracts.cli.merge:merge", "Join the reports of several machines into one.")
replay = _lazy("replay", "contracts.cli.replay:replay", "Check again whether one finding of a report still occurs.")
diff = _lazy("diff", "contracts.cli.diff:diff", "Say what is new and what is gone between two reports.")
trend = _lazy("trend", "contracts.cli.diff:show_trend", "Print how the reports of a folder developed.")
mutate = _lazy("mutate", "contracts.cli.mutate:mutate", "Say how much of its behaviour a contract pins.")
