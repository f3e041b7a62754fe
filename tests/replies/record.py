"""Write the record anew, where replies are meant to change: `python -m tests.replies.record`."""

from __future__ import annotations

import sys

from tests.replies.walk import RECORDED, lines, spread


def main() -> None:
    """Walk, write the record, and say how many replies have each status."""
    told = lines()
    RECORDED.write_text("".join(line + "\n" for line in told), encoding="utf-8", newline="\n")
    statuses = ", ".join(f"{status}: {count}" for status, count in spread(told).items())
    sys.stdout.write(f"{len(told)} replies in {RECORDED.name} ({statuses})\n")


if __name__ == "__main__":
    main()
