"""What a contract check examined, and what it could not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Examined:
    """What a contract check examined.

    `answered` has the operations that got a request, and whether one of them succeeded. `statements` has all statements
    of the contract that any check is about, and whether one of these checks passed or failed. `notes` say what kept
    checks from running.
    """

    answered: Mapping[str, bool] = field(default_factory=dict)
    statements: Mapping[str, bool] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def never_succeeded(self) -> tuple[str, ...]:
        """The operations that got requests and never answered with success."""
        return tuple(operation for operation, succeeded in self.answered.items() if not succeeded)

    @property
    def statements_examined(self) -> int:
        """The number of statements that were examined."""
        return sum(self.statements.values())

    def joined(self, other: Examined) -> Examined:
        """What one of two runs examined."""
        return Examined(
            _either(self.answered, other.answered),
            _either(self.statements, other.statements),
            tuple(dict.fromkeys((*self.notes, *other.notes))),
        )


def _either(first: Mapping[str, bool], second: Mapping[str, bool]) -> dict[str, bool]:
    return {key: first.get(key, False) or second.get(key, False) for key in {**first, **second}}
