"""How Mockoon does the tasks: with an environment file, and by its admin API."""

from __future__ import annotations

from tests.compared.attempt import Attempt

MOCK = "mock.json"
"""The environment file, which takes the place of the document."""

TOKEN = "--admin-api-token $T"
AUTHORIZED = '-H "Authorization: Bearer $T"'

HEAD = '{"uuid": "e1", "lastMigration": 33, "name": "pets", "routes": [\n'


def routes(*written: str, data: str = "") -> str:
    """An environment with these routes, in as few lines as one may write it."""
    ids = ", ".join(f'{{"type": "route", "uuid": "r{number}"}}' for number in range(1, len(written) + 1))
    numbered = [f' {{"uuid": "r{number}", {text}}}' for number, text in enumerate(written, 1)]
    return HEAD + ",\n".join(numbered) + f'],\n "rootChildren": [{ids}],\n "data": [{data}]}}\n'


def http(method: str, *responses: str, mode: str = "null", path: str = "pets") -> str:
    """A route with responses."""
    named = [f'  {{"uuid": "{method}{number}", {text}}}' for number, text in enumerate(responses, 1)]
    listed = ",\n".join(named)
    return (
        f'"type": "http", "method": "{method}", "endpoint": "{path}", "responseMode": {mode}, "responses": [\n{listed}]'
    )


EMPTY = r'"statusCode": 200, "default": true, "body": "{\"pets\": [], \"total\": 0}"'
CRUD = (
    '"type": "crud", "method": "", "endpoint": "pets", "responses": [\n'
    '  {"uuid": "c1", "bodyType": "DATABUCKET", "databucketID": "pets", "crudKey": "id", "default": true}]'
)


def bucket(items: str = "[]", name: str = "pets") -> str:
    """A data bucket with items."""
    return f'{{"uuid": "d-{name}", "id": "{name}", "name": "{name}", "value": "{items}"}}'


def of_test(name: str) -> str:
    """The answer of the CRUD route to the requests of one test."""
    rule = f'{{"target": "header", "modifier": "Mock-Namespace", "value": "{name}", "operator": "equals"}}'
    return f'  {{"uuid": "{name}", "bodyType": "DATABUCKET", "databucketID": "{name}", "rules": [{rule}]}}'


ISOLATED = (
    '"type": "crud", "method": "", "endpoint": "pets", "responses": [\n' + of_test("one") + ",\n" + of_test("two") + "]"
)
STORED = routes(CRUD, data=bucket())
JSON = "-H 'Content-Type: application/json'"
SCHEMA = (
    r"{\"type\": \"object\", \"required\": [\"name\", \"kind\"], \"properties\": {\"name\": {\"type\": \"string\"}, "
    r"\"kind\": {\"enum\": [\"cat\", \"dog\", \"parrot\"]}}}"
)
CHECKED = http(
    "post",
    '"statusCode": 201, "rules": [{"target": "body", "modifier": "", "value": "pet", "invert": false, '
    '"operator": "valid_json_schema"}], "body": "{}"',
    '"statusCode": 400, "default": true, "body": "{}"',
)
NO_FAULTS = "its documentation has no faults, only status and latency"

ATTEMPTS = {
    "force one error": Attempt(files={MOCK: routes(http("post", '"statusCode": 503, "default": true, "body": ""'))}),
    "429 twice, then 200": Attempt(
        files={
            MOCK: routes(
                http(
                    "get",
                    '"statusCode": 429, "body": ""',
                    '"statusCode": 429, "body": ""',
                    EMPTY,
                    mode='"SEQUENTIAL"',
                )
            )
        }
    ),
    "delay one operation": Attempt(files={MOCK: routes(http("get", EMPTY + ', "latency": 1000'))}),
    "random delay": Attempt(
        files={MOCK: routes(http("get", EMPTY + ', "latency": 400'))},
        flags="--enable-random-latency",
        note="from 0 to the latency of each route",
    ),
    "reset what requests changed": Attempt(
        (f"curl -sf -X POST $URL/mockoon-admin/state/purge {AUTHORIZED}",), files={MOCK: STORED}, flags=TOKEN
    ),
    "isolate two tests on one server": Attempt(
        files={MOCK: routes(ISOLATED, data=f"{bucket(name='one')}, {bucket(name='two')}")},
        headers={"Mock-Namespace": "NAME"},
        note="a data bucket once a test, chosen by a header",
    ),
    "verify a call and its body": Attempt(
        (
            (
                f"curl -sf $URL/mockoon-admin/logs {AUTHORIZED} | "
                """jq '[.[].request | select(.method == "post" and (.body | fromjson | .name) == "Rex")] | length'"""
            ),
        ),
        flags=TOKEN,
        shows="1",
        note="its log, counted with jq",
    ),
    "find out why a request was refused": Attempt(
        files={MOCK: routes(CHECKED, data=bucket(SCHEMA, name="pet"))},
        shows="kind",
        works=False,
        note="a rule refuses without a reason",
    ),
    "see unmatched requests": Attempt(
        (f"curl -sf $URL/mockoon-admin/logs {AUTHORIZED} | jq '.[] | select(.response.statusCode == 404)'",),
        flags=TOKEN,
        shows="/petz",
    ),
    "change a stored item by hand": Attempt(
        (f"""curl -sf -X PATCH $URL/pets/$(cat id) {JSON} -d '{{"name": "Max"}}'""",),
        files={MOCK: STORED},
        note="by its own CRUD route, which the document need not have",
    ),
    "start from a fixture file": Attempt(
        files={
            MOCK: routes(
                CRUD, data=bucket(r"[{\"name\": \"Rex\", \"kind\": \"dog\"}, {\"name\": \"Tom\", \"kind\": \"cat\"}]")
            )
        }
    ),
    "freeze time, and advance it": Attempt(works=False, note="its documentation has none"),
    "cut a connection": Attempt(works=False, note=NO_FAULTS),
    "slow response, byte by byte": Attempt(works=False, note="a latency before the response only"),
    "an invalid response on purpose": Attempt(
        files={MOCK: routes(http("get", r'"statusCode": 200, "default": true, "body": "{\"pets\": \"none\"}"'))}
    ),
    "record what was asked as HAR": Attempt(
        (f"curl -sf $URL/mockoon-admin/logs {AUTHORIZED}",),
        flags=TOKEN,
        works=False,
        note="JSON of its own (mockoon#1045 is open)",
    ),
    "save and restore the whole state": Attempt(
        (
            f"curl -sf $URL/mockoon-admin/data-buckets/pets {AUTHORIZED} > saved.json",
            (
                "jq --slurpfile s saved.json '.data[0].value = ($s[0].value | tojson)' mock.json > next.json\n"
                "cp next.json mock.json && sleep 6"
            ),
        ),
        files={MOCK: STORED},
        flags=f"{TOKEN} --watch",
        note="one data bucket, put into the environment file, which restarts the mock",
    ),
    "create, then list, without configuration": Attempt(
        works=False, note="of a document it serves examples; with a CRUD route of an environment file it does"
    ),
    "refuse a body that breaks the document": Attempt(
        files={MOCK: routes(CHECKED, data=bucket(SCHEMA, name="pet"))},
        note="the schema is copied by hand",
    ),
    "follow requests live": Attempt((f"curl -sN $URL/mockoon-admin/events {AUTHORIZED}",), flags=TOKEN, shows="POST"),
}
