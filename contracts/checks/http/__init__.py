"""Checks of what HTTP defines: errors, methods, headers, conditional requests, streams and files."""
