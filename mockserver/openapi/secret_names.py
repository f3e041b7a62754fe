"""Names of properties that no response should show unless the document says so."""

from __future__ import annotations

from mockserver.lazy_pattern import lazy_pattern

SECRET_NAME = lazy_pattern(
    r"(?i)(?:\w*_)?(?:password|passwd|pwd|password_?hash|hashed_?password|pass_?hash|password_?salt|salt|ssn|cvv|cvc"
    r"|secret|secret_?key|client_?secret|private_?key|(?:key|token|secret)_?hash|totp_?secret|mfa_?secret|card_?number|security_?answer)"
)
