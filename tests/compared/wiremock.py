"""How WireMock does the tasks: with stubs, which its user writes."""

from __future__ import annotations

from tests.compared.attempt import Attempt

LIST = '{"request": {"method": "GET", "urlPath": "/pets"}, "response": {%s}}'
CREATE = '{"request": {"method": "POST", "urlPath": "/pets"}, "response": {%s}}'
CREATED = '"status": 201, "jsonBody": {"id": 1, "name": "Rex", "kind": "dog", "created_at": "2026-01-01T00:00:00Z"}'
EMPTY = '"status": 200, "jsonBody": {"pets": [], "total": 0}'


def stub(text: str) -> str:
    """The command that adds a stub."""
    return f"curl -sf $URL/__admin/mappings -d '{text}'"


SCENARIO = """\
{"mappings": [
  {"scenarioName": "pets", "requiredScenarioState": "Started",
   "request": {"method": "GET", "urlPath": "/pets"}, "response": {"jsonBody": {"pets": [], "total": 0}}},
  {"scenarioName": "pets", "requiredScenarioState": "Started", "newScenarioState": "one",
   "request": {"method": "POST", "urlPath": "/pets"}, "response": {"status": 201, "jsonBody": {"id": 1}}},
  {"scenarioName": "pets", "requiredScenarioState": "one",
   "request": {"method": "GET", "urlPath": "/pets"}, "response": {"jsonBody": {"pets": [{"id": 1}], "total": 1}}},
  {"scenarioName": "pets", "requiredScenarioState": "one", "newScenarioState": "two",
   "request": {"method": "POST", "urlPath": "/pets"}, "response": {"status": 201, "jsonBody": {"id": 2}}},
  {"scenarioName": "pets", "requiredScenarioState": "two",
   "request": {"method": "GET", "urlPath": "/pets"},
   "response": {"jsonBody": {"pets": [{"id": 1}, {"id": 2}], "total": 2}}}
]}
"""
"""A list that knows two creates: WireMock's scenarios are states that are written one by one."""

TEST = """\
  {"scenarioName": "NAME", "requiredScenarioState": "Started",
   "request": {"method": "GET", "urlPath": "/pets", "headers": {"Mock-Namespace": {"equalTo": "NAME"}}},
   "response": {"jsonBody": {"pets": [], "total": 0}}},
  {"scenarioName": "NAME", "requiredScenarioState": "Started", "newScenarioState": "created",
   "request": {"method": "POST", "urlPath": "/pets", "headers": {"Mock-Namespace": {"equalTo": "NAME"}}},
   "response": {"status": 201, "jsonBody": {"id": 1}}},
  {"scenarioName": "NAME", "requiredScenarioState": "created",
   "request": {"method": "GET", "urlPath": "/pets", "headers": {"Mock-Namespace": {"equalTo": "NAME"}}},
   "response": {"jsonBody": {"pets": [{"id": 1}], "total": 1}}}"""
ISOLATED = "".join(('{"mappings": [\n', TEST.replace("NAME", "one"), ",\n", TEST.replace("NAME", "two"), "\n]}\n"))
"""The same stubs once a test, told apart by a header."""

CHECKED = """\
{"request": {"method": "POST", "urlPath": "/pets",
  "bodyPatterns": [{"matchesJsonSchema": {"type": "object", "required": ["name", "kind"], "properties": {
    "name": {"type": "string", "minLength": 1, "maxLength": 40}, "kind": {"enum": ["cat", "dog", "parrot"]}}}}]},
 "response": {"status": 201, "jsonBody": {"id": 1, "name": "Rex", "kind": "dog"}}}
"""

SEQUENCE = """\
{"mappings": [
  {"scenarioName": "s", "requiredScenarioState": "Started", "newScenarioState": "once",
   "request": {"method": "GET", "urlPath": "/pets"}, "response": {"status": 429}},
  {"scenarioName": "s", "requiredScenarioState": "once", "newScenarioState": "twice",
   "request": {"method": "GET", "urlPath": "/pets"}, "response": {"status": 429}},
  {"scenarioName": "s", "requiredScenarioState": "twice",
   "request": {"method": "GET", "urlPath": "/pets"}, "response": {"jsonBody": {"pets": [], "total": 0}}}
]}
"""

