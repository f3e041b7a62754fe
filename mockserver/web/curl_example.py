"""A curl command for a service that works when it is pasted into a terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from shlex import quote
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from mockserver.loopback import is_loopback
from mockserver.openapi import json_codec, multipart
from mockserver.openapi.document import Operation
from mockserver.openapi.media_types import is_form, is_json
from mockserver.openapi.multipart import BodyPart
from mockserver.web.example_request import ExampleRequest, example_request, first_endpoint, plain, unchanged
from mockserver.web.service import Service


def curl_command(service: Service, prefix: str, options: str = "") -> str:
    """The command for the service's first create operation, else a list, else any operation, else its document.

    `options` are put after `curl`.
    """
    endpoint = first_endpoint(service)
    if endpoint is None:
        return f"{_curl(options)} {quote(f'{prefix}/openapi.json')}"
    return curl_for(service, prefix, endpoint.operation, options=options)


def curl_for(
    service: Service,
    prefix: str,
    operation: Operation,
    path: Mapping[str, str] = MappingProxyType({}),
    options: str = "",
    changed: Callable[[Any], Any] = unchanged,
) -> str:
    """The command for an operation, with a valid request. `path` are path parameters by name, as they are written.

    `changed` makes the body that is sent of the one of the document.
    """
    sent = example_request(service, operation, path, changed)
    fields = [f"-H {quote(f'{name}: {value}')}" for name, value in sent.headers.items()]
    return " ".join([_curl(options), *_method(sent.method), quote(prefix + sent.target), *fields, *_body(sent)])


def certificate_option(address: str) -> str:
    """The option by which curl accepts the certificate of a mock on this machine, which is mostly self-made."""
    parts = urlsplit(address)
    return "--insecure" if parts.scheme == "https" and is_loopback(parts.hostname or "") else ""


def _curl(options: str) -> str:
    return f"curl {options}" if options else "curl"


def _method(method: str) -> list[str]:
    """GET is the default; with `-X HEAD` curl would wait for a body."""
    return {"GET": [], "HEAD": ["-I"]}.get(method, ["-X", method])


def _body(sent: ExampleRequest) -> list[str]:
    """The arguments for a body."""
    name, value = sent.media_type, sent.value
    if not name:
        return []
    if name == multipart.FORM:
        return list(map(_field, sent.parts))
    if sent.is_multipart:
        return ["-H", quote(f"Content-Type: {sent.content_type}"), "--data-binary", _escaped(sent.body)]
    if is_form(name):
        return [f"--data-urlencode {quote(f'{key}={plain(part)}')}" for key, part in value.items()] if value else []
    text = json_codec.write(value).decode() if is_json(name) else plain(value)
    data = "-d" if "@" not in text[:1] else "--data-raw"
    return ["-H", quote(f"Content-Type: {name}"), data, quote(text)]


def _field(part: BodyPart) -> str:
    """The argument for a field of a multipart form, with the media type and the headers of its part."""
    text, kind = part.content.decode("utf-8", "replace"), part.header("content-type")
    further = [f"{name}: {value}" for name, value in part.headers if name.lower() not in SAID_OTHERWISE]
    is_plain = not kind and not further and not part.is_file
    if is_plain:
        option = "--form-string" if text[:1] in ("@", "<", '"') or ";" in text else "-F"
        return f"{option} {quote(f'{part.name}={text}')}"
    options = [f"filename={_quoted(part.name)}"] * part.is_file
    options += [f"type={kind}"] if kind else []
    options += [f"headers={_quoted(each)}" for each in further]
    return f"-F {quote(';'.join([f'{part.name}={_quoted(text)}', *options]))}"


SAID_OTHERWISE = ("content-disposition", "content-type")
"""Headers of a part that curl makes from other options."""


def _quoted(text: str) -> str:
    """A text in the quotes that `-F` reads."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _escaped(content: bytes) -> str:
    """Bytes as an argument in bash and zsh, on one line."""
    text = content.decode("utf-8", "replace").replace("\\", "\\\\").replace("'", "\\'")
    return "$'" + text.replace("\r", "\\r").replace("\n", "\\n") + "'"
