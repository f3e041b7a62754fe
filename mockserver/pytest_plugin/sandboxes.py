"""The sandboxes of a test run: one for each combination of documents and options."""

from __future__ import annotations

import os
import re
import secrets
import warnings
from collections.abc import Iterable, Mapping, Sequence
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import fields, replace

from mockserver.client import Sandbox as Client
from mockserver.errors import MockServerError
from mockserver.project_settings import ProjectSettings
from mockserver.pytest_plugin.mock_api import MockApi
from mockserver.pytest_plugin.shared_sandbox import SharedSandbox
from mockserver.pytest_plugin.written_documents import WrittenDocuments
from mockserver.rules import from_modules
from mockserver.web.app import create_app
from mockserver.web.service import ServiceSettings

DEFAULTS = {"seed": 0, "journal": 1000}
"""The options of a sandbox for tests: the same ids in each run, and a journal for the report of a failed test."""

SETTINGS = frozenset(each.name for each in fields(ServiceSettings))
OPTIONS = frozenset(signature(create_app).parameters) - {"documents", "settings", "token"} | SETTINGS | {"service"}

NO_DOCUMENT = (
    'mock_api: which document? Mark the test with @pytest.mark.mock_api("openapi.yaml"), '
    "set mock_api = openapi.yaml in the configuration of pytest, or document in mockserver.yaml"
)


class Sandboxes:
    """Makes each sandbox when the first test needs it. `close` ends all."""

    def __init__(self) -> None:
        self._made: dict[str, SharedSandbox] = {}
        self._running: Client | None = None
        self._documents = WrittenDocuments()

    def begin(self, request: pytest.FixtureRequest, *, over_port: bool) -> MockApi:
        """A mock in a namespace of its own, as the nearest marker of the test says, else the ini option.

        Raises UsageError.
        """
        marker, config = request.node.get_closest_marker("mock_api"), request.config
        options: dict[str, Any] = dict(marker.kwargs) if marker is not None else {}
        documents = marker.args if marker is not None and marker.args else config.getini("mock_api")
        path = getattr(request.node, "path", None) or config.rootpath
        folder = path.parent if path.is_file() else path
        return self.new(documents, options, config, folder, request.node.name, over_port=over_port)

    def new(
        self,
        documents: Sequence[Any],
        options: Mapping[str, Any],
        config: pytest.Config,
        folder: Path,
        name: str,
        *,
        over_port: bool,
    ) -> MockApi:
        """A mock of documents, looked for in a folder and in pytest's root folder. Raises UsageError."""
        service, items, options = options.get("service"), options.get("items"), dict(options)
        options.pop("service", None)
        if isinstance(items, Mapping):
            del options["items"]
        try:
            if not documents:
                documents, stated = _of_project(folder)
                options = stated | options
            api = self._new(documents, options, config, (folder, config.rootpath), (service, _name(name)), over_port)
            if isinstance(items, Mapping):
                api.fill(items)
        except MockServerError as error:
            raise pytest.UsageError(f"mock_api: {error}") from None
        return api

    def _new(
        self,
        documents: Sequence[Any],
        options: Mapping[str, Any],
        config: pytest.Config,
        folders: tuple[Path, Path],
        names: tuple[str | None, str],
        over_port: bool,
    ) -> MockApi:
        (service, name), url = names, config.getoption("mock_url")
        if url is not None:
            running = self._at(url)
            named = [self._written(each) if isinstance(each, Mapping) else each for each in documents]
            return MockApi(running.namespace(name), service or _served(running, named), None)
        if not documents:
            raise pytest.UsageError(NO_DOCUMENT)
        shared = self._shared(list(map(self._written, _found(documents, *folders))), options)
        client = shared.over_port if over_port else shared.in_process
        transport = None if over_port else shared.transport()
        return MockApi(client.namespace(name), service, transport, lambda: shared.over_port.url)

    def _written(self, document: Any) -> str:
        """A document that is a dictionary, as a file."""
        return self._documents.path(document) if isinstance(document, Mapping) else document

    def _at(self, url: str) -> Client:
        """The client of a running sandbox, which all tests and all workers share."""
        if self._running is None:
            self._running = Client(url, token=os.environ.get("MOCKSERVER_TOKEN"))
        return self._running

    def _shared(self, documents: Sequence[str], options: Mapping[str, Any]) -> SharedSandbox:
        key = repr((documents, sorted(options.items())))  # a dictionary is the file that it was written to
        if key not in self._made:
            self._made[key] = SharedSandbox(_app(documents, options))
        return self._made[key]

    def close(self) -> None:
        """Stop all sandboxes that were made here."""
        if self._running is not None:
            self._running.close()
        for each in self._made.values():
            each.close()
        self._documents.close()


def _served(running: Client, documents: Iterable[Any]) -> str | None:
    """The service of a running sandbox that has the name of a document; None if there is none."""
    services = running.health().services
    return next((Path(str(each)).stem for each in documents if Path(str(each)).stem in services), None)


def _of_project(folder: Path) -> tuple[list[str], dict[str, Any]]:
    """The documents and options in the settings of the project. Raises ProjectSettingsError and BehaviourError."""
    settings = ProjectSettings.of(folder).command("serve")
    shared = replace(settings, table={})
    options: dict[str, Any] = {}
    if behaviour := shared.texts("behaviour"):
        options["behaviour"] = [str(shared.path(each).absolute()) for each in behaviour]
    if modules := shared.texts("rules-module"):
        options["rules"] = from_modules(modules)
    documents = [str(Path(each).absolute()) if Path(each).exists() else each for each in settings.documents()]
    return documents, options


def _app(documents: Sequence[str], options: Mapping[str, Any]) -> Any:
    wrong = sorted(options.keys() - OPTIONS)
    if wrong:
        raise pytest.UsageError(f"mock_api: no option {wrong[0]!r}; there are: {', '.join(sorted(OPTIONS))}")
    settings = {name: value for name, value in options.items() if name in SETTINGS}
    others = {name: value for name, value in options.items() if name not in SETTINGS}
    with warnings.catch_warnings(category=DeprecationWarning, action="ignore"):
        return create_app(*documents, settings=ServiceSettings(**settings), **{**DEFAULTS, **others})


def _name(test: str) -> str:
    """A namespace of the test alone, whose name tells which test it is."""
    return f"{re.sub('[^A-Za-z0-9._~-]+', '-', test)[:80]}-{secrets.token_hex(8)}"


def _found(documents: Iterable[Any], *folders: Path) -> list[Any]:
    """The documents as absolute paths where one of the folders has them; else they are names, addresses or dicts."""
    return [
        each
        if isinstance(each, Mapping)
        else next((str(folder / each) for folder in folders if (folder / each).exists()), str(each))
        for each in documents
    ]
