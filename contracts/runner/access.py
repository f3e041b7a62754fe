"""What each user may do, as far as requests have shown, and which operations answered with success."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock


class UserAccess:
    """What the responses of one run say about operations and users.

    `answered` has the operations that got a request, and whether one of them succeeded. `notes` say who may not
    do what.
    """

    def __init__(self) -> None:
        self._succeeded: set[tuple[str, str]] = set()
        self._refused: dict[tuple[str, str], int] = {}
        self._answered: dict[str, bool] = {}
        self._lock = Lock()

    def record(self, user: str, operation: str, status: int) -> None:
        """Record a response. A redirect is no success: many services send one to a login page."""
        success = 200 <= status < 300 or status == 304
        with self._lock:
            self._answered[operation] = self._answered.get(operation, False) or success
            if success:
                self._succeeded.add((user, operation))
                self._refused.pop((user, operation), None)

    def forgive(self, user: str, operation: str) -> None:
        """Forget that a user was refused at an operation: it was about the item, not about the user."""
        with self._lock:
            self._refused.pop((user, operation), None)

    def has_succeeded(self, user: str, operation: str) -> bool:
        """Did an operation answer a user with success?"""
        return (user, operation) in self._succeeded

    def refusal(self, user: str, operation: str) -> int | None:
        """The status with which a user was refused at an operation; None if it was not."""
        return self._refused.get((user, operation))

    def is_refused(self, user: str, operation: str, status: int, *, ordinary: bool) -> bool:
        """Is this response a refusal of a user who never succeeded there?

        Only an `ordinary` request shows that, one that should succeed; later ones are then refusals, too.
        """
        if status not in (401, 403) or (user, operation) in self._succeeded:
            return False
        if not ordinary and (user, operation) not in self._refused:
            return False
        with self._lock:
            self._refused[user, operation] = status
        return True

    @property
    def answered(self) -> Mapping[str, bool]:
        """The operations that got a request, and whether one of them succeeded."""
        return dict(self._answered)

    @property
    def notes(self) -> tuple[str, ...]:
        """One sentence for each user who was refused somewhere."""
        users = dict.fromkeys(user for user, _ in self._refused)
        return tuple(self._note(user) for user in users)

    def _note(self, user: str) -> str:
        found = [f"{operation} ({status})" for (who, operation), status in self._refused.items() if who == user]
        return (
            f"{user} may not use {', '.join(found)}: checks that need it are skipped. Put a user first who may, "
            "by --auth or --auth-file, or name items that exist in its `fixtures`."
        )
