"""The functions of the admin API by operationId."""

from __future__ import annotations

from mockserver.web.admin import clock, health, namespaces, state
from mockserver.web.admin.admin_request import AdminFunction

FUNCTIONS: dict[str, AdminFunction] = {
    "getHealth": health.got,
    "listNamespaces": namespaces.listed,
    "getNamespace": namespaces.got,
    "beginNamespace": namespaces.begun,
    "endNamespace": namespaces.ended,
    "getState": state.got,
    "reset": state.reset,
    "getClock": clock.got,
    "steerClock": clock.steered,
}
