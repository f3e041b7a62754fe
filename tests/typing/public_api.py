"""The public API as a user's program uses it. It is not run: mypy and pyright read it (tests/test_api.py).

A line with `type: ignore` must be wrong, and wrong in that way: both report an ignore that nothing needs.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any, assert_type

import contracts
import mockserver
from contracts import (
    CannotBuildRequest,
    CheckContext,
    CheckedResource,
    CheckResult,
    Contract,
    CreatedItem,
    Finding,
    RecordedExchange,
    ResourceOperation,
    StatementRef,
    User,
    check_app,
    load_contract,
    rule_check,
    sandbox_users,
    user_with_secret,
)
from mockserver import (
    BehaviourError,
    Call,
    Clock,
    Conflict,
    DocumentError,
    Fault,
    Forbidden,
    HandlerError,
    Invalid,
    InvalidDocument,
    Missing,
    MockServerError,
    NamespaceLimits,
    OutsideService,
    ReadingOptions,
    Refusal,
    Reply,
    RequestContext,
    Sandbox,
    ServiceSettings,
    StateError,
    StatefulResolver,
    TooMany,
    Unauthenticated,
    UnsupportedFeature,
    WebhookSettings,
    create_app,
    rule,
    sandbox,
)


class StoppedClock:
    """A clock of the user's own."""

    def now(self) -> float:
        return 0.0


clock: Clock = StoppedClock()
app = create_app("basedash", Path("my-api.yaml"), behaviour=["extra.yaml"], seed=1, clock=clock)
assert_type(app, Sandbox)
assert_type(mockserver.create_app(settings=ServiceSettings(items=3), reading=ReadingOptions(lenient=True)), Sandbox)

assert_type(mockserver.create_app(namespace_limits=NamespaceLimits(idle=60, most=10), journal=100), Sandbox)
assert_type(create_app(webhooks=WebhookSettings({"newPet": "http://127.0.0.1:9000"}, secret="x")), Sandbox)
create_app(1)  # type: ignore[arg-type]
create_app(sead=1)  # type: ignore[call-arg]
mockserver.create_ap()  # type: ignore[attr-defined]


def get_pet(pet_id: int) -> dict[str, Any]:
    """A handler of the user's own."""
    pets = sandbox.collection("pet")
    if pet_id not in pets:
        pets.create({"id": pet_id})
    assert_type(pets.list(status="free"), list[dict[str, Any]])
    pets.remove(pet_id)  # type: ignore[attr-defined]
    return pets.update(pet_id, {"name": "Ada"})


create_app("my-api.yaml", handlers="my_api")
create_app("my-api.yaml", handlers={"getPet": get_pet})
create_app("my-api.yaml", handlers=[get_pet])  # type: ignore[arg-type]
StatefulResolver("my-api.yaml", handlers={"getPet": get_pet}, seed=1)


@rule("at-most-three", governs=("name",), refuses=("conflict",))
def at_most_three(context: RequestContext) -> Reply | None:
    """A rule of the user's own."""
    assert_type(context.call, Call)
    if context.record is None:
        raise Missing("there is no such item")
    raise Conflict("there are three items already", faults=(Fault("body", ("name",), "is taken", "unique"),))


def asks_nobody(context: RequestContext) -> Generator[Any, Any, Reply | None]:
    """A rule that asks."""
    yield from ()
    return Reply(200, {})


create_app("my-api.yaml", rules={"at-most-three": at_most_three, "asks": asks_nobody})
create_app("my-api.yaml", rules={"wrong": 1})  # type: ignore[dict-item]
rule("wrong", refuses=1)  # type: ignore[arg-type]


def with_outside(outside: OutsideService) -> Sandbox:
    """A service that rules ask."""
    return create_app("my-api.yaml", outside=outside)


def status_of(error: MockServerError) -> int:
    """Every error is a MockServerError, and the refusals know their status."""
    match error:
        case Conflict() | Forbidden() | Invalid() | Missing() | TooMany() | Unauthenticated() | Refusal():
            return error.status
        case InvalidDocument() | UnsupportedFeature() | DocumentError():
            assert_type(error.pointer, str)
        case BehaviourError() | HandlerError() | StateError() | MockServerError():
            pass
    return 0


def a_removed_item_is_gone(context: CheckContext) -> None:
    """A check of the user's own."""
    pets: CheckedResource = context.shared.resources["pet"]
    operation: ResourceOperation = pets.operations["get"]
    if not pets.can("create", "get", "delete"):
        raise CannotBuildRequest("pets cannot be deleted")
    made = context.create(pets)
    assert_type(made, CreatedItem)
    removed = context.delete(made)
    assert_type(removed, RecordedExchange)
    seen = context.send(operation, path=made.path)
    assert_type(context.expect(seen.status == 404, "status 404", f"status {seen.status}", made.exchange, seen), bool)
    context.breach("x", "y")  # type: ignore[attr-defined]


@rule_check("stamp")
def shows_its_author(context: CheckContext, resource: CheckedResource) -> None:
    """The check of a rule."""
    assert_type(context.create(resource), CreatedItem)


def pytest_mockserver_checks(contract: Contract) -> list[Any]:
    """The hook of the pytest plugin."""
    return [a_removed_item_is_gone] if contract.name == "pets" else []


pets_contract = load_contract("my-api.yaml", ["extra.yaml"])
ada: User = user_with_secret(pets_contract, "ada", "secret", tenant="a")
result = check_app(app, pets_contract, users=[ada, *sandbox_users(pets_contract)], mode="quick")
assert_type(result, CheckResult)
assert_type(contracts.check_app(app, pets_contract).findings, tuple[Finding, ...])
statement: StatementRef | None = result.findings[0].statement
check_app(app, pets_contract, mode="slow")  # type: ignore[arg-type]
