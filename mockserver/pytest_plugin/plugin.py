"""The pytest plugin: a mock for each test in its own namespace, and its requests in the report of a failed test.

pytest imports this module in every run, so it imports nothing of the mock until a test asks for one.
"""

from __future__ import annotations

import pkgutil
import warnings
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mockserver.pytest_plugin.mock_api import MockApi
    from mockserver.pytest_plugin.sandboxes import Sandboxes

SANDBOXES = "mockserver.pytest_plugin.sandboxes:Sandboxes"
MARKER = "mock_api(*documents, service=None, **options): the documents of the fixtures mock_api and mock_api_port"
USED: pytest.StashKey[list[MockApi]] = pytest.StashKey()
TITLE = "mock requests"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the ini option with the documents of tests without a marker, and the option of a running sandbox."""
    group = parser.getgroup("mock_api", "mocks of HTTP APIs")
    group.addoption("--mock-url", metavar="URL", help="Use this running sandbox for mock_api, in all workers.")
    parser.addini("mock_api", "OpenAPI documents or vendors that the fixture mock_api serves", type="args", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", MARKER)


@pytest.fixture(scope="session")
def _mock_sandboxes() -> Iterator[Sandboxes]:
    """The sandboxes of this process; with pytest-xdist, each worker is one."""
    with warnings.catch_warnings(category=DeprecationWarning, action="ignore"):  # Connexion imports what is deprecated
        made: Sandboxes = pkgutil.resolve_name(SANDBOXES)()
    yield made
    made.close()


@pytest.fixture
def mock_api(request: pytest.FixtureRequest, _mock_sandboxes: Sandboxes) -> Iterator[MockApi]:
    """A mock in this process, for httpx: `mock_api.client`. See docs/pytest.md."""
    yield from _begun(request, _mock_sandboxes, over_port=False)


@pytest.fixture
def mock_api_port(request: pytest.FixtureRequest, _mock_sandboxes: Sandboxes) -> Iterator[MockApi]:
    """A mock on a local port, for any client: `mock_api_port.url`. See docs/pytest.md."""
    yield from _begun(request, _mock_sandboxes, over_port=True)


def _begun(request: pytest.FixtureRequest, sandboxes: Sandboxes, *, over_port: bool) -> Iterator[MockApi]:
    """The mock for a test; until the test is over, the report of its failure can read it."""
    api = sandboxes.begin(request, over_port=over_port)
    used = request.node.stash.setdefault(USED, [])
    used.append(api)
    yield api
    used.remove(api)
    api.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the requests of the test to the report of its failure, while its namespace is there."""
    report = yield
    if report.failed and call.when != "teardown":
        report.sections += [(TITLE, text) for api in item.stash.get(USED, []) if (text := api.journal())]
    return report
