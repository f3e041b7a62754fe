"""Reads OpenAPI documents and turns them into frozen values. No I/O except reading files."""
