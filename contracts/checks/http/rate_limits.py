"""Checks of rate limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from contracts.checks.error_replies import check_error_body
from contracts.checks.item_view import as_json
from contracts.client.request_builder import CannotBuildRequest
from contracts.client.target import User
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import RateLimit
from mockserver.contract import Contract

AFFORDABLE = 700
"""The largest rate limit that the check uses up."""


def rate_limit(context: CheckContext, resource: CheckedResource, statement: RateLimit) -> None:
    """Requests up to the limit succeed, further ones get 429, and the rate limit headers are right."""
    if statement.requests > AFFORDABLE or (not context.target.in_process and context.mode != "campaign"):
        raise CannotBuildRequest(f"{statement.requests} requests in {statement.window:g} s would be needed")
    user = next((i for i in reversed(context.unrestricted_users)), context.main_user)
    context.target.pause(statement.window + 1)
    replies = [context.send(resource.operations["list"], user=user, once=True)]
    while replies[-1].status != 429 and len(replies) <= statement.requests:
        replies.append(context.send(resource.operations["list"], user=user, once=True))
    accepted = [each for each in replies if each.status != 429]
    context.expect(
        len(accepted) == statement.requests,
        f"{statement.requests} requests in {statement.window:g} s succeed, the next one gets 429",
        f"{len(accepted)} requests succeeded",
        replies[-1],
        about="count",
    )
    _check_headers(context, statement, accepted, replies[-1])
    if replies[-1].status == 429:
        check_error_body(context, "too-many", replies[-1])
        _check_separate_counts(context, resource, statement, user, replies[-1])
        context.target.pause(statement.window + 1)
        again = context.send(resource.operations["list"], user=user, once=True)
        context.expect_status(
            again.status == 200, "requests succeed again after the window", replies[-1], again, about="again"
        )


def _check_separate_counts(
    context: CheckContext, resource: CheckedResource, statement: RateLimit, user: User, refused: RecordedExchange
) -> None:
    """Requests that count separately are not refused together."""
    others = [i for i in context.unrestricted_users if i.secret != user.secret and i.tenant != user.tenant]
    if others and {"credential", "tenant"} & set(statement.per):
        response = context.send(resource.operations["list"], user=others[0], once=True)
        context.expect(
            response.status != 429,
            f"requests count separately for each {' and '.join(statement.per)}",
            "the requests of another credential are refused, too",
            refused,
            response,
            about="apart",
        )
    elsewhere = next(
        (
            k.operations["list"]
            for k in context.shared.resources.values()
            if k.can("list") and k.name != resource.name and not k.behaviour.parent
        ),
        None,
    )
    if "path" in statement.per and elsewhere is not None:
        response = context.send(elsewhere, user=user, once=True)
        context.expect(
            response.status != 429,
            "requests count separately for each path",
            f"{elsewhere.name} is refused, too",
            refused,
            response,
            about="paths",
        )


def _check_headers(
    context: CheckContext, statement: RateLimit, accepted: Sequence[RecordedExchange], refused: RecordedExchange
) -> None:
    names = statement.headers
    if "limit" in names:
        seen = {each.header(names["limit"]) for each in accepted}
        context.expect(
            seen == {str(statement.requests)},
            f"every reply has {names['limit']}: {statement.requests}",
            as_json(seen),
            accepted[0],
            about="limit",
        )
    if "remaining" in names:
        counted = [each.header(names["remaining"]) for each in accepted]
        wanted = [str(n) for n in range(statement.requests - 1, -1, -1)]
        context.expect(
            counted == wanted,
            f"{names['remaining']} counts down to 0 in successive replies",
            f"{counted[:3]}…{counted[-2:]}",
            *accepted[:2],
            about="remaining",
        )
    if "reset" in names:
        context.expect(
            all((each.header(names["reset"]) or "").isdigit() for each in accepted),
            f"every reply has {names['reset']} in Unix seconds",
            as_json(accepted[0].header(names["reset"])),
            accepted[0],
            about="reset",
        )
    if "retry-after" in names and refused.status == 429:
        context.expect(
            (refused.header(names["retry-after"]) or "").isdigit(),
            f"the 429 reply has {names['retry-after']} in seconds",
            as_json(refused.header(names["retry-after"])),
            refused,
            about="retry-after",
        )


def _rate_places(contract: Contract) -> Any:
    statement = contract.behaviour.service.rate_limit
    for resource in checked_resources(contract).values():
        if statement is not None and resource.can("list"):
            place: Place = (
                resource.operations["list"].name,
                StatementRef.of("service", "rate-limit", statement),
                (resource, statement),
            )
            yield place
            return


CHECKS = (Check("rate-limit", ("rate-limit",), _rate_places, rate_limit, quick=False, run_last=True),)
