"""Keeps secrets out of what is printed and written: each becomes `${NAME}`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from contracts.arazzo.inputs import input_properties
from contracts.arazzo.loaded import LoadedDescription
from contracts.client.secret_masking import SHORTEST_SECRET

SECRET_NAME = re.compile(r"(?i)password|passwd|secret|token|api_?-?key|credential|authorization")
"""Names of inputs and outputs whose values are secrets."""


def masking(loaded: LoadedDescription, given: Mapping[str, Any]) -> Callable[[str], str]:
    """A function that replaces the secrets of the users and of the inputs in a text."""
    secrets = {value: shown for value, shown in _secrets(loaded, given) if len(value) >= SHORTEST_SECRET}
    if not secrets:
        return str
    pattern = re.compile("|".join(re.escape(each) for each in sorted(secrets, key=len, reverse=True)))
    return lambda text: pattern.sub(lambda found: secrets[found[0]], text)


def _secrets(loaded: LoadedDescription, given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for workflow in loaded.description.workflows:
        for name, schema in input_properties(workflow, loaded.description).items():
            known = schema if isinstance(schema, dict) else {}
            value = given.get(name, known.get("default"))
            is_secret = known.get("format") == "password" or SECRET_NAME.search(name)
            if is_secret and isinstance(value, str):
                yield str(value), "${" + name + "}"
    for service in loaded.services.values():
        for user in service.target.users:
            yield from user.placeholders.items()


def shown_outputs(outputs: Mapping[str, Any]) -> dict[str, Any]:
    """Outputs without the values of those whose names say that they are secrets."""
    return {name: "***" if SECRET_NAME.search(name) and value else value for name, value in outputs.items()}
