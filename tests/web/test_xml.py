"""XML bodies are read and validated by their schema, and a value written as XML is read back unchanged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver import contract as contracts
from mockserver.web.request import xml_reader
from mockserver.web.response import xml_writer
from tests.client import Client
from tests.web.document import Node, answers, document, served, takes

TEXT: Node = {"type": "string"}
TAG: Node = {"type": "object", "properties": {"id": {"type": "integer"}, "name": TEXT}, "xml": {"name": "tag"}}
PET: Node = {
    "type": "object",
    "required": ["name", "photos", "tags"],
    "properties": {
        "chip": {"type": "integer", "xml": {"attribute": True}},
        "name": {"type": "string", "xml": {"name": "Name"}},
        "weight": {"type": "number"},
        "alive": {"type": ["boolean", "null"]},
        "owner": {"type": "object", "properties": {"since": TEXT}, "xml": {"namespace": "urn:o", "prefix": "o"}},
        "photos": {"type": "array", "items": {"type": "string", "xml": {"name": "photo"}}},
        "tags": {"type": "array", "items": TAG, "xml": {"wrapped": True}},
        "codes": {"type": "array", "items": {"type": "array", "items": {"type": "integer"}, "xml": {"wrapped": True}}},
    },
    "additionalProperties": {"type": "integer"},
}
REX = {"chip": 7, "name": "Rex", "weight": 3.5, "alive": True, "photos": ["a", "b"], "tags": [{"id": 1, "name": "x"}]}
WRITTEN = """<?xml version="1.0"?>
<Pet chip="7">
  <Name>Rex</Name><weight>3.5</weight><alive>true</alive><photo>a</photo><photo>b</photo>
  <tags><tag><id>1</id><name>x</name></tag></tags>
</Pet>"""


def post(folder: Path, content: str | bytes, kind: str = "application/xml") -> Any:
    """The status of a request with a pet as XML, and the error's detail or the stored pet."""
    kinds = {name: takes(PET, name)["content"][name] for name in ("application/xml", "application/vnd.pet+xml")}
    paths = {
        "/pets": {
            "post": {"requestBody": {"required": True, "content": kinds}, "responses": answers(PET, "201")},
            "get": {"responses": answers({"type": "array", "items": PET})},
        }
    }
    with Client(served(folder, document(paths))) as client:
        reply = client.post("/pets", content=content, headers={"Content-Type": kind})
        return reply.status_code, reply.json()["detail"] if reply.status_code >= 400 else reply.json()


@pytest.mark.parametrize("kind", ["application/xml", "application/vnd.pet+xml; charset=utf-8"])
def test_a_pet_sent_as_xml_is_stored_as_in_json(tmp_path: Path, kind: str) -> None:
    status, made = post(tmp_path, WRITTEN, kind)

    assert 201 == status
    assert REX == {name: made[name] for name in REX}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("<Pet><Name>Rex</Name><weight>heavy</weight><tags/></Pet>", 'body weight: "heavy" is not of type "number"'),
        ("<Pet><tags/></Pet>", 'body name: "name" is a required property'),
        ("<Pet><Name>Rex</Name></Pet>", 'body tags: "tags" is a required property'),
        ("<Pet><Name>Rex</Name><tags/><legs>many</legs></Pet>", 'body legs: "many" is not of type "integer"'),
        ("<Pet>", "not XML in UTF-8: mismatched tag: line 1, column 10"),
        ("<Pet/><Pet/>", "not XML: 2 roots in place of one"),
        ("</x><x>", "not XML in UTF-8: junk after document element"),
        (b"\xff<Pet/>", "not XML in UTF-8: 'utf-8' codec can't decode"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "not XML in UTF-8: not well-formed"),
        ("<a>" * 20_000 + "</a>" * 20_000, "the XML is nested too deeply"),
    ],
)
def test_invalid_xml_is_refused_like_invalid_json(tmp_path: Path, content: str | bytes, why: str) -> None:
    status, detail = post(tmp_path, content)

    assert (400, why) == (status, detail[: len(why)])


def test_a_list_may_be_wrapped_in_an_element_or_not(tmp_path: Path) -> None:
    path = tmp_path / "test.json"
    tags = {"type": "array", "items": TAG}
    path.write_text(json.dumps(document({"/tags": {"post": {"requestBody": takes(tags, "application/xml")}}})))
    contract = contracts.of(path)
    pointer = contract.document.operations[0].request_body.content[0].schema

    for content in ("<tags><tag><id>1</id></tag></tags>", "<tag><id>1</id></tag>"):
        assert [{"id": 1}] == xml_reader.read(content.encode(), pointer, contract.schemas)
    assert [{"id": 1}, {"id": 2}] == xml_reader.read(b"<tag id='1'/><tag id='2'/>", pointer, contract.schemas)
    assert [] == xml_reader.read(b"", pointer, contract.schemas)


WORD = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), min_size=1
)
TAGS = st.lists(st.fixed_dictionaries({"id": st.integers(), "name": WORD}), max_size=3)
PETS = st.fixed_dictionaries(
    {"name": WORD, "photos": st.lists(WORD, max_size=3), "tags": TAGS},
    optional={
        "id": st.integers(), "weight": st.integers() | st.floats(allow_nan=False, allow_infinity=False),
        "alive": st.none() | st.booleans(), "owner": st.just({}) | st.fixed_dictionaries({"since": WORD}),
        "codes": st.lists(st.lists(st.integers(), max_size=3), min_size=1, max_size=3), "legs": st.integers(),
    },
)  # fmt: skip


@given(pet=PETS)
def test_a_value_written_as_xml_is_read_back_unchanged(tmp_path_factory: pytest.TempPathFactory, pet: Any) -> None:
    path = tmp_path_factory.getbasetemp() / "pets.json"
    if not path.exists():
        path.write_text(json.dumps(document({"/pets": {"post": {"requestBody": takes(PET, "application/xml")}}})))
    contract = contracts.of(path)
    pointer = contract.document.operations[0].request_body.content[0].schema

    written = xml_writer.write(pet, pointer, contract.schemas)

    assert pet == xml_reader.read(written, pointer, contract.schemas)
