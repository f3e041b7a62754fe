"""The messages of Schemathesis about requests that it takes for invalid, and what they are about."""

from __future__ import annotations

import re
from collections.abc import Mapping

IN_FIELD = re.compile("Invalid component: .+ -> Missing required property")
"""Schemathesis' message for a property that an object in a body lacks. In a form it writes such an object as fields."""

OTHERS = re.compile(
    r"Invalid component: (?:in (cookie|header|query) - object with unexpected properties|positive test case)"
)
"""Schemathesis' message for an undocumented cookie, header or query parameter; proxies and clients add some."""

OUTSIDE = re.compile(r"\bin (?:path|query|header|cookie)\b")
"""Part of Schemathesis' messages that are not about the body."""

PARAMETER = re.compile(r"Invalid component: parameter `(.+?)` in (\w+) - incorrect type")
"""Schemathesis' message for a parameter whose value has a wrong type before it is written as text."""

NAMED = re.compile(r"Invalid component: (?:parameter `(.+?)` in|Missing `(.+?)` at) (\w+)")
"""Schemathesis' message for a missing or wrong parameter. It takes credentials for parameters, too."""

SEVERAL = re.compile(r"^ *- (\w+): violates `(\w+)`(?: \(was (\S+)\))?", re.MULTILINE)
"""A line of Schemathesis' message for a request with several faults: the place, the keyword and the parameter."""

FIELD = re.compile(r"Invalid component: in body - (?:.*(?: -> |: ))?(.+): Incorrect type")
"""Schemathesis' message for a body field with a wrong type."""

RETYPED = re.compile(r"Invalid component: in body - violates `type` at /properties/([^/ ]+) ")
"""The same message as it is about a value that was changed."""

ITEM = re.compile(r"Invalid component: in body - (.+?) -> Array with invalid items: Incorrect type")
"""Schemathesis' message for an entry of a list in a body that has a wrong type."""

FURTHER = re.compile(r"Invalid component: in body - object with unexpected properties")
"""Schemathesis' message for an undocumented form field; Swagger's `formData` does not forbid them."""

WHOLE = re.compile(r"Invalid component: in body - incorrect type")
"""Schemathesis' message for a body with a wrong type."""


def is_undefined(method: str, message: str) -> bool:
    """Is a message about what has no defined meaning in a request, so that a server may ignore it?

    That is an undocumented parameter, and the content of GET, HEAD and DELETE (RFC 9110 sections 9.3.1 and 9.3.5).
    """
    is_content = " in body" in message or "Missing request body" in message
    return OTHERS.search(message) is not None or (is_content and method in ("get", "head", "delete"))


def names_in(found: re.Match[str]) -> list[str]:
    """The names of properties on the way to the one of a message: `lines`, `text`."""
    own = found[0].removesuffix(": Incorrect type").partition("in body - ")[2]
    parts = re.split(": | -> ", own) if found.re is FIELD else [found[1]]
    return [each for each in parts if " " not in each]


def property_named(properties: Mapping[str, str], name: str) -> str | None:
    """The schema of a property in a message of Schemathesis, which begins with a small letter there; None without."""
    return properties.get(name) or properties.get(name[:1].upper() + name[1:])
