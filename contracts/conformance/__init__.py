"""Conformance with the OpenAPI document, checked by Schemathesis and openapi-core."""
