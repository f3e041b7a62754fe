"""Deprecated operations: the headers `Deprecation` and `Sunset`, and which operation is shown first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.client import Client
from tests.web.document import answers, document, served

TEXT = {"schema": {"type": "string"}}
ONE = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}


def sent(folder: Path, path: str = "/status", schema: Any = None, **headers: Any) -> dict[str, str]:
    """The headers of a response that documents these."""
    responses = answers(schema or {"type": "object"})
    responses["200"]["headers"] = headers
    with Client(served(folder, document({path: {"get": {"responses": responses}}}))) as client:
        response = client.get(path)
        assert 200 == response.status_code
        return dict(response.headers)


@pytest.mark.parametrize(("path", "schema"), [("/status", None), ("/pets", {"type": "array", "items": ONE})])
def test_documented_headers_are_sent_with_valid_dates(path: str, schema: Any, tmp_path: Path) -> None:
    found = sent(tmp_path, path, schema, Deprecation=TEXT, Sunset=TEXT)

    assert ("@1688169599", "Mon, 31 Dec 2029 23:59:59 GMT") == (found["deprecation"], found["sunset"])


def test_the_example_of_the_document_comes_first_if_it_is_valid(tmp_path: Path) -> None:
    valid, invalid = {"example": "@1700000000", **TEXT}, {"example": "2031-01-01", **TEXT}
    found = sent(tmp_path, Deprecation=valid, Sunset=invalid)

    assert ("@1700000000", "Mon, 31 Dec 2029 23:59:59 GMT") == (found["deprecation"], found["sunset"])


def test_a_header_of_another_type_follows_the_document(tmp_path: Path) -> None:
    found = sent(tmp_path, Deprecation={"required": True, "schema": {"type": "boolean", "default": True}})

    assert "true" == found["deprecation"]


def test_the_first_request_is_to_an_operation_that_is_not_deprecated(tmp_path: Path) -> None:
    body = {"required": True, "content": {"application/json": {"schema": ONE}}}
    old = {"deprecated": True, "requestBody": body, "responses": answers(ONE, "201")}
    new = {"requestBody": body, "responses": answers(ONE, "201")}
    with Client(served(tmp_path, document({"/old": {"post": old}, "/new": {"post": new}}))) as client:
        assert "/new" in client.get("/_mock/services").json()[0]["curl"]
