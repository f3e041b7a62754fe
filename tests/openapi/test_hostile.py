"""A hostile document takes bounded time and memory, whether it is served or refused."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

READ_IN_BOUNDS = """
import resource, sys
from pathlib import Path
from mockserver.errors import DocumentError
from mockserver.openapi import lint, normalize, source
resource.setrlimit(resource.RLIMIT_AS, (2_000_000_000, 2_000_000_000))
resource.setrlimit(resource.RLIMIT_CPU, (30, 30))
try:
    read = source.read(Path(sys.argv[1]))
    lint.raise_errors(lint.problems(read.raw, unread=read.unread))
    print("served", len(normalize.normalise(read.raw)["paths"]))
except DocumentError as refusal:
    print("refused", refusal)
"""


def bomb(width: int, height: int) -> str:
    """The billion laughs: each line names the one before it `width` times."""
    lines = (f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * width)}]" for i in range(1, height))
    return "\n".join(["a0: &a0 [lol]", *lines])


def merge_bomb(height: int) -> str:
    lines = (f"a{i}: &a{i} {{p: *a{i - 1}, q: {{<<: *a{i - 1}}}}}" for i in range(1, height))
    return "\n".join(["a0: &a0 {x: 1}", *lines])


def many_paths(number: int) -> str:
    operation = {"responses": {"200": {"description": "fine"}}}
    paths = {f"/things{index}/{{id}}": {"get": operation, "post": operation} for index in range(number)}
    return json.dumps({"openapi": "3.0.3", "info": {"title": "many", "version": "1"}, "paths": paths})


def document_with(schema: str) -> str:
    return (
        '{"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {"/a": {"get": {"responses": {"200": '
        '{"description": "d", "content": {"application/json": {"schema": ' + schema + "}}}}}}}}"
    )


ITSELF = '{"$ref": "#/paths/~1a/get/responses/200/content/application~1json/schema"}'
ABSURD = '{"type": "string", "pattern": "((a{1,999}){1,999}){1,999}"}'
BACKTRACKING = '{"type": "string", "pattern": "^(a+)+(?=b)$"}'

HOSTILE = {
    "an alias bomb": (bomb(9, 30), "values with its aliases expanded"),
    "a bomb of merge keys": (merge_bomb(80), "values with its aliases expanded"),
    "a long text repeated": (f"a: &a {'x' * 10**6}\nb: [{', '.join(['*a'] * 50_000)}]", "with its aliases expanded"),
    "a long key repeated": (f"a: &a {'x' * 10**6}\nb: [{'{*a : 1},' * 50_000}]", "values with its aliases expanded"),
    "a circle of aliases": ("a: &a {b: &b [*a, *b]}", "points to a value that contains it"),
    "deep lists in YAML": ("a: " + "[" * 200_000, "nested deeper"),
    "deep objects in YAML": ("a: " + "{a: " * 200_000, "nested deeper"),
    "deep blocks in YAML": ("a:\n" + "- " * 200_000, "nested deeper"),
    "deep lists in JSON": ('{"a":' + "[" * 200_000 + "]" * 200_000 + "}", "depth limit"),
    "lists deeper than JSON writers go": ('{"a":' + "[" * 500 + "]" * 500 + "}", "nested deeper"),
    "schemas as deep as can be": (document_with('{"not":' * 185 + "{}" + "}" * 185), "served 1"),
    "schemas deeper than that": (document_with('{"not":' * 300 + "{}" + "}" * 300), "nested deeper"),
    "more values than there is room for": ('{"a":[' + "[]," * 7_000_000 + "[]]}", "api.json: holds more than"),
    "a number of a million digits": ("openapi: 3.0.3\npaths: {}\nx-a: " + "9" * 10**6, "served 0"),
    "ten thousand paths": (many_paths(10_000), "served 10000"),
    "a reference to itself": (document_with(ITSELF), "leads back to itself"),
    "an absurd regular expression": (document_with(ABSURD), "served 1"),
    "a regular expression that backtracks": (document_with(BACKTRACKING), "served 1"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_is_served_or_refused_within_bounds(name: str, tmp_path: Path) -> None:
    """The limits of 30 seconds of processor time and 2 GB of address space are far above what any of them needs."""
    text, says = HOSTILE[name]
    file = tmp_path / ("api.json" if text.startswith("{") else "api.yaml")
    file.write_text(text)

    done = subprocess.run(
        [sys.executable, "-c", READ_IN_BOUNDS, str(file)], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert "" == done.stderr
    assert says in done.stdout


SERVED_IN_BOUNDS = """
import asyncio, resource, sys
import httpx, mockserver
resource.setrlimit(resource.RLIMIT_AS, (3_000_000_000, 3_000_000_000))
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
async def ask():
    transport = httpx.ASGITransport(mockserver.create_app(sys.argv[1], seed=1))
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as api:
        for path in sys.argv[2:]:
            reply = await api.get(path)
            print(reply.status_code, reply.text[:200])
asyncio.run(ask())
"""

TEXT = '{"type": "string", "pattern": "^(a+)+(?=b)$"}'
DEEP = '{"type": "object", "required": ["a"], "properties": {"a":' * 40 + "{}" + "}}" * 40
BROAD = json.dumps({"oneOf": [{"type": "object", "required": [f"p{i}"]} for i in range(500)]})
ENDLESS = '{"type": "array", "minItems": 1, "items": ' + ITSELF + "}"
MANY = '{"type": "array", "minItems": 1000000000, "items": {"type": "string"}}'
LONG = '{"type": "string", "minLength": 1000000000000}'


def with_parameter(schema: str, response: str = "{}") -> str:
    written = json.loads(document_with(response))
    written["paths"]["/a"]["get"]["parameters"] = [{"name": "q", "in": "query", "schema": json.loads(schema)}]
    return json.dumps(written)


SERVED = {
    "ten thousand paths": (many_paths(10_000), ["/things9999/1"], "200"),
    "a pattern that backtracks": (with_parameter(TEXT), ["/a?q=" + "a" * 5000 + "c"], "400"),
    "an absurd pattern": (with_parameter(ABSURD), ["/a?q=aaa"], "200"),
    "an absurd pattern to be answered with": (document_with(ABSURD), ["/a"], "200"),
    "required nesting": (document_with(DEEP), ["/a"], "200"),
    "many alternatives": (document_with(BROAD), ["/a"], "200"),
    "nesting that is required without end": (document_with(ENDLESS), ["/a"], "500"),
    "more items than there is room for": (document_with(MANY), ["/a"], "500"),
    "a longer text than there is room for": (document_with(LONG), ["/a"], "500"),
}


@pytest.mark.parametrize("name", SERVED)
def test_a_hostile_document_answers_within_bounds(name: str, tmp_path: Path) -> None:
    """Within a minute of processor time and 3 GB; a response that cannot be made is an error that names its schema."""
    text, asked, says = SERVED[name]
    file = tmp_path / "api.json"
    file.write_text(text)

    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SERVED_IN_BOUNDS, str(file), *asked],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert says == done.stdout[:3], done.stdout[:300] + done.stderr[-2000:]
    if says == "500":
        assert "#/paths/~1a/get/responses/200" in done.stdout
