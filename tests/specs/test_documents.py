"""The bundled documents are valid, complete and consistent."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any, get_type_hints

import pytest
from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator, OAS31Validator, oas31_format_checker
from openapi_spec_validator import validate

from tests.specs.facts import Node, reach
from tests.specs.shipped import DOCUMENTS, SPECS, VERSIONS

METHODS = ("get", "put", "post", "patch", "delete")
BROKEN_BODY = {"piper": "422"}
"""The status for an invalid body where it is not 400."""

RATE_LIMIT_HEADERS = {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"}

each_vendor = pytest.mark.parametrize("vendor", VERSIONS)


def operations(vendor: str) -> Iterator[tuple[str, Node]]:
    """Every operation with its path."""
    for path, item in DOCUMENTS[vendor]["paths"].items():
        yield from ((path, item[method]) for method in METHODS if method in item)


def resolved(document: Node, node: Any) -> Any:
    """What a node refers to, or the node itself."""
    while isinstance(node, dict) and "$ref" in node:
        (node, *_) = reach(document, tuple(node["$ref"].removeprefix("#/").split("/")))
    return node


def walk(node: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Every node of a document with its pointer."""
    yield pointer, node
    members = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, member in members:
        yield from walk(member, f"{pointer}/{key}")


@each_vendor
def test_a_document_is_valid_openapi_in_the_version_that_the_vendor_uses(vendor: str) -> None:
    """Checked by openapi-spec-validator."""
    validate(DOCUMENTS[vendor])

    assert VERSIONS[vendor] == DOCUMENTS[vendor]["openapi"]


@each_vendor
def test_schemathesis_finds_every_operation_and_every_link(vendor: str) -> None:
    """It can use every operation."""
    schemathesis = pytest.importorskip("schemathesis")
    links = sum(
        len(answer.get("links", ()))
        for _, operation in operations(vendor)
        for answer in operation["responses"].values()
    )

    schema = schemathesis.openapi.from_dict(DOCUMENTS[vendor])

    assert {operation["operationId"] for _, operation in operations(vendor)} == {
        found.ok().definition.raw["operationId"] for found in schema.get_all_operations()
    }
    assert links == schema.statistic.transitions.total


