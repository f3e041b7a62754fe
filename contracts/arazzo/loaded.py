"""A description with the services and the other descriptions that it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import unquote

from contracts.arazzo.description import ArazzoDescription, Workflow, WorkflowSource, WorkflowStep
from contracts.arazzo.mistakes import ArazzoError, Mistake
from contracts.arazzo.reader import read_description
from contracts.client.target import Target, User
from contracts.client.users import GivenCredentials, default_rate, is_loopback, users
from contracts.runner.settings import CheckSettings, checked_url
from mockserver import contract as contracts
from mockserver import vendor_files
from mockserver.contract import Contract
from mockserver.errors import InvalidDocument
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi import remote
from mockserver.openapi.document import Operation

ELSEWHERE = "$sourceDescriptions."

MOST_DESCRIPTIONS = 50
"""How many descriptions may refer to each other."""


@dataclass(frozen=True, slots=True)
class LoadingOptions:
    """Where the services are, and who asks. `urls` and `places` are by the name of a source.

    An empty name in `urls` is the only service. `places` are files or addresses in place of a source's `url`. With
    `outside`, addresses that a description names are fetched. `deadline` is a `time.monotonic()`. `items` is the number
    of items that each collection of a built-in mock starts with. With `insecure`, any certificate is accepted.
    """

    urls: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    credentials: GivenCredentials = field(default_factory=GivenCredentials)
    outside: bool = False
    timeout: float = 30.0
    deadline: float | None = None
    rate: float | None = None
    seed: int = 0
    items: int = 0
    insecure: bool = False


@dataclass(frozen=True, slots=True)
class SteppedService:
    """A service that steps send requests to; `user` has the credential, if there is one."""

    contract: Contract
    target: Target
    user: User | None

    @property
    def shown(self) -> str:
        """The address for messages."""
        return "the built-in mock" if self.target.in_process else self.target.base_url


@dataclass(slots=True)
class LoadedDescription:
    """A description, its services and other descriptions by the names of their sources."""

    description: ArazzoDescription
    services: dict[str, SteppedService] = field(default_factory=dict)
    others: dict[str, LoadedDescription] = field(default_factory=dict)

    def workflow(self, reference: str) -> tuple[LoadedDescription, Workflow]:
        """The workflow that a reference names, and its description. Raises ArazzoError."""
        owner, id = self, reference
        if reference.startswith(ELSEWHERE):
            name, _, id = reference.removeprefix(ELSEWHERE).partition(".")
            owner = self.others.get(name) or self
        found = owner.description.workflow(id)
        if found is None or (owner is self and id != reference):
            known = ", ".join(each.id for each in owner.description.workflows)
            raise ArazzoError(f"{self.description.file}: there is no workflow {reference!r}; there are: {known}")
        return owner, found

    def uncalled(self) -> tuple[str, ...]:
        """The ids of the workflows that no other workflow of the description calls; all, if each is called."""
        workflows, called = self.description.workflows, set[str]()
        for workflow in workflows:
            for step in workflow.steps:
                named = {step.workflow_id, *(each.workflow_id for each in (*step.on_success, *step.on_failure))}
                called |= named - {workflow.id}
        return tuple(each.id for each in workflows if each.id not in called) or tuple(each.id for each in workflows)

    def operation(self, step: WorkflowStep) -> tuple[SteppedService, Operation]:
        """The operation of a step, and the service that has it. Raises ArazzoError."""
        try:
            return self._by_id(step.operation_id) if step.operation_id else self._by_path(step.operation_path)
        except InvalidDocument as fault:
            raise ArazzoError.of(self.description.file, [Mistake(step.pointer, fault.message)]) from None

    def _by_id(self, written: str) -> tuple[SteppedService, Operation]:
        services, id = self.services, written
        if written.startswith(ELSEWHERE):
            name, _, id = written.removeprefix(ELSEWHERE).partition(".")
            services = {key: each for key, each in services.items() if key == name}
        found = [
            (service, operation)
            for service in services.values()
            for operation in service.contract.document.operations
            if operation.operation_id == id
        ]
        if len(found) > 1:
            raise InvalidDocument(f"several sources have the operation {id!r}; write {ELSEWHERE}NAME.{id}")
        if not found:
            ids = [o.operation_id for each in services.values() for o in each.contract.document.operations]
            raise InvalidDocument(f"no source has the operation {id!r}; there are: {', '.join(ids[:20]) or 'none'}")
        return found[0]

    def _by_path(self, written: str) -> tuple[SteppedService, Operation]:
        """The operation that a JSON pointer names. Some descriptions leave out a method that is the only one."""
        place, _, pointer = written.partition("#")
        name = place[place.index(ELSEWHERE) :].removeprefix(ELSEWHERE).partition(".")[0]
        service = self.services.get(name)
        if service is None:
            raise InvalidDocument(f"the source {name!r} is no OpenAPI document")
        keys = json_pointer.split(unquote(pointer))
        operations = [o for o in service.contract.document.operations if keys[:2] == ["paths", o.path]]
        found = [o for o in operations if o.method in [key.lower() for key in keys[-1:]]] if keys[2:] else operations
        if len(found) != 1:
            known = ", ".join(f"#{json_pointer.join('/paths', o.path, o.method)}" for o in operations)
            raise InvalidDocument(f"{pointer!r} is no operation of {name}; the path has: {known or 'none'}")
        return service, found[0]


class DescriptionLoader:
    """Loads a description and all that it names, each file once; a context manager that closes what was opened."""

    def __init__(self, options: LoadingOptions) -> None:
        self._options, self._stack = options, ExitStack()
        self._loaded: dict[Path, LoadedDescription] = {}
        self._services: dict[str, SteppedService] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._stack.close()

    def load(self, path: Path) -> LoadedDescription:
        """The description in a file. Raises ArazzoError, DocumentError, BehaviourError or CredentialsError."""
        key = path.resolve()
        if key in self._loaded:
            return self._loaded[key]
        if len(self._loaded) >= MOST_DESCRIPTIONS:
            raise ArazzoError(f"{path}: more than {MOST_DESCRIPTIONS} descriptions refer to each other")
        loaded = self._loaded[key] = LoadedDescription(read_description(path))
        self._check_names(loaded.description)
        for source in loaded.description.sources:
            self._add(loaded, source, path)
        for step in (step for each in loaded.description.workflows for step in each.steps):
            if step.workflow_id:
                loaded.workflow(step.workflow_id)
            else:
                loaded.operation(step)
        return loaded

    def _check_names(self, description: ArazzoDescription) -> None:
        """Raises ArazzoError if an option names a source that is not there; only the first description is asked."""
        known = [each.name for each in description.sources]
        for option, given in (("--url", self._options.urls), ("--source", self._options.places)):
            for name in given if len(self._loaded) == 1 else ():
                if name and name not in known:
                    raise ArazzoError(f"{option} {name}=…: no source is called {name!r}; there are: {', '.join(known)}")

    def _add(self, loaded: LoadedDescription, source: WorkflowSource, path: Path) -> None:
        place = self._place(source, loaded.description, path.parent)
        if source.kind == "arazzo":
            loaded.others[source.name] = self.load(Path(place))
        else:
            only = sum(each.kind != "arazzo" for each in loaded.description.sources) == 1
            loaded.services[source.name] = self._service(place, source.name, only=only)

    def _place(self, source: WorkflowSource, description: ArazzoDescription, folder: Path) -> str:
        """The file, address or vendor of a source: beside the description, or from the working directory."""
        if source.name in self._options.places:
            return self._options.places[source.name]
        if remote.is_address(source.url):
            return self._address(source, description)
        tried = (folder / unquote(source.url), Path(unquote(source.url)))
        found = next((each for each in tried if each.is_file()), None)
        if found is not None or source.url in vendor_files.names():
            return str(found or source.url)
        told = f"there is no file {tried[0]}; give --source {source.name}=FILE"
        raise ArazzoError.of(description.file, [Mistake(f"{source.pointer}/url", told)])

    def _address(self, source: WorkflowSource, description: ArazzoDescription) -> str:
        if self._options.outside and source.kind != "arazzo":
            return source.url
        told = f"is on another host; give --source {source.name}=FILE, or --outside to fetch it"
        raise ArazzoError.of(description.file, [Mistake(f"{source.pointer}/url", told)])

    def _service(self, place: str, name: str, *, only: bool) -> SteppedService:
        """The service of a document: one for each document and address, so that all steps share its state."""
        options = self._options
        url = checked_url(options.urls.get(name) or (options.urls.get("") if only else None))
        key = f"{place if remote.is_address(place) else Path(place).resolve()} {url}"
        if key not in self._services:
            contract = contracts.of(place, reading=contracts.ReadingOptions(verify=not options.insecure))
            given = tuple(self._users(contract, url))
            rate = options.rate or default_rate(url)
            settings = CheckSettings(
                place,
                contract,
                url,
                given,
                seed=options.seed,
                items=options.items,
                timeout=options.timeout,
                deadline=options.deadline,
                rate=rate,
                insecure=options.insecure,
            )
            target = self._stack.enter_context(settings.target())
            self._services[key] = SteppedService(contract, target, given[0] if given else None)
        return self._services[key]

    def _users(self, contract: Contract, url: str | None) -> Sequence[User]:
        """The users of a service. A workflow may log in itself, so that no credential is needed elsewhere."""
        given = self._options.credentials
        if url is not None and not is_loopback(url) and not (given.secrets or given.auth_file or given.headers):
            return ()
        return users(contract, given, url)

    def shown(self) -> Iterator[tuple[str, str]]:
        """The title of each document, and the service that answers for it."""
        for each in self._services.values():
            yield each.contract.document.title, each.shown
