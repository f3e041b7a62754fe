"""The MCP server: all tools over one sandbox."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp_types import ToolAnnotations

from mockserver.agent_tools.access import SandboxAccess, with_plain_errors
from mockserver.agent_tools.check_tools import CheckTools
from mockserver.agent_tools.contract_tools import ContractTools
from mockserver.agent_tools.journal_tools import JournalTools
from mockserver.agent_tools.override_tools import OverrideTools
from mockserver.agent_tools.plain_server import PlainServer
from mockserver.agent_tools.state_tools import StateTools
from mockserver.agent_tools.webhook_tools import WebhookTools

INSTRUCTIONS = """\
A stateful mock of HTTP APIs, made from their OpenAPI documents. Begin with list_operations and describe_operation; \
call_operation sends a request. Every request is in the journal: `why` explains a refusal and gives a request that is \
accepted. Overrides and faults change answers; change_state, checkpoints and clock change the world; reset undoes it."""


def tool_server(sandbox: SandboxAccess) -> MCPServer[Any]:
    """The MCP server of a sandbox."""
    server = PlainServer("mockserver", version=version("mockserver"), instructions=INSTRUCTIONS, log_level="WARNING")
    for tool, hints in _tools(sandbox):
        told: Callable[..., Any] = with_plain_errors(tool)
        server.add_tool(told, annotations=hints, structured_output=True)
    return server


READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
CHANGES = ToolAnnotations(read_only_hint=False, destructive_hint=False, open_world_hint=False)
SENDS = ToolAnnotations(read_only_hint=False, destructive_hint=False, open_world_hint=True)
DELETES = ToolAnnotations(read_only_hint=False, destructive_hint=True, open_world_hint=False)


def _tools(sandbox: SandboxAccess) -> list[tuple[Callable[..., Any], ToolAnnotations]]:
    contract, journal, overrides = ContractTools(sandbox), JournalTools(sandbox), OverrideTools(sandbox)
    state, webhooks, check = StateTools(sandbox), WebhookTools(sandbox), CheckTools(sandbox)
    return [
        (contract.list_operations, READS),
        (contract.describe_operation, READS),
        (contract.call_operation, CHANGES),
        (journal.list_requests, READS),
        (journal.get_request, READS),
        (journal.why, READS),
        (journal.verify, READS),
        (overrides.list_overrides, READS),
        (overrides.add_override, CHANGES),
        (overrides.add_fault, CHANGES),
        (overrides.replace_override, CHANGES),
        (overrides.preview_override, READS),
        (overrides.remove_overrides, DELETES),
        (state.read_state, READS),
        (state.item_history, READS),
        (state.change_state, CHANGES),
        (state.set_checkpoint, CHANGES),
        (state.list_checkpoints, READS),
        (state.restore_checkpoint, DELETES),
        (state.reset, DELETES),
        (state.clock, CHANGES),
        (webhooks.list_deliveries, READS),
        (webhooks.send_webhook, SENDS),
        (check.infer, READS),
        (check.check, CHANGES),
        (check.explain_finding, READS),
    ]
