"""The metadata of the authorization server that a document describes (RFC 8414)."""

from __future__ import annotations

from typing import Any

from mockserver.messages import Reply
from mockserver.web.oauth.authorization import METHODS
from mockserver.web.oauth.flows import AUTHORIZATION, DEVICE, RESPONSES, TOKEN, WELL_KNOWN, OAuthEndpoint
from mockserver.web.oauth.tokens import answer

FIELDS = {
    AUTHORIZATION: "authorization_endpoint",
    TOKEN: "token_endpoint",
    DEVICE: "device_authorization_endpoint",
}


def metadata_reply(endpoint: OAuthEndpoint, prefix: str) -> Reply:
    """The metadata document. `prefix` is the address of the service on this mock, without a path of the document."""
    before, known, after = endpoint.path.partition(WELL_KNOWN)
    made: dict[str, Any] = {"issuer": f"{prefix}{before}{after}" if known else prefix}
    made |= {FIELDS[kind]: prefix + path for kind, path in endpoint.others.items()}
    made["response_types_supported"] = sorted({RESPONSES[flow] for flow in endpoint.flows & RESPONSES.keys()})
    made["grant_types_supported"] = [*endpoint.grants, *(["implicit"] if "implicit" in endpoint.flows else [])]
    made["token_endpoint_auth_methods_supported"] = ["client_secret_basic", "client_secret_post", "none"]
    made |= {"scopes_supported": sorted(endpoint.scopes)} if endpoint.scopes else {}
    made |= {"code_challenge_methods_supported": list(METHODS)} if "authorizationCode" in endpoint.flows else {}
    return answer(200, made, ())
