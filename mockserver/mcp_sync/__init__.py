"""Querying MCP servers for their tools: simulated without any network, live with the official SDK, or not at all.

| what it does | file |
| --- | --- |
| the `OutsideService` of the mock; waiting; the OAuth callback | `sync.py`; `pending_probes.py`; `oauth_callback.py` |
| what is asked of a server and what comes back | `prober.py` |
| answers from the URL alone, with generated tools | `simulated.py`, `simulated_tools.py` |
| never answers | `off.py` |
| queries a server over HTTP, SSE or a command; in a thread | `live.py`, `session.py`; `live_thread.py` |
| reads the pages of a list, within limits | `listing.py` |
| connects only where it may (`mockserver/address_guard.py`); sends HTTP | `guarded_backend.py`; `guarded_http.py` |
| gets a token after a 401, and renews it | `oauth.py` |
| describes what went wrong | `error_messages.py` |
| a demo MCP server, its consent page, its misbehaviours | `demo_server.py`, `demo_oauth.py`, `misbehaviour.py` |
"""
