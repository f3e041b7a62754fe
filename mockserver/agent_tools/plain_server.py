"""An MCP server that names the arguments of a tool that are wrong, and what would be right."""

from __future__ import annotations

from typing import Any

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, InputRequiredResult
from pydantic import ValidationError

from mockserver.suggestions import meant


class PlainServer(MCPServer[Any]):
    """Calls a tool only with arguments that it has.

    The SDK leaves out arguments that it does not know: a mistyped condition of `verify` would hold for every request.
    """

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """Call a tool by name. Raises ToolError, naming each argument that is wrong."""
        schemas = {each.name: each.input_schema for each in await self.list_tools()}
        if name not in schemas:
            raise ToolError(f"there is no tool {name!r}; {meant(name, schemas)}")
        known = list(schemas[name].get("properties", {}))
        unknown = [each for each in arguments if each not in known]
        if unknown:
            raise ToolError("; ".join(f"{name} takes no argument {each!r}; {meant(each, known)}" for each in unknown))
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            if isinstance(error.__cause__, ValidationError):
                raise ToolError("; ".join(_wrong_arguments(name, error.__cause__))) from None
            raise


def _wrong_arguments(tool: str, error: ValidationError) -> list[str]:
    """What is wrong with each argument."""
    return [
        f"{tool}, argument {'.'.join(map(str, each['loc']))}: {each['msg'][:1].lower()}{each['msg'][1:]}"
        for each in error.errors(include_url=False)
    ]
