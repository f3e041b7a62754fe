"""The functions of the admin API by operationId."""

from __future__ import annotations

from mockserver.web.admin import (
    checkpoints,
    clock,
    health,
    items,
    namespaces,
    overrides,
    requests,
    snapshots,
    state,
)
from mockserver.web.admin.admin_request import AdminFunction

FUNCTIONS: dict[str, AdminFunction] = {
    "getHealth": health.got,
    "listNamespaces": namespaces.listed,
    "getNamespace": namespaces.got,
    "beginNamespace": namespaces.begun,
    "endNamespace": namespaces.ended,
    "listRequests": requests.listed,
    "clearRequests": requests.cleared,
    "getRequest": requests.got,
    "explainRequest": requests.explained_one,
    "exportHar": requests.exported,
    "followRequests": requests.followed,
    "verifyRequests": requests.verified,
    "listOverrides": overrides.listed,
    "addOverride": overrides.added,
    "removeOverrides": overrides.cleared,
    "getOverride": overrides.got,
    "replaceOverride": overrides.replaced,
    "removeOverride": overrides.removed,
    "getState": state.got,
    "listItems": items.listed,
    "addItem": items.added,
    "getItem": items.got,
    "setItem": items.put,
    "changeItem": items.changed,
    "removeItem": items.removed,
    "getSnapshot": snapshots.got,
    "restoreSnapshot": snapshots.put,
    "listCheckpoints": checkpoints.listed,
    "setCheckpoint": checkpoints.put,
    "restoreCheckpoint": checkpoints.restored,
    "removeCheckpoint": checkpoints.removed,
    "reset": state.reset,
    "getClock": clock.got,
    "steerClock": clock.steered,
}
