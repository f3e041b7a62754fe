"""The pytest plugin: a mock for each test in its own namespace, and its requests in the report of a failed test.

pytest imports this module in every run, so it imports nothing of the mock until a test asks for one.
"""

from __future__ import annotations

import pkgutil
import warnings
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mockserver.pytest_plugin.mock_api import MockApi
    from mockserver.pytest_plugin.sandboxes import Sandboxes

SANDBOXES = "mockserver.pytest_plugin.sandboxes:Sandboxes"
MARKER = "mock_api(*documents, service=None, **options): the documents of the fixtures whose names begin with mock_api"
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


@pytest.fixture(scope="module")
def mock_api_module(request: pytest.FixtureRequest, _mock_sandboxes: Sandboxes) -> Iterator[MockApi]:
    """A mock that all tests of a module share, as `mock_api` is one. See docs/pytest.md."""
    yield from _begun(request, _mock_sandboxes, over_port=False)


@pytest.fixture(scope="session")
def mock_api_session(request: pytest.FixtureRequest, _mock_sandboxes: Sandboxes) -> Iterator[MockApi]:
    """A mock that all tests share, of the documents of the ini option. See docs/pytest.md."""
    yield from _begun(request, _mock_sandboxes, over_port=False)


@pytest.fixture(scope="session")
def mock_api_factory(
    request: pytest.FixtureRequest, _mock_sandboxes: Sandboxes
) -> Callable[..., AbstractContextManager[MockApi]]:
    """Begins mocks for fixtures of your own, of any scope. See docs/pytest.md."""

    @contextmanager
    def begin(*documents: Any, port: bool = False, **options: Any) -> Iterator[MockApi]:
        config = request.config
        named = documents or config.getini("mock_api")
        api = _mock_sandboxes.new(named, options, config, config.rootpath, "mock_api_factory", over_port=port)
        yield from _used(request.node, api)

    return begin


def _begun(request: pytest.FixtureRequest, sandboxes: Sandboxes, *, over_port: bool) -> Iterator[MockApi]:
    try:
        api = sandboxes.begin(request, over_port=over_port)
    except pytest.UsageError as error:
        # The marker is wrong, and nothing of the plugin's own code.
        raise pytest.fail.Exception(str(error), pytrace=False) from None
    yield from _used(request.node, api)


def _used(node: pytest.Item | pytest.Collector, api: MockApi) -> Iterator[MockApi]:
    """The mock for a test; until it is over, the reports of failures can read it."""
    used = node.stash.setdefault(USED, [])
    used.append(api)
    try:
        yield api
    finally:
        used.remove(api)
        api.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the requests of the test to the report of its failure, while its namespace is there."""
    report = yield
    if report.failed and call.when != "teardown":
        # Of the mocks that several tests share, those that this test asks for.
        shared = [api for node in item.listchain()[:-1] for api in node.stash.get(USED, [])]
        asked = list(getattr(item, "funcargs", {}).values())
        used = [*item.stash.get(USED, []), *(api for api in shared if any(api is each for each in asked))]
        report.sections += [(TITLE, text) for api in used if (text := api.journal())]
    return report
