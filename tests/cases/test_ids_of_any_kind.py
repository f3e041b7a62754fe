"""Cases about ids as generators write them: numbers that are no integers, and names inside of `metadata`."""

from __future__ import annotations

from pathlib import Path

from tests.client import Client
from tests.inference.pets import collection
from tests.web.document import Node, answers, document, served

TEXT: Node = {"type": "string"}
DOUBLE: Node = {"type": "number", "format": "double"}


def test_a_number_that_need_not_be_whole_is_an_id(tmp_path: Path) -> None:
    shown: Node = {"type": "object", "required": ["id", "street"], "properties": {"id": DOUBLE, "street": TEXT}}
    call: Node = {"type": "object", "required": ["id"], "properties": {"id": DOUBLE, "lampId": DOUBLE, "text": TEXT}}
    paths = collection("/lamps", shown, parameter="lampId", id=DOUBLE)
    paths |= collection("/lamps/{lampId}/calls", call, parameter="callId", id=DOUBLE)
    for path in ("/lamps/{lampId}/calls", "/lamps/{lampId}/calls/{callId}"):
        paths[path]["parameters"][0]["schema"] = DOUBLE
    with Client(served(tmp_path, document(paths))) as client:
        made = client.post("/lamps", json={"street": "Ring"})
        called = client.post("/lamps/1/calls", json={"text": "flickers"})

        assert ({"id": 1, "street": "Ring"}, "/lamps/1") == (made.json(), made.headers["location"])
        assert "Ring" == client.get("/lamps/1").json()["street"]
        assert {"id": 1, "lampId": 1, "text": "flickers"} == called.json()
        assert [called.json()] == client.get("/lamps/1/calls").json()


def test_a_name_in_metadata_is_the_id_whatever_a_delete_shows(tmp_path: Path) -> None:
    meta: Node = {"type": "object", "properties": {"name": TEXT, "labels": {"type": "object"}}}
    shown: Node = {"kind": TEXT, "metadata": meta, "spec": {"type": "object", "properties": {"court": TEXT}}}
    shown["status"] = {"type": "object", "properties": {"phase": TEXT}}
    details: Node = {"type": "object", "properties": {"name": TEXT}}
    outcome: Node = {"kind": TEXT, "metadata": {"type": "object"}, "status": TEXT, "details": details}
    at = "/namespaces/{namespace}/cases"
    paths = collection(at, {"type": "object", "required": ["kind"], "properties": shown}, parameter="name", id=TEXT)
    paths[f"{at}/{{name}}"]["delete"]["responses"] = answers({"type": "object", "properties": outcome})
    with Client(served(tmp_path, document(paths))) as client:
        cases = "/namespaces/berlin/cases"
        client.post(cases, json={"kind": "Case", "metadata": {"name": "smith"}, "spec": {"court": "AG"}})

        assert "AG" == client.get(f"{cases}/smith").json()["spec"]["court"]
        assert 200 == client.delete(f"{cases}/smith").status_code
        assert 404 == client.get(f"{cases}/smith").status_code


def test_what_a_page_does_not_have_is_null_where_that_is_allowed(tmp_path: Path) -> None:
    shown: Node = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, "name": TEXT}}
    paths = collection("/plots", shown)
    address: Node = {"type": ["string", "null"], "format": "uri"}
    listed: Node = {"count": {"type": "integer"}, "next": address, "previous": {"type": "string", "format": "uri"}}
    listed["results"] = {"type": "array", "items": shown}
    pages = [{"name": "page", "in": "query", "schema": {"type": "integer"}}]
    paths["/plots"]["get"] = {"parameters": pages, "responses": answers({"type": "object", "properties": listed})}
    with Client(served(tmp_path, document(paths))) as client:
        client.post("/plots", json={"name": "one"})
        page = client.get("/plots").json()

        assert (None, 1) == (page["next"], page["count"])
        assert "previous" not in page
