"""`mockserver fault`: errors, faults and delays of a running sandbox."""

from __future__ import annotations

from typing import Any

import click

from mockserver import durations
from mockserver.cli.control.connection import JsonText, SandboxConnection, connected, json_text
from mockserver.cli.control.deliveries import FAULTS as DELIVERY_FAULTS
from mockserver.cli.control.duration import Duration
from mockserver.cli.named_choice import NamedChoice
from mockserver.client import AppliedOverride, Namespace, answers

KINDS = (
    "lost-reply", "lost-request", "reset", "empty-reply", "cut", "malformed-chunk", "slow", "wrong-length",
    "stale-read", "duplicate", "outage", "rate-limit", "capacity", *DELIVERY_FAULTS,
)  # fmt: skip


@click.command()
@click.argument("operation", required=False)
@click.option("--status", type=click.IntRange(200, 599), help="Answer with this status.")
@click.option("--body", type=JsonText(), help="The body for --status; without it, an example of the document.")
@click.option(
    "--header", "headers", metavar="NAME:VALUE", multiple=True, help="A header for --status or --refusal; repeatable."
)
@click.option("--refusal", metavar="KIND", help="Answer with a documented error by its kind: too-many, missing, …")
@click.option("--fault", "kind", type=NamedChoice(KINDS), metavar="KIND", help=f"One of {', '.join(KINDS)}.")
@click.option("--fraction", type=click.FloatRange(0, 1), help="For cut: how much of the body is sent.")
@click.option("--bytes-per-second", type=click.IntRange(1), help="For slow: the rate.")
@click.option(
    "--requests", type=click.IntRange(1), help="For stale-read: how many changes ago; for rate-limit: the limit."
)
@click.option(
    "--seconds",
    type=Duration(),
    metavar="DURATION",
    help="For outage, rate-limit, capacity: how long; for late-delivery: how late.",
)
@click.option("--limit", type=click.IntRange(0), help="For capacity: how many items.")
@click.option("--delay", metavar="DURATION|FROM-TO", help="Wait before the response: 0.5, 500ms, 0.5-2, 100ms-2s.")
@click.option("--then", type=JsonText(), help="Any answer, or a list of them, as `POST /_mock/overrides` takes it.")
@click.option("--when", type=JsonText(), help="Further conditions, as `POST /_mock/overrides` takes them.")
@click.option("--times", type=click.IntRange(1), help="Do it this many times.")
@click.option("--after", type=click.IntRange(0), help="Let this many requests pass first.")
@click.option("--probability", type=click.FloatRange(0, 1), help="Do it with this probability.")
@click.option("--expires", type=Duration(), metavar="DURATION", help="End after this time: 90, 15m, 2h.")
@click.option("--invalid", is_flag=True, help="Allow a response that breaks the document.")
@click.option("--preview", is_flag=True, help="Show what a client would get, and set nothing.")
@click.option(
    "--request", type=JsonText(), help='For --preview: the request to try, {"method": "GET", "target": "/pets"}.'
)
@click.option("--replace", metavar="ID", help="Put it in the place of this override.")
@click.option("--off", metavar="ID", help="Switch an override off; how often it applied stays.")
@click.option("--on", metavar="ID", help="Switch it on again.")
@click.option("--remove", metavar="ID|all", help="Remove one override, or all.")
@connected
def fault(
    connection: SandboxConnection,
    operation: str | None,
    off: str | None,
    on: str | None,
    remove: str | None,
    replace: str | None,
    preview: bool,
    request: Any,
    **given: Any,
) -> None:
    """Let an operation of a running sandbox fail, break or wait; without options, list what is set.

    \b
    Examples:
      mockserver fault createPet --status 503 --times 2
      mockserver fault createPet --refusal too-many
      mockserver fault createPet --fault lost-reply --times 1
      mockserver fault listPets --fault outage --seconds 30
      mockserver fault listPets --delay 0.5-2 --probability 0.2
      mockserver fault getPet --status 404 --when '{"path_parameters": {"petId": 7}}'
      mockserver fault listPets --then '[{"status": 503}, {"status": 503}, {"pass": true}]'
      mockserver fault createPet --refusal too-many --preview
      mockserver fault
      mockserver fault createPet --status 500 --replace 3
      mockserver fault --off 3
      mockserver fault --remove all
    """
    wanted = {name: value for name, value in given.items() if value not in (None, False, ())}
    if sum(each is not None for each in (off, on, remove, wanted or replace or preview or None)) > 1:
        raise click.UsageError("--off, --on and --remove take no other options")
    namespace, switched = connection.namespace, off or on
    if request is not None and not preview:
        raise click.UsageError("--request is for --preview")
    if replace is not None and preview:
        raise click.UsageError("--preview sets nothing: leave out --replace")
    if remove is not None:
        namespace.remove_overrides(None if remove == "all" else remove)
    elif switched is not None:
        click.echo(shown(namespace.switch_override(switched, enabled=on is not None)))
    elif preview:
        when, then, limits = _override(operation, **wanted)
        click.echo(str(namespace.preview_override(when, then, request=request, **limits)))
    elif replace is not None:
        when, then, limits = _override(operation, **wanted)
        click.echo(shown(namespace.replace_override(replace, when, then, **limits)))
    elif wanted:
        when, then, limits = _override(operation, **wanted)
        click.echo(shown(namespace.override(when, then, **limits)))
    else:
        _list(namespace, operation)


