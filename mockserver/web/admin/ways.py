"""The same as an operation of the admin API in the other ways: Python, the command line, tools for agents."""

from __future__ import annotations

from typing import NamedTuple


class Ways(NamedTuple):
    """How to do what an operation does: an expression of `mockserver.client`, a command, a tool for agents.

    `python` is also that of the fixture `mock_api`, without `ns.`. `why` says why a way that is empty is missing.
    """

    python: str = ""
    command: str = ""
    tool: str = ""
    why: str = ""


DASHBOARD = "for the dashboard and for clients in other languages"
IN_LIST = "the list has all of it"
CHECKS = "for the dashboard; `mockserver check`, `pytest --contract` and the tool `check` need no sandbox"
OWN_NAMESPACE = "an agent stays in its namespace"
SUBSCRIPTIONS = "a test subscribes its receiver; `mockserver serve --webhook` takes an address for all"

WAYS: dict[str, Ways] = {
    "getHealth": Ways("sandbox.health()", "", "list_operations", "commands ask it themselves"),
    "getMetrics": Ways(why="Prometheus reads it"),
    "listServices": Ways(why=DASHBOARD),
    "getBehaviour": Ways(why=f"{DASHBOARD}; `mockserver infer` and the tool `infer` need no sandbox"),
    "listResources": Ways(why=DASHBOARD),
    "describeResource": Ways(why=DASHBOARD),
    "listOperations": Ways("", "", "list_operations", "who writes a test or a command has the document"),
    "describeOperation": Ways("", "", "describe_operation", "who writes a test or a command has the document"),
    "sendRequest": Ways(why="a client sends its own requests: `ns.client()`, curl, the tool `call_operation`"),
    "previewOverride": Ways(
        "ns.preview_override(when, then)", "mockserver fault OPERATION --status 503 --preview", "preview_override"
    ),
    "listChecks": Ways(why=CHECKS),
    "startCheck": Ways(why=CHECKS),
    "getCheck": Ways(why=CHECKS),
    "stopCheck": Ways(why=CHECKS),
    "getCheckReport": Ways(why=CHECKS),
    "listNamespaces": Ways("sandbox.namespaces()", "mockserver namespaces", "", OWN_NAMESPACE),
    "getNamespace": Ways("ns.status()", "", "", f"{IN_LIST}; {OWN_NAMESPACE}"),
    "beginNamespace": Ways("ns.begin()", "", "", "a namespace begins with the first request that names it"),
    "endNamespace": Ways("ns.end()", "mockserver namespaces --namespace NAME --end", "", OWN_NAMESPACE),
    "listRequests": Ways("ns.requests()", "mockserver requests", "list_requests"),
    "clearRequests": Ways(
        "ns.clear_requests()", "mockserver requests --clear", "", "an agent asks for what came `since` a number"
    ),
    "getRequest": Ways("", "", "get_request", f"{IN_LIST}: `mockserver requests --json`"),
    "explainRequest": Ways("ns.why(number)", "mockserver why NUMBER", "why"),
    "listLinks": Ways(why=DASHBOARD),
    "exportHar": Ways("ns.har()", "mockserver requests --har", "", "it is a file for the tools of a browser"),
    "followRequests": Ways(
        "ns.follow(since=0, seconds=1)",
        "mockserver requests --follow",
        "",
        "an agent asks for what came `since` a number",
    ),
    "verifyRequests": Ways("ns.verify(operation)", "mockserver verify OPERATION", "verify"),
    "listOverrides": Ways("ns.overrides()", "mockserver fault", "list_overrides"),
    "addOverride": Ways("ns.override(when, then)", "mockserver fault OPERATION --status 503", "add_override"),
    "removeOverrides": Ways("ns.remove_overrides()", "mockserver fault --remove all", "remove_overrides"),
    "getOverride": Ways(why=IN_LIST),
    "replaceOverride": Ways(
        "ns.replace_override(override, when, then)",
        "mockserver fault OPERATION --status 500 --replace ID",
        "replace_override",
    ),
    "switchOverride": Ways(
        "ns.switch_override(override, enabled=False)",
        "mockserver fault --off ID",
        "",
        "an agent removes an override, and adds it again",
    ),
    "removeOverride": Ways("ns.remove_overrides(override)", "mockserver fault --remove ID", "remove_overrides"),
    "getState": Ways("ns.all_state()", "mockserver state", "read_state"),
    "listItems": Ways(
        'ns.state("shop", "customer").list(limit=10, offset=0)',
        "mockserver state shop customer --limit 10 --offset 0",
        "read_state",
    ),
    "addItem": Ways(
        'ns.state("shop", "customer").add(fields)', "mockserver state shop customer --add FIELDS", "change_state"
    ),
    "getItem": Ways('ns.state("shop", "customer").get(id)', "mockserver state shop customer ITEM", "read_state"),
    "setItem": Ways(
        'ns.state("shop", "customer").set(id, fields)',
        "mockserver state shop customer ITEM --set FIELDS",
        "change_state",
    ),
    "changeItem": Ways(
        'ns.state("shop", "customer").change(id, fields)',
        "mockserver state shop customer ITEM --change FIELDS",
        "change_state",
    ),
    "removeItem": Ways(
        'ns.state("shop", "customer").remove(id)', "mockserver state shop customer ITEM --remove", "change_state"
    ),
    "listVersions": Ways(
        'ns.state("shop", "customer").versions(id)', "mockserver state shop customer ITEM --history", "item_history"
    ),
    "getSnapshot": Ways(
        "ns.snapshot()", "mockserver snapshot FILE", "", "an agent remembers the world by a checkpoint"
    ),
    "restoreSnapshot": Ways(
        "ns.restore(world)", "mockserver snapshot FILE --restore", "", "an agent remembers the world by a checkpoint"
    ),
    "listCheckpoints": Ways("ns.checkpoints()", "mockserver checkpoint", "list_checkpoints"),
    "setCheckpoint": Ways('ns.checkpoint("before")', "mockserver checkpoint before", "set_checkpoint"),
    "removeCheckpoint": Ways(
        'ns.remove_checkpoint("before")', "mockserver checkpoint before --remove", "", "a checkpoint may be set again"
    ),
    "restoreCheckpoint": Ways('ns.restore("before")', "mockserver checkpoint before --restore", "restore_checkpoint"),
    "reset": Ways("ns.reset()", "mockserver reset", "reset"),
    "listWebhooks": Ways(why=f"{DASHBOARD}; the document has them"),
    "sendWebhook": Ways("ns.send_webhook(event)", "mockserver deliveries --send EVENT", "send_webhook"),
    "listSubscriptions": Ways("ns.subscriptions()", "", "", SUBSCRIPTIONS),
    "addSubscription": Ways("ns.subscribe(url, event)", "", "", SUBSCRIPTIONS),
    "removeSubscription": Ways("ns.unsubscribe(subscription)", "", "", SUBSCRIPTIONS),
    "enableSubscription": Ways(why=DASHBOARD),
    "listDeliveries": Ways("ns.deliveries()", "mockserver deliveries", "list_deliveries"),
    "clearDeliveries": Ways(
        "ns.clear_deliveries()", "mockserver deliveries --clear", "", "an agent asks for what one `request` caused"
    ),
    "getDelivery": Ways(why=IN_LIST),
    "getClock": Ways("ns.clock.now()", "mockserver clock", "clock"),
    "steerClock": Ways("ns.clock.advance(3600)", "mockserver clock advance 1h", "clock"),
}
"""What does the same as each operation, by operationId."""
