"""Asking MCP servers for their tools: simulated without any network, live with the official SDK, or not at all."""
