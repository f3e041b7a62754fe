"""Mocks that several tests share, of documents as dictionaries and with items of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from mockserver.pytest_plugin.mock_api import MockApi
from tests.inner_pytest import run_pytest
from tests.web.document import answers, document, takes

pytest_plugins = ["pytester"]

SHOP = Path(__file__).parents[2] / "docs/shop.yaml"
DOCUMENT: dict[str, Any] = yaml.safe_load(SHOP.read_text())
CUSTOMERS = {"customer": [{"name": "Ada"}, {"name": "Grace"}]}

pytestmark = pytest.mark.mock_api(DOCUMENT, items=CUSTOMERS)

PROJECT = """
import pytest

pytestmark = pytest.mark.mock_api({shop!r})

@pytest.fixture(scope="module")
def shop(mock_api_factory):
    with mock_api_factory({shop!r}, items=2) as api:
        yield api

@pytest.mark.parametrize("number", [1, 2])
def test_a_module_shares_a_mock(mock_api_module, number):
    mock_api_module.client.post("/customers", json={{"name": "Ada"}})
    assert number == len(mock_api_module.client.get("/customers").json())

@pytest.mark.parametrize("number", [3, 4])
def test_a_fixture_of_any_scope(shop, number):
    shop.client.post("/customers", json={{"name": "Ada"}})
    assert number == len(shop.client.get("/customers").json())

def test_a_session_shares_a_mock(mock_api_session):
    mock_api_session.client.post("/customers", json={{"name": "Ada"}})

def test_that_fails(mock_api_module):
    assert 200 == mock_api_module.client.get("/customers/unknown").status_code
"""
OTHER = """
def test_a_session_shares_a_mock_over_modules(mock_api_session):
    assert 1 == len(mock_api_session.client.get("/customers").json())
"""


def test_a_document_may_be_a_dictionary(mock_api: MockApi) -> None:
    assert "shop" in mock_api.url
    assert 200 == mock_api.client.get("/customers").status_code


def test_items_may_be_given_for_each_resource(mock_api: MockApi) -> None:
    assert ["Ada", "Grace"] == sorted(each["name"] for each in mock_api.client.get("/customers").json())
    assert [] == [entry for entry in mock_api.requests() if entry.request.method == "POST"]


def test_modules_and_sessions_share_a_mock(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_a=PROJECT.format(shop=str(SHOP)), test_b=OTHER)
    done = run_pytest(pytester, "-o", f"mock_api={SHOP}")

    done.assert_outcomes(passed=6, failed=1)
    done.stdout.fnmatch_lines(["*mock requests*", "*GET */shop/customers/unknown*404*"])


def test_items_name_the_items_that_they_are_below(pytester: pytest.Pytester) -> None:
    seat = {"type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}
    path = {
        "parameters": [{"name": "hall", "in": "path", "required": True, "schema": {"type": "string"}}],
        "get": {"responses": answers({"type": "array", "items": seat})},
        "post": {"requestBody": takes(seat), "responses": answers(seat, status="201")},
    }
    pytester.makepyfile(
        f"""
        import pytest

        ITEMS = {{"seat": [{{"_owner": "south", "name": "A1"}}]}}

        @pytest.mark.mock_api({document({"/halls/{hall}/seats": path})!r}, items=ITEMS)
        def test_it(mock_api):
            assert ["A1"] == [each["name"] for each in mock_api.client.get("/halls/south/seats").json()]
            assert [] == mock_api.client.get("/halls/north/seats").json()
        """
    )

    run_pytest(pytester).assert_outcomes(passed=1)


def test_items_of_an_unknown_resource_are_an_error_that_names_it(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        f"""
        import pytest

        @pytest.mark.mock_api({str(SHOP)!r}, items={{"nothing": [{{}}]}})
        def test_it(mock_api):
            pass
        """
    )
    done = run_pytest(pytester)

    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines(["*nothing*"])
