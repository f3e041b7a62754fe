"""Asking MCP servers for their tools: simulated without any network, live with the official SDK, or not at all.

| does | stands in |
| --- | --- |
| answers out of the URL, with tools from a catalogue | `simulated.py`, `catalogue.py` |
| never answers | `off.py` |
| asks a server over HTTP, SSE or a command; does so in a thread of its own | `live.py`, `attempt.py`; `thread.py` |
| reads the pages of a list, within bounds | `listing.py` |
| says which addresses may be reached; carries HTTP there, within bounds | `guard.py`; `wire.py` |
| goes from a 401 to a token, and renews it | `oauth.py` |
| says in words what went wrong | `words.py` |
| is an MCP server to try this with, a consent page, misbehaviour | `demo.py`, `consent.py`, `misbehaviour.py` |
"""
