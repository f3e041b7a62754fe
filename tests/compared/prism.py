"""How Prism does the tasks: by headers of the client, and by the document."""

from __future__ import annotations

from tests.compared.attempt import Attempt

STATELESS = "it stores nothing"
NO_DELAY = "asked for since 2020 (prism#1140)"
NO_JOURNAL = "it keeps no requests"

EXAMPLE = """\
          content:
            application/json:
              example:
                pets:
                - {id: 1, name: Rex, kind: dog, created_at: "2026-01-01T00:00:00Z"}
                - {id: 2, name: Tom, kind: cat, created_at: "2026-01-01T00:00:00Z"}
                total: 2
"""
"""Added to the document, below the response of listPets."""

WRONG = """\
          content:
            application/json:
              example: {pets: none}
"""

ATTEMPTS = {
    "force one error": Attempt(
        headers={"Prefer": "code=400"},
        note="a header of the client, for documented statuses only: for 503 it answers 404",
    ),
    "429 twice, then 200": Attempt(
        headers={"Prefer": "code=429"}, works=False, note="the client would have to change its header"
    ),
    "delay one operation": Attempt(works=False, note=NO_DELAY),
    "random delay": Attempt(works=False, note=NO_DELAY),
    "reset what requests changed": Attempt(works=False, note="nothing to reset: it stores nothing"),
    "isolate two tests on one server": Attempt(works=False, note="nothing to isolate: it stores nothing"),
    "verify a call and its body": Attempt(shows="Rex", works=False, note=NO_JOURNAL),
    "find out why a request was refused": Attempt(
        shows="kind", note="in the header `sl-violations`, and in its terminal"
    ),
    "see unmatched requests": Attempt(shows="/petz", note="in its terminal"),
    "change a stored item by hand": Attempt(works=False, note=STATELESS),
    "start from a fixture file": Attempt(
        files={"example": EXAMPLE}, note="as an example in the document: a constant list"
    ),
    "freeze time, and advance it": Attempt(works=False, note="times are examples, constant or random"),
    "cut a connection": Attempt(works=False, note="its documentation has none"),
    "slow response, byte by byte": Attempt(works=False, note=NO_DELAY),
    "an invalid response on purpose": Attempt(files={"example": WRONG}, note="as an example in the document"),
    "record what was asked as HAR": Attempt(works=False, note=NO_JOURNAL),
    "save and restore the whole state": Attempt(works=False, note=STATELESS),
    "create, then list, without configuration": Attempt(works=False, note=STATELESS),
    "refuse a body that breaks the document": Attempt(),
    "follow requests live": Attempt(shows="post /pets", note="in its terminal"),
}
