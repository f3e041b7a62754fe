"""What was learned: statements with the evidence `observed`, written as an overlay on top of what was known before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mockserver import inference
from mockserver.contract import Contract, guessed

Place = tuple[str, ...]
"""Where a statement stands: `("x-resources", "server", "order")`."""

HEAD = """\
# What a service does otherwise than was known, learned by asking it beside the mock. Check each statement, then use it
# with `mockserver serve` or `mockserver check` and `--behaviour FILE`.
"""


@dataclass(frozen=True, slots=True)
class LearnedOverlay:
    """A statement as the service keeps it; None: it does not keep it at all. `says` tells a person what was learned."""

    place: Place
    value: Any = field(hash=False)
    says: str


def known(contract: Contract) -> Mapping[str, Any]:
    """The statements of a contract as they are written, or as they are guessed where none are."""
    root = contract.document.root
    return root if "x-resources" in root else guessed(contract.document, contract.schemas, contract.examples)


def written(contract: Contract, place: Place) -> Any:
    """The statement at a place, as it is written; None where there is none."""
    node: Any = known(contract)
    for step in place:
        node = node.get(step) if isinstance(node, Mapping) else None
    return node


def overlay(contract: Contract, lessons: Iterable[LearnedOverlay], title: str) -> str:
    """The lessons as an overlay file for the document that `contract` was made from.

    Where nothing was said about the document, everything that is guessed goes in too: an overlay with statements about
    resources takes the place of the guesses.
    """
    root = contract.document.root
    guesses = inference.infer(contract.document, contract.schemas, contract.examples)["actions"]
    actions = [] if "x-resources" in root else list(guesses)
    for lesson in lessons:
        actions += _actions(contract, lesson)
    info = {"title": title, "version": contract.document.version or "1"}
    text = inference.written({"overlay": "1.0.0", "info": info, "actions": actions})
    return HEAD + "\n".join(line for line in text.splitlines() if not line.startswith("#")) + "\n"


def _actions(contract: Contract, lesson: LearnedOverlay) -> Iterator[dict[str, Any]]:
    """Takes the statement out, and puts the new one in: an update alone would merge the two."""
    if written(contract, lesson.place) is not None:
        yield {"target": _path(lesson.place), "remove": True}
    if lesson.value is not None:
        above = max(n for n in range(len(lesson.place)) if n == 0 or written(contract, lesson.place[:n]) is not None)
        if lesson.place[0] == "paths":
            above = max(above, 3)
        value = lesson.value
        for step in reversed(lesson.place[above:]):
            value = {step: value}
        yield {"target": _path(lesson.place[:above]), "update": value}


def _path(place: Place) -> str:
    """A place as a JSONPath (RFC 9535)."""
    quoted = ("'" + step.replace("\\", "\\\\").replace("'", "\\'") + "'" for step in place)
    return "$" + "".join(f"[{step}]" for step in quoted)