def _override(
    operation: str | None,
    status: int | None = None,
    body: Any = None,
    refusal: str | None = None,
    kind: str | None = None,
    delay: str | None = None,
    headers: tuple[str, ...] = (),
    then: Any = None,
    when: Any = None,
    **more: Any,
) -> tuple[dict[str, Any], Any, dict[str, Any]]:
    """The condition, the answer and the limits that the options say. Raises UsageError where they contradict."""
    settings = {name: more.pop(name) for name in list(more) if name in SETTINGS}
    errors = [each for each in (status, refusal, kind, then) if each is not None]
    if len(errors) > 1:
        raise click.UsageError("give one of --status, --refusal, --fault and --then")
    if settings and kind is None:
        raise click.UsageError(f"--{next(iter(settings)).replace('_', '-')} is for --fault")
    if body is not None and status is None:
        raise click.UsageError("--body needs --status")
    if headers and status is None and refusal is None:
        raise click.UsageError("--header needs --status or --refusal")
    if not errors and delay is None:
        raise click.UsageError("what should happen? Give --status, --refusal, --fault, --then or --delay")
    if when is not None and not isinstance(when, dict):
        raise click.UsageError("--when takes an object of conditions")
    if then is not None:
        answer = _checked(then, delay)
    elif kind is not None:
        answer = answers.faulty(kind, settings, _api_delay(delay))
    elif errors:
        answer = answers.failing(status, refusal, body, _fields(headers), _api_delay(delay))
    else:
        answer = {"delay": _api_delay(delay)}
    return answers.when(operation or None, when), answer, more


def _checked(then: Any, delay: str | None) -> Any:
    """An answer that is written as JSON. Raises UsageError for what is none."""
    if delay is not None:
        raise click.UsageError('--then has its delay itself: {"delay": "2s"}')
    if not isinstance(then, dict) and not (isinstance(then, list) and all(isinstance(each, dict) for each in then)):
        raise click.UsageError("--then takes an object, or a list of objects")
    return then


def _fields(headers: tuple[str, ...]) -> dict[str, str] | None:
    """The header fields of `NAME:VALUE`. Raises UsageError."""
    pairs = [each.partition(":") for each in headers]
    if any(not name.strip() or not colon for name, colon, _ in pairs):
        raise click.UsageError("--header is written as NAME:VALUE, for example 'Retry-After: 60'")
    return {name.strip(): value.strip() for name, _, value in pairs} or None


SETTINGS = ("fraction", "bytes_per_second", "requests", "seconds", "limit")
"""The options that are properties of a fault."""


def _delay(text: str) -> float | tuple[float, float]:
    """`0.5`, `500ms` or `0.5-2`. Raises UsageError."""
    found = [durations.seconds(each) for each in text.split("-")]
    if len(found) > 2 or None in found:
        raise click.UsageError(f"--delay {text!r}: {durations.FORMS}; or a range such as 0.5-2 or 100ms-2s")
    return found[0] if len(found) == 1 else (found[0], found[1])  # type: ignore[return-value]  # none of them is None


def _api_delay(text: str | None) -> Any:
    if text is None:
        return None
    seconds = _delay(text)
    return {"uniform": list(seconds)} if isinstance(seconds, tuple) else seconds


def _list(namespace: Namespace, operation: str | None) -> None:
    """Print the overrides, of one operation or all."""
    found = [each for each in namespace.overrides() if operation in (None, (each.when or {}).get("operation"))]
    for each in found:
        click.echo(shown(each))
    if not found:
        click.echo("no override is set" if operation is None else f"no override is set for {operation}")


def shown(override: AppliedOverride) -> str:
    """One line: the id, which requests, what happens, and how often it did."""
    when = ", ".join(f"{name} {_text(value)}" for name, value in (override.when or {}).items()) or "every request"
    limits = {"times": override.times, "after": override.after, "probability": override.probability}
    told = "".join(f", {name} {value}" for name, value in limits.items() if value is not None)
    is_over = "" if override.is_active else ", over" if override.enabled else ", off"
    return f"{override.id}  {when}: {_then(override.then)}{told}  (applied {override.applied}{is_over})"


def _then(then: Any) -> str:
    if isinstance(then, list):
        return ", then ".join(map(_then, then))
    fault = then.get("fault")
    fault = {"kind": fault} if isinstance(fault, str) else fault  # a kind alone
    settings = {"fault": fault["kind"], **{name: fault[name] for name in fault if name != "kind"}} if fault else {}
    told = settings | {name: value for name, value in then.items() if name != "fault"}
    if isinstance(told.get("delay"), dict):
        (kind, values), *_ = told["delay"].items()
        told["delay"] = f"{values[0]}-{values[1]}" if kind == "uniform" else f"around {values['median']}"
    return ", ".join(name if value is True else f"{name} {_text(value)}" for name, value in told.items())


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json_text(value)