NO_STATE = "it stores no items; scenarios are states that are written one by one"

ATTEMPTS = {
    "force one error": Attempt((stub(CREATE % '"status": 503'),)),
    "429 twice, then 200": Attempt(files={"mappings/sequence.json": SEQUENCE}),
    "delay one operation": Attempt((stub(LIST % (EMPTY + ', "fixedDelayMilliseconds": 1000')),)),
    "random delay": Attempt(
        (stub(LIST % (EMPTY + ', "delayDistribution": {"type": "uniform", "lower": 100, "upper": 400}')),),
        note="log-normal too",
    ),
    "reset what requests changed": Attempt(
        ("curl -sf -X POST $URL/__admin/scenarios/reset",), files={"mappings/pets.json": SCENARIO}, note=NO_STATE
    ),
    "isolate two tests on one server": Attempt(
        files={"mappings/pets.json": ISOLATED},
        headers={"Mock-Namespace": "NAME"},
        note="all stubs are written once a test, with a header to match; a way without is asked for (wiremock#169)",
    ),
    "verify a call and its body": Attempt(
        (
            """curl -sf $URL/__admin/requests/count -d '{"method": "POST", "urlPath": "/pets",
  "bodyPatterns": [{"matchesJsonPath": {"expression": "$.name", "equalTo": "Rex"}}]}'""",
        ),
        shows='"count" : 1',
    ),
    "find out why a request was refused": Attempt(
        files={"mappings/create.json": CHECKED},
        shows="kind",
        note="the 404 shows the nearest stub beside the request, line by line",
    ),
    "see unmatched requests": Attempt(("curl -sf $URL/__admin/requests/unmatched",), shows="/petz"),
    "change a stored item by hand": Attempt(works=False, note=f"{NO_STATE}"),
    "start from a fixture file": Attempt(
        files={
            "__files/pets.json": '{"pets": [{"name": "Rex"}, {"name": "Tom"}], "total": 2}',
            "mappings/list.json": LIST % '"bodyFileName": "pets.json"',
        },
        note="a constant list: nothing that a request creates joins it",
    ),
    "freeze time, and advance it": Attempt(
        (stub(CREATE % '"status": 201, "transformers": ["response-template"], "jsonBody": {"created_at": "{{now}}"}'),),
        works=False,
        note="`{{now}}` is the clock of the machine; a constant may be written instead",
    ),
    "cut a connection": Attempt((stub(LIST % '"fault": "CONNECTION_RESET_BY_PEER"'),)),
    "slow response, byte by byte": Attempt(
        (stub(LIST % (EMPTY + ', "chunkedDribbleDelay": {"numberOfChunks": 5, "totalDuration": 1500}')),)
    ),
    "an invalid response on purpose": Attempt(
        (stub(LIST % '"jsonBody": {"pets": "none"}'),), note="it knows no document, so that nothing is invalid for it"
    ),
    "record what was asked as HAR": Attempt(
        ("curl -sf $URL/__admin/requests",), works=False, note="JSON of its own (wiremock#2292 is open)"
    ),
    "save and restore the whole state": Attempt(
        (
            "curl -sf $URL/__admin/scenarios | jq -r '.scenarios[0].state' > state",
            "jq -n --arg s \"$(cat state)\" '{state: $s}' | curl -sf -X PUT $URL/__admin/scenarios/pets/state -d @-",
        ),
        files={"mappings/pets.json": SCENARIO},
        note="the state of one scenario; the stubs can be saved by `/__admin/mappings/save`",
    ),
    "create, then list, without configuration": Attempt(works=False, note="every answer is a stub"),
    "refuse a body that breaks the document": Attempt(
        files={"mappings/create.json": CHECKED}, note="the schema is copied by hand; the answer is 404"
    ),
    "follow requests live": Attempt(flags="--verbose", shows="POST", note="in its terminal"),
}
