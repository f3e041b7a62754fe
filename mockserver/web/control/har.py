"""The journal as HTTP Archive 1.2 (http://www.softwareishard.com/blog/har-12-spec/), which browsers import."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from typing import Any
from urllib.parse import parse_qsl

from mockserver.openapi import json_codec
from mockserver.reason_phrases import PHRASES


def archive(entries: Iterable[dict[str, Any]], address: str) -> dict[str, Any]:
    """The archive of entries as the admin API shows them. `address` is the base URL of the sandbox."""
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "mockserver", "version": version("mockserver")},
            "entries": [_entry(each, address) for each in entries],
        }
    }


def _entry(entry: dict[str, Any], address: str) -> dict[str, Any]:
    request, response = entry["request"], entry["response"]
    query = parse_qsl(request["target"].partition("?")[2], keep_blank_values=True)
    post = {"postData": _content(request)} if request["body"]["bytes"] else {}
    return {
        "startedDateTime": entry["time"],
        "time": entry["milliseconds"],
        "request": {
            "method": request["method"],
            "url": address + request["target"],
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _headers(request),
            "queryString": [{"name": name, "value": value} for name, value in query],
            "headersSize": -1,
            "bodySize": request["body"]["bytes"],
            **post,
        },
        "response": _response(response),
        "cache": {},
        "timings": {"send": 0, "wait": entry["milliseconds"], "receive": 0},
        "comment": f"{entry['operation'] or 'no operation'} in the namespace {entry['namespace']}",
    }


def _response(response: dict[str, Any] | None) -> dict[str, Any]:
    shown = response or {"status": 0, "headers": [], "body": {"bytes": 0}}
    content = _content(shown)
    return {
        "status": shown["status"],
        "statusText": PHRASES.get(shown["status"], ""),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _headers(shown),
        "content": {"size": shown["body"]["bytes"], **content},
        "redirectURL": _field(shown, "location"),
        "headersSize": -1,
        "bodySize": shown["body"]["bytes"],
    }


def _headers(message: dict[str, Any]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in message["headers"]]


def _field(message: dict[str, Any], wanted: str) -> str:
    return next((value for name, value in message["headers"] if name.lower() == wanted), "")


def _content(message: dict[str, Any]) -> dict[str, Any]:
    body = message["body"]
    found: dict[str, Any] = {"mimeType": _field(message, "content-type")}
    if "json" in body:
        return found | {"text": json_codec.write(body["json"]).decode()}
    if "base64" in body:
        return found | {"text": body["base64"], "encoding": "base64"}
    return found | {"text": body.get("text", "")}
