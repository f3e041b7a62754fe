"""The links of a response in the journal, each as a request that follows it."""

from __future__ import annotations

from typing import Any

from mockserver.messages import Reply
from mockserver.web.admin.admin_request import AdminRequest
from mockserver.web.admin.operations import sent_example
from mockserver.web.admin.requests import entry_of
from mockserver.web.control.existing_items import item_path
from mockserver.web.control.followed_links import LinkValues, links_of
from mockserver.web.control.journal import JournalRecord
from mockserver.web.control.nearest_operation import path_of
from mockserver.web.control.shown_entry import secret_names, shown_message
from mockserver.web.service import Service


def listed(request: AdminRequest) -> Reply:
    """The links of the response to one request. Raises Missing."""
    entry = entry_of(request)
    service = request.control.services.get(entry.service or "")
    if service is None:
        return Reply(200, [])
    return Reply(200, [_shown(request, entry, service, each) for each in links_of(entry, service, request.address)])


def _shown(request: AdminRequest, entry: JournalRecord, service: Service, found: LinkValues) -> dict[str, Any]:
    """A link as the schema `Link` of the admin API."""
    target = found.link.target
    return {
        "name": found.link.name,
        "description": found.link.description,
        "service": service.name,
        "operation": target.operation_id,
        "method": target.http_method,
        "path": path_of(service, target, request.control.services),
        "missing": found.missing,
        "request": None if found.missing else _request(request, entry, service, found),
    }


def _request(request: AdminRequest, entry: JournalRecord, service: Service, found: LinkValues) -> dict[str, Any]:
    """The request in the namespace of the entry. What the link does not say is an example, or an item that is there."""
    namespace, target = request.control.namespaces.known(entry.namespace), found.link.target
    path = item_path(target, service, {service.name: namespace.store(service)}) if namespace is not None else {}
    made = found.changed(sent_example(request, service, target, {**path, **found.path})).in_namespace(entry.namespace)
    shown = shown_message(list(made.headers), made.body, len(made.body), secret_names(service))
    return {"method": made.method, "target": made.target, **shown}
