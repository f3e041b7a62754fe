"""`python -m tests.planted_bugs.one SUBJECT [BUG]`: what the examination says of one server, in full."""

from __future__ import annotations

import sys

from tests.planted_bugs.run import examined, subjects

if __name__ == "__main__":
    name, bug = sys.argv[1], "".join(sys.argv[2:3])
    [subject] = [each for each in subjects() if each.name == name]
    result = examined(subject, bug)
    for found in result.findings:
        print(found.verdict, found.check, found.operation, "|", found.expected, "|", found.seen)
        for exchange in found.exchanges[-3:]:
            print("    ", exchange.curl()[:300], "->", exchange.status, exchange.reply_body[:200])
    for (operation, check), outcome in result.examined.items():
        if outcome.startswith("skipped"):
            print(operation, check, outcome)
    print(result.requests, "requests in", round(result.seconds, 2), "s", result.stopped)
