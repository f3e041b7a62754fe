"""Cases about parameters."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cases.conftest import DOCUMENTS, Serve
from tests.inference.pets import collection
from tests.process import run
from tests.web.document import document


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/data?a=1&b=2", 200), ("/data?a=x", 400), ("/data?q=hello", 200), ("/data?a=1&q=hello", 200),
        ("/data?extra[a]=1", 200), ("/data?extra[a]=x", 400),
    ],
)  # fmt: skip
def test_12_names_that_no_parameter_has_belong_to_the_free_form_object(serve: Serve, target: str, status: int) -> None:
    assert status == serve("12-query-map").get(target).status_code


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/r", 400), ("/r?a=1", 200), ("/r?a=x", 400),
        ("/s", 400), ("/s?a=1&b=2&b=3", 200), ("/s?a=x", 400), ("/s?b=1", 400), ("/s?a=1&z=x", 200),
        ("/t?p=a,1", 200), ("/t?p=a,x", 400), ("/t?p=b,1", 400),
        ("/u?st=a&st=b", 200), ("/u?st=a&st=zzz", 400), ("/u?st=a,b,a", 400), ("/u?st=a&st=b&st=a", 400),
    ],
)  # fmt: skip
def test_47_a_required_object_in_the_query_can_be_met(serve: Serve, target: str, status: int) -> None:
    assert status == serve("47-param-less").get(target).status_code


USER = "0613a91d-c1ae-4c14-afb9-33b86ceffa19"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        (f"filter[userId]={USER}", 200), (f"filter%5BuserId%5D={USER}&page%5Blimit%5D=10", 200), ("", 400),
        ("filter[userId]=nope", 400), (f"filter[userId]={USER}&page[limit]=100", 400),
        (f"filter[userId]={USER}&ids[]=1&ids[]=2", 200), (f"filter[userId]={USER}&ids[]=1&ids[]=x", 400),
    ],
)  # fmt: skip
def test_03_names_with_brackets_are_read_in_both_spellings(serve: Serve, query: str, status: int) -> None:
    assert status == serve("03-bracket-query").get(f"/r?{query}").status_code


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("filter[name]=x&filter[age]=3", None), ("filter[tags]=a&filter[tags]=b", None), ("", None),
        ("filter[age]=", None), ("filter[age]=x", 'query filter.age: "x" is not of type "integer" or "null"'),
        ("filter[zip]=1", "query filter.zip: zip is not a known property"),
        ("open[b]=1", 'query open.a: "a" is a required property'),
    ],
)  # fmt: skip
def test_04_properties_in_the_query_may_be_null(serve: Serve, query: str, detail: str | None) -> None:
    reply = serve("04-deepobject-nullable").get(f"/r?{query}")

    assert (400 if detail else 200, detail) == (reply.status_code, detail and reply.json()["detail"])


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/query?tsv=1%092", 200), ("/query?tsv=1%09x", 400), ("/query?ssv=1%202", 200), ("/query?ssv=1+x", 400),
        ("/query?nested=1,2|3,4", 200), ("/query?nested=1,2|3,x", 400), ("/query?nested=1,2%7C3", 400),
        ("/query?deep=1|2%203|4&deep=5", 200), ("/query?deep=1|2%203|x", 400),
        ("/path/1%7C2", 200), ("/path/1|2", 200), ("/path/1%7Cx", 400), ("/path/1", 200),
        ("/tabs/1%092", 200), ("/tabs/1%09x", 400), ("/tabs/1,2", 400),
    ],
)  # fmt: skip
def test_lists_of_swagger_are_split_by_their_collection_format(serve: Serve, target: str, status: int) -> None:
    assert status == serve("collection-formats").get(target).status_code


@pytest.mark.parametrize(("value", "status"), [("1|2", 200), ("1 | 2", 200), ("1", 200), ("1|x", 400), ("1,2", 400)])
def test_lists_of_swagger_in_headers_have_a_collection_format_too(serve: Serve, value: str, status: int) -> None:
    assert status == serve("collection-formats").get("/query", headers={"x-ids": value}).status_code


@pytest.mark.parametrize(
    ("query", "status"),
    [("some=", 400), ("some=a", 200), ("none=", 200), ("none=1", 200), ("none=x", 400), ("unsaid=", 200)],
)
def test_an_empty_value_is_judged_by_allow_empty_value(serve: Serve, query: str, status: int) -> None:
    api, headers = serve("collection-formats"), {"content-type": "application/x-www-form-urlencoded"}

    assert status == api.get(f"/query?{query}").status_code
    assert status == api.post("/form", content=query, headers=headers).status_code


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ("ids=1%092", 200), ("ids=1%09x", 400), ("nested=1,2%7C3", 200), ("nested=1,x%7C3", 400), ("data=aGk%3D", 200),
        ("data=%40%40", 400),
    ],
)  # fmt: skip
def test_forms_of_swagger_have_collection_formats_too(serve: Serve, form: str, status: int) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}

    assert status == serve("collection-formats").post("/form", content=form, headers=headers).status_code


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("ownerName=Ada", [1]), ("ownerName=Bo", [2, 4]), ("owner[age]=30", [2]), ("ownerName=Bo&owner[age]=31", [4]),
        ("ownerName=nobody", []), ("", [1, 2, 3, 4]),
    ],
)  # fmt: skip
def test_a_filter_selects_by_a_property_of_an_embedded_object(serve: Serve, query: str, ids: list[int]) -> None:
    api = serve("related-filters")
    for owner in ({"name": "Ada"}, {"name": "Bo", "age": 30}, None, {"name": "Bo", "age": 31}):
        assert 201 == api.post("/tasks", json={} if owner is None else {"owner": owner}).status_code

    assert ids == sorted(task["id"] for task in api.get(f"/tasks?{query}").json())


def test_a_parameter_of_a_list_that_changes_nothing_is_named_at_start(tmp_path: Path) -> None:
    known = {"name": "tiltable", "in": "query", "schema": {"type": "boolean"}}
    unknown = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in ("weather", "lang")]
    shown = {"id": {"type": "integer"}, "tiltable": {"type": "boolean"}}
    listed = {"type": "array", "items": {"type": "object", "required": ["id"], "properties": shown}}
    paths = collection("/lifts", listed["items"])
    paths["/lifts"]["get"]["parameters"] = [known, *unknown]
    (tmp_path / "api.json").write_text(json.dumps(document(paths)))

    said = run("infer", str(tmp_path / "api.json")).stderr

    assert "query parameters of lists that change nothing: GET /lifts?weather\n" in said


def test_a_filter_by_something_elsewhere_is_named_at_start() -> None:
    said = run("infer", str(DOCUMENTS / "related-filters.yaml")).stderr

    assert "a filter by something of a related item selects every item: GET /tasks?project_name\n" in said
