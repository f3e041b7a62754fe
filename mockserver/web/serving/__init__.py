"""The HTTP server: uvicorn's protocol, the fast path and how responses leave."""
