"""The reason phrase of each HTTP status (RFC 9110 section 15)."""

from __future__ import annotations

from http import HTTPStatus

PHRASES = {each.value: each.phrase for each in HTTPStatus} | {
    413: "Request Entity Too Large",
    414: "Request-URI Too Long",
    416: "Requested Range Not Satisfiable",
    422: "Unprocessable Entity",
}
"""Python 3.13 renames these four as RFC 9110 does. They are fixed, so that a seed gives the same bytes everywhere."""
