"""A document read: OpenAPI documents, overlays and behaviour statements as frozen values. No I/O but reading files."""
