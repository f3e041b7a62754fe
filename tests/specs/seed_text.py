"""Parses the text of the seeds, so that the table of facts can be compared with what the pages print."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

NAMES = {"S000": "basedash", "S001": "basedash", "S002": "datagrid", "S003": "gaia", "S004": "piper"}
PARTS = {"Path Parameters": "operation path", "Body": "body", "Request Body": "body", "Response": "response"}
KIND = re.compile(r"(?P<kind>string|integer|number|boolean|object|array|enum)(<(?P<inner>[\w-]+)>)?(?P<many>\[\])?"
                  r"(?P<null> \| null)?$")  # fmt: skip
LINES: dict[str, Callable[[re.Match[str]], dict[str, Any]]] = {
    r"required$": lambda _: {"required": True},
    r"default:(.+)$": lambda found: {"default": _value(found[1])},
    r"Pattern: (.+)$": lambda found: {"pattern": found[1]},
    r"Required string length: (\d+) - (\d+)$": lambda found: {"minLength": int(found[1]), "maxLength": int(found[2])},
    r"Maximum string length: (\d+)$": lambda found: {"maxLength": int(found[1])},
    r"Minimum string length: (\d+)$": lambda found: {"minLength": int(found[1])},
    r"Required range: (\d+) <= x <= (\d+)$": lambda found: {"minimum": int(found[1]), "maximum": int(found[2])},
}


@dataclass
class Printed:
    """One field as a page prints it: `name`, its type, and the lines below."""

    part: str
    name: str
    kind: re.Match[str]
    keywords: dict[str, Any] = field(default_factory=dict)
    options: list[str] = field(default_factory=list)

    def schema(self, *, nullable_keyword: bool) -> dict[str, Any]:
        """The field as keywords of a schema; OpenAPI 3.0 has `nullable`, 3.1 has a list of types."""
        kind, inner = ("array", None) if self.kind["many"] else (self.kind["kind"], self.kind["inner"])
        null = bool(self.kind["null"])
        found = dict(self.keywords)
        found.pop("required", None)
        if kind == "enum":
            kind, found["enum"] = inner, [*self.options, *([None] if null else [])]
        elif inner:
            found["format"] = inner
        if null and nullable_keyword:
            found["nullable"] = True
        return found | {"type": [kind, "null"] if null and not nullable_keyword else kind}


def text_of(shared: Path, seed: str) -> str:
    """The text of a seed, by its name (`S000`)."""
    (file,) = (shared / "seeds").glob(f"{seed.removeprefix('S')}_*.txt")
    return file.read_text(encoding="utf-8")


def printed_fields(text: str) -> list[Printed]:
    """The fields in the sections of a page."""
    fields: list[Printed] = []
    part, option = "", False
    lines = text.splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line in PARTS:
            part, option = PARTS[line], False
        elif part and re.fullmatch(r"\w+", line) and not option and (kind := KIND.match(following)):
            fields.append(Printed(part, line, kind))
        elif fields:
            _take(fields[-1], line, option=option)
            option = line == "Available options:"
    return fields


def _take(current: Printed, line: str, *, option: bool) -> None:
    if option:
        current.options.append(line)
    for pattern, keywords in LINES.items():
        if found := re.match(pattern, line):
            current.keywords |= keywords(found)


def _value(word: str) -> Any:
    try:
        return json.loads(word)
    except ValueError:
        return word


def printed_examples(text: str) -> Iterator[tuple[str, Any]]:
    """The JSON examples of a page: (`body` or `response`, value). The one inside a curl command is the body's."""
    reader = json.JSONDecoder()
    for match in re.finditer(r"^(.*')?\{$", text, re.MULTILINE):
        value, _ = reader.raw_decode(text, match.end() - 1)
        quoted = match[1] is not None or text[: match.start()].endswith(" '\n")
        yield "body" if quoted else "response", value


def keys_of(value: Any, path: str = "") -> Iterator[str]:
    """The names of all fields of an example, as `data tools[] name`."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield f"{path} {key}".strip()
            yield from keys_of(member, f"{path} {key}".strip())
    elif isinstance(value, list):
        for member in value:
            yield from keys_of(member, f"{path}[]")


def fragment_of(text: str) -> dict[str, Any]:
    """The OpenAPI fragment in a page."""
    (fragment,) = re.findall(r"^````yaml[^\n]*\n(.*?)^````", text, re.MULTILINE | re.DOTALL)
    loaded: dict[str, Any] = yaml.safe_load(fragment)
    return loaded
