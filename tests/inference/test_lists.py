"""How a list is cut into pages, narrowed and ordered: told from its query parameters."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from tests.client import Client
from tests.inference.pets import NUMBER, TEXT, collection, item, query
from tests.web.document import Node, answers, document, served

SIZE: Node = {"type": "integer", "minimum": 1, "maximum": 50, "default": 10}


def listed(
    shown: Node | None = None, *parameters: Node, reply: Node | None = None, headers: Node | None = None
) -> Node:
    """A document about pets whose list takes these parameters."""
    shown = shown or item()
    paths = collection("/pets", shown)
    responses = answers(reply or {"type": "array", "items": shown})
    responses["200"] |= {"headers": headers} if headers else {}
    paths["/pets"]["get"] = {"parameters": list(parameters), "responses": responses}
    return document(paths)


def made(client: Client, number: int) -> list[Any]:
    """So many pets."""
    return [client.post("/pets", json={"name": f"pet {index}"}).json() for index in range(number)]


def test_a_list_that_is_never_empty_shows_what_the_document_shows(tmp_path: Path) -> None:
    with Client(served(tmp_path, listed(reply={"type": "array", "minItems": 1, "items": item()}))) as client:
        first = client.get("/pets")
        (pet,) = made(client, 1)

        assert (200, True) == (first.status_code, len(first.json()) >= 1)
        assert pet == client.get(f"/pets/{pet['id']}").json()


@pytest.mark.parametrize("far", ["1.5e+308", "-1.5e+308", "9007199254740993"])
@pytest.mark.parametrize("name", ["page", "offset"])
def test_no_page_is_so_far_that_asking_for_it_fails(tmp_path: Path, name: str, far: str) -> None:
    total: Node = {"type": "object", "required": ["items", "total", name], "properties": {
        "items": {"type": "array", "items": item()}, "total": NUMBER, name: {"type": "number"}}}  # fmt: skip
    asked = query(name, {"type": "number"}), query("limit", SIZE)
    with Client(served(tmp_path, listed(None, *asked, reply=total))) as client:
        made(client, 1)

        reply = client.get("/pets", params={name: far})

    assert (200, 1) == (reply.status_code, reply.json()["total"])


@pytest.mark.parametrize(
    ("page", "size"),
    [("page", "per_page"), ("pageNumber", "pageSize"), ("page", "limit"), ("page[number]", "page[size]")],
)
def test_numbered_pages(tmp_path: Path, page: str, size: str) -> None:
    with Client(served(tmp_path, listed(None, query(page), query(size, SIZE)))) as client:
        pets = made(client, 5)

        assert pets[:2] == client.get("/pets", params={size: 2}).json()
        assert pets[2:4] == client.get("/pets", params={page: 2, size: 2}).json()
        assert pets[4:] == client.get("/pets", params={page: 3, size: 2}).json()
        assert [] == client.get("/pets", params={page: 4, size: 2}).json()


def test_pages_may_be_counted_from_zero(tmp_path: Path) -> None:
    first = {"type": "integer", "default": 0}
    with Client(served(tmp_path, listed(None, query("page", first), query("size", SIZE)))) as client:
        pets = made(client, 3)

        assert pets[:2] == client.get("/pets", params={"page": 0, "size": 2}).json()
        assert pets[2:] == client.get("/pets", params={"page": 1, "size": 2}).json()


@pytest.mark.parametrize(("offset", "limit"), [("offset", "limit"), ("skip", "take"), ("startIndex", "count")])
def test_offsets(tmp_path: Path, offset: str, limit: str) -> None:
    with Client(served(tmp_path, listed(None, query(offset), query(limit, SIZE)))) as client:
        pets = made(client, 5)

        assert pets[3:5] == client.get("/pets", params={offset: 3, limit: 2}).json()
        assert pets[:2] == client.get("/pets", params={limit: 2}).json()


def test_offsets_may_be_counted_from_one(tmp_path: Path) -> None:
    start = {"type": "integer", "minimum": 1, "default": 1}
    reply: Node = {"type": "object", "required": ["items", "startIndex"], "properties": {
        "items": {"type": "array", "items": item()}, "startIndex": {"type": "integer"}}}  # fmt: skip
    document = listed(None, query("startIndex", start), query("count", SIZE), reply=reply)
    with Client(served(tmp_path, document)) as client:
        pets = made(client, 5)

        assert pets[2:4] == client.get("/pets", params={"startIndex": 3, "count": 2}).json()["items"]
        assert pets[:2] == client.get("/pets", params={"count": 2}).json()["items"]


@pytest.mark.parametrize(
    ("position", "told"), [("cursor", "next_cursor"), ("page_token", "nextPageToken"), ("starting_after", "next")]
)
def test_cursors_lead_through_all_items(tmp_path: Path, position: str, told: str) -> None:
    reply = {
        "type": "object", "required": ["pets"],
        "properties": {"pets": {"type": "array", "items": item()}, told: TEXT, "has_more": {"type": "boolean"}},
    }  # fmt: skip
    with Client(served(tmp_path, listed(None, query(position, TEXT), query("limit", SIZE), reply=reply))) as client:
        pets, seen, params = made(client, 5), list[Any](), dict[str, Any]()
        for _ in range(3):
            page = client.get("/pets", params={"limit": 2, **params}).json()
            seen += page["pets"]
            params = {position: page.get(told)}

        assert pets == seen
        assert (False, True) == (page["has_more"], not page.get(told))


def test_a_page_has_as_many_items_as_the_document_says_by_default(tmp_path: Path) -> None:
    with Client(served(tmp_path, listed(None, query("page"), query("limit", SIZE)))) as client:
        made(client, 12)

        assert 10 == len(client.get("/pets").json())
        assert 2 == len(client.get("/pets?page=2").json())


def test_the_link_header_leads_through_all_pages(tmp_path: Path) -> None:
    links = {"Link": {"schema": TEXT}}
    parameters = query("page"), query("per_page", SIZE)
    with Client(served(tmp_path, listed(None, *parameters, headers=links))) as client:
        pets, seen, address = made(client, 5), list[Any](), "/pets?per_page=2"
        for _ in range(3):
            reply = client.get(address)
            seen += reply.json()
            found = re.search(r'<([^>]+)>; rel="next"', reply.headers.get("link", ""))
            address = found[1] if found else ""

        assert pets == seen
        assert "" == address


@generated(count=st.integers(0, 7), size=st.integers(1, 8))
def test_whatever_the_size_the_pages_together_are_the_whole(
    tmp_path_factory: pytest.TempPathFactory, count: int, size: int
) -> None:
    folder = tmp_path_factory.mktemp("pages")
    with Client(served(folder, listed(None, query("offset"), query("limit", SIZE)))) as client:
        pets = made(client, count)
        pages = [
            client.get("/pets", params={"offset": start, "limit": size}).json() for start in range(0, count + 1, size)
        ]

        assert pets == [pet for page in pages for pet in page]


def test_what_a_reply_tells_of_its_page_is_true(tmp_path: Path) -> None:
    number, flag = {"type": "integer"}, {"type": "boolean"}
    about = {"type": "object", "properties": {"total": number, "per_page": number, "has_more": flag}}
    reply = {
        "type": "object", "required": ["items", "total", "page", "pages", "pagination"],
        "properties": {
            "items": {"type": "array", "items": item()}, "total": number, "page": number, "pages": number,
            "pagination": about,
        },
    }  # fmt: skip
    with Client(served(tmp_path, listed(None, query("page"), query("per_page", SIZE), reply=reply))) as client:
        made(client, 5)
        body = client.get("/pets?page=2&per_page=2").json()

        assert (5, 2, 3) == (body["total"], body["page"], body["pages"])
        assert {"total": 5, "per_page": 2, "has_more": True} == body["pagination"]


@pytest.mark.parametrize(
    ("schema", "values"),
    [
        (TEXT, ["red", "blue"]), ({"type": "integer"}, [3, 4]), ({"type": "boolean"}, [True, False]),
        ({"type": "string", "enum": ["on", "off"]}, ["on", "off"]),
    ],
)  # fmt: skip
def test_a_parameter_called_as_a_property_narrows_the_list(tmp_path: Path, schema: Node, values: list[Any]) -> None:
    shown = item(kind=schema)
    with Client(served(tmp_path, listed(shown, query("kind", schema)))) as client:
        one, other = (client.post("/pets", json={"name": "a", "kind": value}).json() for value in values)

        for pet in (one, other):
            wanted = str(pet["kind"]).lower() if isinstance(pet["kind"], bool) else pet["kind"]
            assert [pet] == client.get("/pets", params={"kind": wanted}).json()
        assert [one, other] == client.get("/pets").json()


def test_a_value_that_means_all_narrows_nothing(tmp_path: Path) -> None:
    shown = item(state={"type": "string", "enum": ["open", "closed"]})
    state = query("state", {"type": "string", "enum": ["open", "closed", "all"]})
    with Client(served(tmp_path, listed(shown, state))) as client:
        pets = [client.post("/pets", json={"name": "a", "state": value}).json() for value in ("open", "closed")]

        assert pets[:1] == client.get("/pets?state=open").json()
        assert pets == client.get("/pets?state=all").json()


@pytest.mark.parametrize("format", ["date", "date-time"])
def test_a_time_asks_for_a_span_and_not_for_equal_ones(tmp_path: Path, format: str) -> None:
    time = {"type": "string", "format": format}
    with Client(served(tmp_path, listed(item(start=time), query("start", time)))) as client:
        written = "2030-01-02" + ("T00:00:00Z" if format == "date-time" else "")
        pet = client.post("/pets", json={"name": "Rex", "start": written}).json()

        assert [pet] == client.get("/pets", params={"start": written.replace("02", "01")}).json()


def test_filters_and_pages_go_together(tmp_path: Path) -> None:
    shown = item(kind=TEXT)
    with Client(served(tmp_path, listed(shown, query("kind", TEXT), query("offset"), query("limit", SIZE)))) as client:
        cats = [client.post("/pets", json={"name": f"{n}", "kind": ("cat", "dog")[n % 2]}).json() for n in range(8)][
            ::2
        ]

        assert cats[1:3] == client.get("/pets?kind=cat&offset=1&limit=2").json()


@pytest.mark.parametrize(
    ("parameters", "asked"),
    [
        ([query("sort", TEXT)], {"sort": "-name"}),
        ([query("sort_by", TEXT), query("order", {"type": "string", "enum": ["asc", "desc"]})],
         {"sort_by": "name", "order": "desc"}),
        ([query("orderBy", {"type": "string", "enum": ["name", "id"]}),
          query("sortOrder", {"type": "string", "enum": ["ASC", "DESC"]})], {"orderBy": "name", "sortOrder": "DESC"}),
    ],
)  # fmt: skip
def test_a_list_is_ordered_by_the_field_that_is_asked_for(
    tmp_path: Path, parameters: list[Node], asked: dict[str, str]
) -> None:
    with Client(served(tmp_path, listed(None, *parameters))) as client:
        for name in ("b", "c", "a"):
            client.post("/pets", json={"name": name})

        assert ["c", "b", "a"] == [pet["name"] for pet in client.get("/pets", params=asked).json()]
        assert ["b", "c", "a"] == [pet["name"] for pet in client.get("/pets").json()]


def test_a_required_parameter_is_no_cursor(tmp_path: Path) -> None:
    """The first page has no cursor, so what every request must send is something else, such as an access token."""
    with Client(served(tmp_path, listed(None, query("token", TEXT, required=True)))) as client:
        pets = made(client, 2)

        assert pets == client.get("/pets?token=secret").json()


@pytest.mark.parametrize(("by", "ids"), [("name", [1, 2, 3]), ("-name", [3, 2, 1])])
def test_what_is_equal_stands_in_the_order_of_its_age_the_same_way_round(
    tmp_path: Path, by: str, ids: list[int]
) -> None:
    with Client(served(tmp_path, listed(None, query("sort", TEXT)))) as client:
        for _ in ids:
            client.post("/pets", json={"name": "twin"})

        assert ids == [pet["id"] for pet in client.get("/pets", params={"sort": by}).json()]


@pytest.mark.parametrize("nothing", [None, ""])
def test_a_page_says_which_items_are_its_first_and_its_last(tmp_path: Path, nothing: str | None) -> None:
    edge: Node = {"type": ["string", "null"] if nothing is None else "string"}
    page: Node = {"type": "object", "required": ["data", "first_id", "last_id"], "properties": {
        "data": {"type": "array", "items": item()}, "first_id": edge, "last_id": edge}}  # fmt: skip
    with Client(served(tmp_path, listed(None, query("limit", SIZE), reply=page))) as client:
        empty = client.get("/pets").json()
        made(client, 3)

        shown = client.get("/pets", params={"limit": 2}).json()

    assert (nothing, nothing) == (empty["first_id"], empty["last_id"])
    assert [str(shown["data"][0]["id"]), str(shown["data"][1]["id"])] == [shown["first_id"], shown["last_id"]]


def test_an_object_named_page_is_no_cursor(tmp_path: Path) -> None:
    page = {"type": "object", "properties": {"number": {"type": "integer"}}}
    with Client(served(tmp_path, listed(None, query("page", page) | {"style": "deepObject"}))) as client:
        assert 200 == client.get("/pets?page[number]=1").status_code


ADDRESS: Node = {"type": ["string", "null"], "format": "uri"}


@pytest.mark.parametrize("names", [("next", "previous"), ("next_page_url", "prev_page_url")])
@pytest.mark.parametrize(("style", "second"), [("page", 2), ("offset", 2)])
def test_the_addresses_of_the_pages_lead_to_each_item_once(
    tmp_path: Path, names: tuple[str, str], style: str, second: int
) -> None:
    forward, backward = names
    envelope: Node = {"type": "object", "required": ["results", *names], "properties": {
        "results": {"type": "array", "items": item()}, forward: ADDRESS, backward: ADDRESS}}  # fmt: skip
    asked = query(style, {"type": "integer"}), query("limit", SIZE)
    with Client(served(tmp_path, listed(None, *asked, reply=envelope))) as client:
        pets, pages = made(client, 5), [client.get("/pets", params={"limit": 2}).json()]
        while pages[-1][forward] is not None:
            pages.append(client.get(pages[-1][forward]).json())
        back = client.get(pages[1][backward]).json()

    assert {pet["id"] for pet in pets} == {pet["id"] for page in pages for pet in page["results"]}
    assert [2, 2, 1] == [len(page["results"]) for page in pages]
    assert f"{style}={second}" in pages[0][forward]
    assert (None, pages[0]["results"]) == (pages[0][backward], back["results"])


def test_an_optional_address_is_left_out_of_the_last_page(tmp_path: Path) -> None:
    links: Node = {"type": "object", "properties": {"next": {"type": "string", "format": "uri"}}}
    envelope: Node = {"type": "object", "properties": {"results": {"type": "array", "items": item()}, "links": links}}
    asked = query("page", {"type": "integer"}), query("limit", SIZE)
    with Client(served(tmp_path, listed(None, *asked, reply=envelope))) as client:
        made(client, 3)
        first = client.get("/pets", params={"limit": 2, "name": "x"}).json()
        second = client.get(first["links"]["next"]).json()

    assert (2, 1, {}) == (len(first["results"]), len(second["results"]), second["links"])


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("X-Total-Count", "5"),
        ("X-WP-Total", "5"),
        ("X-WP-TotalPages", "3"),
        ("X-Total-Pages", "3"),
        ("X-Pagination-Page", "2"),
        ("X-Per-Page", "2"),
    ],
)
@pytest.mark.parametrize("required", [True, False])
def test_a_header_says_the_number_that_its_name_promises(
    tmp_path: Path, name: str, number: str, *, required: bool
) -> None:
    headers: Node = {name: {"required": required, "schema": {"type": "integer", "example": 77}}}
    asked = query("page", {"type": "integer"}), query("limit", SIZE)
    with Client(served(tmp_path, listed(None, *asked, headers=headers))) as client:
        made(client, 5)

        assert number == client.get("/pets", params={"page": "2", "limit": "2"}).headers[name]


@pytest.mark.parametrize("name", ["X-Limit", "X-RateLimit-Limit", "X-Request-Count", "X-Page"])
def test_a_header_that_is_about_something_else_or_unknown_is_not_sent(tmp_path: Path, name: str) -> None:
    headers: Node = {name: {"schema": {"type": "integer"}}}
    asked = query("cursor", {"type": "string"}), query("limit", SIZE)
    with Client(served(tmp_path, listed(None, *asked, headers=headers))) as client:
        assert name not in client.get("/pets").headers


@pytest.mark.parametrize(
    ("name", "schema", "sent", "sizes"),
    [
        ("filter[color]", {"type": "string"}, "red", [1, 3]),
        ("filter[status][eq]", {"type": "string"}, "s2", [2]),
        ("filter.status", {"type": "string"}, "s2", [2]),
        ("filter_by_color", {"type": "string"}, "red", [1, 3]),
        ("filter[size][gte]", {"type": "integer"}, "2", [2, 3]),
        ("where[max_size]", {"type": "integer"}, "2", [1, 2]),
        ("filter[colors]", {"type": "array", "items": {"type": "string"}}, "blue", [2]),
    ],
)
def test_a_parameter_that_says_filter_filters_by_the_property_that_it_names(
    tmp_path: Path, name: str, schema: Node, sent: str, sizes: list[int]
) -> None:
    shown = item(status={"type": "string"}, color={"type": "string"}, size={"type": "integer"})
    with Client(served(tmp_path, listed(shown, query(name, schema)))) as client:
        for size in (1, 2, 3):
            color = "red" if size % 2 else "blue"
            client.post("/pets", json={"name": "a", "status": f"s{size}", "color": color, "size": size})

        assert sizes == [pet["size"] for pet in client.get("/pets", params={name: sent}).json()]


@pytest.mark.parametrize(("name", "sizes"), [("filter[size]", [2]), ("filter[min_size]", [2, 3])])
def test_an_object_of_filters_filters_by_each_of_its_properties(tmp_path: Path, name: str, sizes: list[int]) -> None:
    asked: Node = {"type": "object", "properties": {"size": NUMBER, "min_size": NUMBER}}
    parameter = query("filter", asked) | {"style": "deepObject", "explode": True}
    with Client(served(tmp_path, listed(item(size=NUMBER), parameter))) as client:
        for size in (1, 2, 3):
            client.post("/pets", json={"name": "a", "size": size})

        assert sizes == [pet["size"] for pet in client.get("/pets", params={name: "2"}).json()]


def test_ids_select_by_the_id_whatever_its_name_is(tmp_path: Path) -> None:
    shown: Node = {"type": "object", "required": [], "properties": {"code": {"type": "string", "readOnly": True}}}
    shown["properties"]["name"] = TEXT
    ids = query("ids", {"type": "array", "items": {"type": "string"}}) | {"explode": False}
    described = listed(shown, ids)
    described["paths"]["/pets/{code}"] = described["paths"].pop("/pets/{id}")
    described["paths"]["/pets/{code}"]["parameters"][0]["name"] = "code"
    with Client(served(tmp_path, described)) as client:
        first, _, third = (pet["code"] for pet in made(client, 3))

        shown_ids = [pet["code"] for pet in client.get("/pets", params={"ids": f"{first},{third}"}).json()]

    assert [first, third] == shown_ids


def test_a_list_is_sent_as_it_is_whatever_headers_a_document_requires(tmp_path: Path) -> None:
    shown = {"Content-Encoding": "gzip", "Content-Length": "7"}
    headers = {
        name: {"required": True, "schema": {"type": "string", "example": value}} for name, value in shown.items()
    }
    with Client(served(tmp_path, listed(headers=headers))) as client:
        assert made(client, 2) == client.get("/pets").json()


DAY: Node = {"type": "string", "format": "date"}


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [("from=2026-02-02", [2, 3]), ("to=2026-02-02", [1, 2]), ("from=2026-02-01&to=2026-02-28", [2]), ("", [1, 2, 3])],
)
def test_from_and_to_are_about_the_only_day_of_an_item(tmp_path: Path, asked: str, wanted: list[int]) -> None:
    document = listed(item(("id", "name", "day"), day=DAY), query("from", DAY), query("to", DAY))
    with Client(served(tmp_path, document)) as client:
        for day in ("2026-01-01", "2026-02-02", "2026-03-03"):
            client.post("/pets", json={"name": "a", "day": day})

        assert wanted == [pet["id"] for pet in client.get(f"/pets?{asked}").json()]


def test_from_is_about_nothing_where_an_item_has_two_days(tmp_path: Path) -> None:
    document = listed(item(("id", "name", "born", "sold"), born=DAY, sold=DAY), query("from", DAY))
    with Client(served(tmp_path, document)) as client:
        client.post("/pets", json={"name": "a", "born": "2026-01-01", "sold": "2026-01-02"})

        assert 1 == len(client.get("/pets?from=2026-02-02").json())
