"""The HTTP server: uvicorn's protocol, the fast path and writing responses."""
