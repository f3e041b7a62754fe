"""The methods that a document has for a request path. Templates overlap: `/users/{id}` matches `/users/login` too."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from contracts.model.operation_path import below_server
from mockserver.contract import Contract
from mockserver.openapi import path_template


def methods_at(contract: Contract, url: str, base: str = "") -> frozenset[str]:
    """The documented methods of every path template that matches `url`, in upper case.

    `base` is the address below which the paths of the document begin. A router chooses by path and method, so a request
    that the most specific template (OpenAPI 3.1 section 4.8.8.2) does not document may be one of another template.
    """
    path = urlsplit(below_server(urlsplit(url).path, urlsplit(base).path.rstrip("/"), contract.document)).path
    return frozenset(
        each.method.upper()
        for each in contract.document.operations
        if re.fullmatch(path_template.pattern(each.path), path)
    )
