"""The metadata of the authorization server that a document describes (RFC 8414, OpenID Connect Discovery 1.0)."""

from __future__ import annotations

from typing import Any

from mockserver.messages import Reply
from mockserver.web.oauth.authorization import METHODS
from mockserver.web.oauth.flows import (
    AUTHORIZATION,
    DEVICE,
    KEYS,
    RESPONSES,
    TOKEN,
    USERINFO,
    WELL_KNOWN,
    OAuthEndpoint,
)
from mockserver.web.oauth.identity import CLAIMS
from mockserver.web.oauth.tokens import answer

FIELDS = {
    AUTHORIZATION: "authorization_endpoint",
    TOKEN: "token_endpoint",
    DEVICE: "device_authorization_endpoint",
    USERINFO: "userinfo_endpoint",
    KEYS: "jwks_uri",
}

OPENID = {
    "subject_types_supported": ["public"],
    "id_token_signing_alg_values_supported": ["RS256"],
    "claims_supported": ["sub", *(claim for claims in CLAIMS.values() for claim in claims)],
}
"""What the metadata of an issuer of OpenID Connect says besides."""


def metadata_reply(endpoint: OAuthEndpoint, prefix: str) -> Reply:
    """The metadata document. `prefix` is the address of the service on this mock, without a path of the document."""
    before, known, after = endpoint.path.partition(WELL_KNOWN)
    issuer = endpoint.issuer if endpoint.issuer is not None else before + after if known else ""
    made: dict[str, Any] = {"issuer": prefix + issuer}
    made |= {FIELDS[kind]: prefix + path for kind, path in endpoint.others.items()}
    made["response_types_supported"] = sorted({RESPONSES[flow] for flow in endpoint.flows & RESPONSES.keys()})
    made["grant_types_supported"] = [*endpoint.grants, *(["implicit"] if "implicit" in endpoint.flows else [])]
    made["token_endpoint_auth_methods_supported"] = ["client_secret_basic", "client_secret_post", "none"]
    made |= {"scopes_supported": sorted(endpoint.scopes)} if endpoint.scopes else {}
    made |= {"code_challenge_methods_supported": list(METHODS)} if "authorizationCode" in endpoint.flows else {}
    made |= OPENID if endpoint.issuer is not None else {}
    return answer(200, made, ())
