"""How this mock does the tasks."""

from __future__ import annotations

from tests.compared.attempt import Attempt

FIXTURE = "pet: [{name: Rex, kind: dog}, {name: Tom, kind: cat}]\n"

ATTEMPTS = {
    "force one error": Attempt(("mockserver fault createPet --status 503 --times 1",)),
    "429 twice, then 200": Attempt(("mockserver fault listPets --status 429 --times 2 --invalid",)),
    "delay one operation": Attempt(("mockserver fault listPets --delay 1",)),
    "random delay": Attempt(("mockserver fault listPets --delay 0.1-0.4",)),
    "reset what requests changed": Attempt(("mockserver reset",)),
    "isolate two tests on one server": Attempt(headers={"Mock-Namespace": "NAME"}),
    "verify a call and its body": Attempt(
        ("""mockserver verify createPet --count 1 --values '{"name": "Rex"}'""",),
        shows="as expected",
        note='in Python or pytest: `verify("createPet", count=1, json={"name": "Rex"})`',
    ),
    "find out why a request was refused": Attempt(
        shows="required property",
        note="in the response, and in its terminal; `mockserver why` says where it is written, too",
    ),
    "see unmatched requests": Attempt(shows="/petz", note="in its terminal, and by `mockserver requests --unmatched`"),
    "change a stored item by hand": Attempt(
        ("""mockserver state petstore pet $(cat id) --change '{"name": "Max"}'""",)
    ),
    "start from a fixture file": Attempt(files={"state.yaml": FIXTURE}, flags="--state state.yaml"),
    "freeze time, and advance it": Attempt(
        ("mockserver clock freeze 2030-01-01T00:00:00Z", "mockserver clock advance 1h")
    ),
    "cut a connection": Attempt(("mockserver fault listPets --fault reset",)),
    "slow response, byte by byte": Attempt(("mockserver fault listPets --fault slow --bytes-per-second 10",)),
    "an invalid response on purpose": Attempt(
        ("""mockserver fault listPets --status 200 --body '{"pets": "none"}' --invalid""",)
    ),
    "record what was asked as HAR": Attempt(("mockserver requests --har",)),
    "save and restore the whole state": Attempt(
        ("mockserver snapshot before.json", "mockserver snapshot before.json --restore")
    ),
    "create, then list, without configuration": Attempt(),
    "refuse a body that breaks the document": Attempt(),
    "follow requests live": Attempt(
        shows="POST", note="in its terminal, and by `mockserver requests --follow` from another one"
    ),
}