@each_vendor
def test_openapi_core_reads_the_document(vendor: str) -> None:
    """It validates every reply a second time."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        openapi_core = pytest.importorskip("openapi_core")
        loaded = openapi_core.OpenAPI.from_dict(DOCUMENTS[vendor])

    assert DOCUMENTS[vendor]["info"]["title"] == (loaded.spec / "info" / "title").read_str()


@each_vendor
def test_operations_have_unique_ids_and_descriptions(vendor: str) -> None:
    """Unique operationIds, a summary, a description and a declared tag each."""
    document = DOCUMENTS[vendor]
    names = [operation["operationId"] for _, operation in operations(vendor)]

    assert len(names) == len(set(names))
    for _, operation in operations(vendor):
        assert operation["summary"]
        assert operation["description"]
        assert set(operation["tags"]) <= {tag["name"] for tag in document["tags"]}


@each_vendor
def test_every_operation_needs_a_credential(vendor: str) -> None:
    """Each takes a bearer token and documents 401."""
    document = DOCUMENTS[vendor]
    schemes = document["components"]["securitySchemes"]

    for _, operation in operations(vendor):
        (requirement,) = {**document, **operation}["security"]
        assert [("http", "bearer")] == [(schemes[name]["type"], schemes[name]["scheme"]) for name in requirement]
        assert "401" in operation["responses"]


@each_vendor
def test_every_error_response_is_documented(vendor: str) -> None:
    """For a broken body, one that is too large or of the wrong type, and a missing item."""
    for path, operation in operations(vendor):
        expected = {BROKEN_BODY.get(vendor, "400")}
        expected |= {"413", "415"} if "requestBody" in operation else set()
        expected |= {"404"} if path.endswith("}") else set()
        assert expected <= set(operation["responses"]), operation["operationId"]


@each_vendor
def test_errors_have_a_body_and_every_body_is_json(vendor: str) -> None:
    """Only 204 has no body."""
    document = DOCUMENTS[vendor]
    for _, operation in operations(vendor):
        for status, answer in operation["responses"].items():
            content = resolved(document, answer).get("content", {})
            assert ([] if status == "204" else ["application/json"]) == list(content), (
                operation["operationId"],
                status,
            )


@each_vendor
def test_every_reference_is_valid_and_every_component_is_used(vendor: str) -> None:
    """No reference points to nothing, and no component is unused."""
    document = DOCUMENTS[vendor]
    used = {node["$ref"] for _, node in walk(document) if isinstance(node, dict) and "$ref" in node}
    components = {
        f"#/components/{kind}/{name}"
        for kind, members in document["components"].items()
        for name in members
        if kind != "securitySchemes"
    }

    assert used == components


@each_vendor
def test_every_link_names_an_operation_and_parameters_that_it_has(vendor: str) -> None:
    """So a generated client can follow a create to the new item."""
    document = DOCUMENTS[vendor]
    by_name = {operation["operationId"]: operation for _, operation in operations(vendor)}
    links = [node for pointer, node in walk(document) if pointer.split("/")[-2:-1] == ["links"]]

    assert links
    for link in links:
        target = by_name[link["operationId"]]
        required = {
            it["name"]
            for it in (resolved(document, node) for node in target.get("parameters", ()))
            if it["in"] == "path"
        }
        named = {resolved(document, node)["name"] for node in target.get("parameters", ())}
        assert required <= set(link.get("parameters", ())) <= named


@each_vendor
def test_a_document_has_no_extension_of_ours(vendor: str) -> None:
    """What OpenAPI cannot say belongs in the behaviour file."""
    extensions = [
        pointer
        for pointer, _ in walk(DOCUMENTS[vendor])
        if pointer.rpartition("/")[2].startswith("x-") and "/example" not in pointer
    ]

    assert extensions == []


@each_vendor
def test_every_example_is_valid_against_its_schema(vendor: str) -> None:
    """The mock returns examples, and users paste them."""
    count = 0
    for schema, value, is_request in _examples(vendor):
        _validate(vendor, schema, value, is_request=is_request)
        count += 1

    assert count > 10


def _examples(vendor: str) -> Iterator[tuple[Node, Any, bool]]:
    """(schema, value, whether a client sends it) of every example."""
    document = DOCUMENTS[vendor]
    for pointer, node in walk(document):
        if isinstance(node, dict) and "schema" in node:
            if "example" in node:
                yield node["schema"], node["example"], "/headers/" not in pointer
            for example in node.get("examples", {}).values():
                yield node["schema"], example["value"], "requestBody" in pointer


def _validate(vendor: str, schema: Node, value: Any, *, is_request: bool) -> None:
    with_components = {**schema, "components": DOCUMENTS[vendor]["components"]}
    old = OAS30WriteValidator if is_request else OAS30ReadValidator
    validator = old if VERSIONS[vendor].startswith("3.0") else OAS31Validator
    validator(with_components, format_checker=oas31_format_checker).validate(value)


@each_vendor
def test_every_operation_with_a_body_has_an_example_to_send(vendor: str) -> None:
    """So users have a body to paste."""
    for _, operation in operations(vendor):
        for media in operation.get("requestBody", {}).get("content", {}).values():
            assert media["examples"], operation["operationId"]


@each_vendor
def test_no_response_has_write_only_properties(vendor: str) -> None:
    """Secrets are sent and never returned."""
    document = DOCUMENTS[vendor]
    secrets = {
        pointer.rpartition("/")[2]
        for pointer, node in walk(document)
        if isinstance(node, dict) and node.get("writeOnly") and "/StaticHeader/" not in pointer
    }
    answered = {
        name
        for _, operation in operations(vendor)
        for answer in operation["responses"].values()
        for media in resolved(document, answer).get("content", {}).values()
        for name in _property_names(document, media["schema"], ())
    }

    assert secrets
    assert not secrets & answered


def _property_names(document: Node, schema: Any, seen: tuple[int, ...]) -> Iterator[str]:
    schema = resolved(document, schema)
    if id(schema) in seen:
        return
    seen = (*seen, id(schema))
    for name, member in schema.get("properties", {}).items():
        yield name
        yield from _property_names(document, member, seen)
    for inner in (
        *schema.get("allOf", ()),
        *schema.get("anyOf", ()),
        *([schema["items"]] if "items" in schema else ()),
    ):
        yield from _property_names(document, inner, seen)


@each_vendor
def test_the_readme_lists_every_operation(vendor: str) -> None:
    """With the source of each."""
    text = (SPECS / "README.md").read_text(encoding="utf-8").lower()
    section = text.partition(f"\n## {vendor}\n")[2].partition("\n## ")[0]

    assert [] == [it["operationId"] for _, it in operations(vendor) if f"`{it['operationId']}`".lower() not in section]
    assert f"openapi {VERSIONS[vendor]}, {len(list(operations(vendor)))} operations" in section


def test_datagrid_documents_its_rate_limit_headers_for_every_known_client() -> None:
    """They are documented for every response; without an accepted key nothing is counted."""
    document = DOCUMENTS["datagrid"]
    for _, operation in operations("datagrid"):
        for status, answer in operation["responses"].items():
            headers = resolved(document, answer).get("headers", {})
            required = {name for name, header in headers.items() if resolved(document, header).get("required")}
            expected = set() if status == "401" else RATE_LIMIT_HEADERS
            assert expected | ({"Retry-After"} if status == "429" else set()) == required


def test_every_datagrid_operation_takes_the_teamspace_header() -> None:
    """The official client sends it with every request."""
    for _, operation in operations("datagrid"):
        assert {"$ref": "#/components/parameters/DatagridTeamspace"} in operation["parameters"]


@pytest.mark.parametrize(
    ("schema", "model"),
    [
        ("McpServer", "organization.McpServer"),
        ("McpServerMetadata", "organization.mcp_server.Metadata"),
        ("ListMcpServersResponse", "organization.ListMcpServersResponse"),
        ("Secret", "Secret"),
        ("Identity", "Identity"),
        ("IdentityTeamspace", "IdentityTeamspace"),
        ("IdentityPermissions", "identity_teamspace.Permissions"),
    ],
)
def test_datagrid_responses_have_the_members_of_the_official_client(schema: str, model: str) -> None:
    """No more and no fewer; what the client requires is required."""
    fields = _sdk(model).model_fields
    ours = DOCUMENTS["datagrid"]["components"]["schemas"][schema]

    assert set(fields) == set(ours["properties"])
    assert {name for name, field in fields.items() if field.is_required()} <= set(ours.get("required", ()))


@pytest.mark.parametrize(
    ("schema", "params"),
    [
        ("CreateMcpServerRequest", "organization.McpServerCreateParams"),
        ("UpdateMcpServerRequest", "organization.McpServerUpdateParams"),
        ("CreateSecretRequest", "SecretCreateParams"),
    ],
)
def test_datagrid_bodies_have_the_members_of_the_official_client(schema: str, params: str) -> None:
    """No more and no fewer, with the same ones required."""
    hints = get_type_hints(_sdk(params), include_extras=True)
    ours = DOCUMENTS["datagrid"]["components"]["schemas"][schema]

    assert set(hints) == set(ours["properties"])
    assert {name for name, hint in hints.items() if "Required" in str(hint)} == set(ours.get("required", ()))


def _sdk(name: str) -> Any:
    """A type of the vendor's own client."""
    pytest.importorskip("datagrid_ai", reason="the vendor's own client is not installed")
    module, _, attribute = f"datagrid_ai.types.{name}".rpartition(".")
    return getattr(pytest.importorskip(module), attribute)
