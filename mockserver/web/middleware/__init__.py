"""The middlewares around the operations: CORS, admin API, document pages, not found."""
