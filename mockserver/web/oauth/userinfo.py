"""Who the user of an access token is (OpenID Connect Core 1.0 section 5.3)."""

from __future__ import annotations

from mockserver.messages import Reply
from mockserver.web.oauth.flows import OAuthEndpoint
from mockserver.web.oauth.identity import user_claims, user_of
from mockserver.web.oauth.tokens import UNCACHED, answer
from mockserver.web.request.authentication import scopes_of


def userinfo_reply(endpoint: OAuthEndpoint, authorization: str) -> Reply:
    """The claims about a user that the scopes of the token ask for; 401 without a token that the mock accepts."""
    scheme, _, token = authorization.partition(" ")
    user = user_of(endpoint.keyring, token.strip()) if scheme.lower() == "bearer" and token.strip() else None
    if user is None:
        challenge = 'Bearer error="invalid_token"' if authorization else "Bearer"
        problem = {"error": "invalid_token", "error_description": "send Authorization: Bearer ACCESS_TOKEN"}
        return answer(401, problem, (*UNCACHED, ("www-authenticate", challenge)))
    return answer(200, user_claims(endpoint.keyring, user, scopes_of(token.strip())))
