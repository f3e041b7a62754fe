"""The forms of resource names (AIP-122): values of path parameters that are paths, such as `projects/p/topics/t`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from mockserver.inference.names import singular
from mockserver.lazy_pattern import lazy_pattern


class Segment(Struct, frozen=True):
    """One segment of a form: a literal `text`, or a variable with the `pattern` of its values, empty for any."""

    text: str = ""
    pattern: str = ""


Form = tuple[Segment, ...]
"""The segments of a resource name; the first is a literal one, the name of a collection."""

ANY = Segment()

LITERAL = lazy_pattern(r"[A-Za-z][\w.~-]*")

EVERYTHING = frozenset(("[^/]+", "[^/]*", "[^\\/]+", "[^/]{1,}", "[^/]+?"))
"""Patterns of segments that say nothing else than that a segment ends at a slash."""

WILDCARD = r"(?:\{[\w.-]+\}|\*|\[[\w -]+\]|<[\w -]+>|[A-Z][A-Z0-9]*(?:[_-][A-Z0-9]+)*(?![\w]))"
SAID = lazy_pattern(rf"(?<![\w/.:}}\]*>])[a-z][\w-]*/{WILDCARD}(?:/(?:{WILDCARD}|[a-z][\w-]*))*/?")
"""A form in a text: `projects/{{project}}/topics/*`."""

ABOUT_NAMES = lazy_pattern(r"\b(format|form|pattern|names?|resource|path)\b", re.IGNORECASE)
"""Words of a text that says what values look like."""


def written_by(pattern: Any) -> Form | None:
    """The form of a regular expression: `shelves/[^/]+`. None if it is no form, or not one with fixed segments."""
    parts = _segments(pattern) if isinstance(pattern, str) else []
    if len(parts) < 2 or LITERAL.fullmatch(parts[0]) is None:
        return None
    form = tuple(map(_segment, parts))
    return form if None not in form and ANY_TEXT not in form else None  # type: ignore[return-value]


ANY_TEXT = Segment(pattern="/")
"""A segment whose values may contain slashes."""


def _segment(part: str) -> Segment | None:
    plain = part.replace("\\", "")
    if LITERAL.fullmatch(plain):
        return Segment(plain)
    if part in EVERYTHING:
        return ANY
    return ANY_TEXT if _takes(part, "a/a") or not _is_regular(part) else Segment(pattern=part)


def _is_regular(part: str) -> bool:
    try:
        re.compile(part)
    except re.error:
        return False
    return True


def _takes(pattern: str, value: str) -> bool:
    return _is_regular(pattern) and re.fullmatch(pattern.removeprefix("^").removesuffix("$"), value) is not None


def _segments(pattern: str) -> list[str]:
    """A regular expression, split at the slashes that it matches itself; empty if it has alternatives or groups."""
    found, depth, escaped = [""], 0, False
    for character in pattern.removeprefix("^").removesuffix("$"):
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character in "[]":
            depth += 1 if character == "[" else -1
        elif depth <= 0 and character in "(|":
            return []
        if character == "/" and depth <= 0:
            found[-1] = found[-1].removesuffix("\\")
            found.append("")
        else:
            found[-1] += character
    return found


def said_in(text: Any) -> list[Form]:
    """The forms in a description, each once: `Format: projects/{project}/topics/{topic}`.

    Of several that begin alike only the first: the others are about what is above or below.
    """
    if not isinstance(text, str) or "/" not in text or ABOUT_NAMES.search(text) is None:
        return []
    found: list[Form] = []
    for match in SAID.finditer(text):
        parts = match[0].split("/")
        form = tuple(Segment(part) if LITERAL.fullmatch(part) and not part.isupper() else ANY for part in parts)
        if not any(_is_alike(form, known) for known in found):
            found.append(form)
    return found


def _is_alike(form: Form, known: Form) -> bool:
    """Is one form the beginning of the other, or an example of it (`versions/latest`)?"""
    return all(one == other or not other.text or not one.text for one, other in zip(form, known, strict=False))


def may_be_other(text: Any) -> bool:
    """Does a description name other values before the first form: "a commit SHA, or `heads/{name}`"?"""
    first = SAID.search(text) if isinstance(text, str) else None
    return first is not None and OTHERS.search(text[: first.start()].rpartition(". ")[2]) is not None


OTHERS = lazy_pattern(r"\b(?:(?:can|could|may|might) be|either)\b[^:]*(?:,|\bor\b)", re.IGNORECASE)
"""Alternatives in a sentence."""


def shown_by(example: Any) -> list[Form]:
    """The form of an example: `projects/my-project/topics/my-topic` has the collections `projects` and `topics`."""
    parts = example.split("/") if isinstance(example, str) else []
    collections = parts[::2]
    if len(parts) < 2 or len(parts) % 2 or not all(parts) or not all(map(PLURAL.fullmatch, collections)):
        return []
    return [tuple(segment for name in collections for segment in (Segment(name), ANY))]


PLURAL = lazy_pattern(r"[a-z][A-Za-z]*s")


def of_operation_id(operation_id: Any, rest: Sequence[str]) -> Form | None:
    """The form of the only parameter of a path, by a dotted operationId: `pubsub.projects.topics.get`.

    `rest` are the literal segments after the parameter, which the id may name too. None without collections.
    """
    collections = operation_id.split(".")[1:-1] if isinstance(operation_id, str) else []
    if rest and collections[-len(rest) :] == list(rest):
        collections = collections[: -len(rest)]
    return tuple(segment for name in collections for segment in (Segment(name), ANY)) or None


def agreeing(forms: list[Form], told: Form | None) -> list[Form]:
    """The `forms` that an operationId tells too, if there are any; else all that end with a variable."""
    literals = [each.text for each in told or ()]
    exact = [form for form in forms if [each.text for each in form] == literals]
    ended = [form for form in forms if not form[-1].text] or forms
    return exact or ended


def may_be_any(text: Any) -> bool:
    """Does a description say that `-` in a name means every parent (AIP-159)?"""
    return isinstance(text, str) and HYPHEN.search(text) is not None


HYPHEN = lazy_pattern(r"""(?<!\()[`'"](?:[^`'"\s]*/)?-(?:/[^`'"\s]*)?[`'"]""")
"""A hyphen alone, or as a segment of a name: `projects/p/locations/-`; not "dashes (`-`)", which ids may have."""


def names_of(form: Form, taken: Sequence[str] = ()) -> list[str]:
    """The names of the variables of a form, by the collection before each: `project`, `topic`."""
    found: list[str] = []
    before = "name"
    for segment in form:
        if segment.text:
            before = segment.text
            continue
        base = re.sub(r"\W", "_", singular(before))
        used = {*found, *taken}
        found.append(next(name for name in _numbered(base) if name not in used))
    return found


def _numbered(base: str) -> Iterator[str]:
    yield base
    number = 2
    while True:
        yield f"{base}{number}"
        number += 1


def template(form: Form, names: Sequence[str]) -> str:
    """A form as a path template: `projects/{project}/topics/{topic}`."""
    left = iter(names)
    return "/".join(each.text or "{" + next(left) + "}" for each in form)


def schema(segment: Segment) -> Mapping[str, Any]:
    """The schema of the values of a variable."""
    return {"type": "string", "pattern": f"^{segment.pattern}$"} if segment.pattern else {"type": "string"}
