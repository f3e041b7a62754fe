"""The flows of `oauth2` and `openIdConnect` schemes, and the paths of their URLs (OpenAPI 3.2 section 4.27)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from msgspec import Struct, structs

from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.document import Document
from mockserver.web.request.authentication import Keyring
from mockserver.web.service import Service

GRANTS: Mapping[str, tuple[str, ...]] = {
    "clientCredentials": ("client_credentials",),
    "password": ("password", "refresh_token"),
    "authorizationCode": ("authorization_code", "refresh_token"),
    "deviceAuthorization": ("urn:ietf:params:oauth:grant-type:device_code", "refresh_token"),
}
"""Flow → the `grant_type` of its requests for tokens (RFC 6749 section 4, RFC 8628 section 3.4)."""

RESPONSES: Mapping[str, str] = {"authorizationCode": "code", "implicit": "token"}
"""Flow → the `response_type` of its requests to the authorization endpoint (RFC 6749 section 3.1.1)."""

WELL_KNOWN = "/.well-known/oauth-authorization-server"
"""Where the metadata is, unless a scheme says so by `oauth2MetadataUrl` (RFC 8414 section 3)."""

DISCOVERY_PATH = "/.well-known/openid-configuration"
"""Where the metadata of an issuer is (OpenID Connect Discovery 1.0 section 4)."""

TOKEN, AUTHORIZATION, DEVICE, METADATA = "token", "authorization", "device", "metadata"
DISCOVERY, KEYS, USERINFO = "discovery", "keys", "userinfo"

KINDS: Mapping[str, str] = {
    "tokenUrl": TOKEN,
    "refreshUrl": TOKEN,
    "authorizationUrl": AUTHORIZATION,
    "deviceAuthorizationUrl": DEVICE,
}
"""The field of a flow → what is at its URL."""

OPENID_PATHS: Mapping[str, str] = {
    AUTHORIZATION: "/authorize",
    TOKEN: "/token",
    USERINFO: "/userinfo",
    KEYS: "/.well-known/jwks.json",
}
"""What is where below an issuer of OpenID Connect: a document names only the URL of its metadata."""

OPENID_FLOWS = frozenset({"authorizationCode", "clientCredentials"})

OPENID_SCOPES = frozenset({"openid", "profile", "email", "offline_access"})
"""The scopes that every issuer has here, beside those that operations require."""


class OAuthEndpoint(Struct, frozen=True):
    """One URL of the flows of a document, on this mock.

    `flows` are the names of those that use it, `scopes` what they may ask for: any scope where there are none. The
    `others` of a metadata document are the paths that it names, by their kind. `issuer` is the path of the issuer of
    identity tokens; None where there are none.
    """

    kind: str
    path: str
    keyring: Keyring
    flows: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    others: Mapping[str, str] = {}
    issuer: str | None = None

    @property
    def grants(self) -> list[str]:
        """The values of `grant_type`."""
        return sorted({grant for flow in self.flows for grant in GRANTS.get(flow, ())})

    @property
    def responses(self) -> list[str]:
        """The values of `response_type`."""
        return sorted({RESPONSES[flow] for flow in self.flows & RESPONSES.keys()})

    def unknown(self, scopes: list[str]) -> str:
        """What is wrong with the scopes that a request asks for; empty if nothing is."""
        missing = [scope for scope in scopes if self.scopes and scope not in self.scopes]
        return f"{missing[0]} is not among the scopes {', '.join(sorted(self.scopes))}" if missing else ""


def endpoints(service: Service) -> list[OAuthEndpoint]:
    """All endpoints of a service, one for each kind and path; paths are without the prefix of the service."""
    found: dict[tuple[str, str], OAuthEndpoint] = {}
    for scheme in _schemes(service.contract.document, "flows", dict):
        paths: dict[str, str] = {}
        for kind, path, flow, scopes in _places(scheme, service.contract.document):
            known = found.get((kind, path), OAuthEndpoint(kind, path, service.keyring))
            found[kind, path] = structs.replace(known, flows=known.flows | {flow}, scopes=known.scopes | scopes)
            paths.setdefault(kind, path)
        written = scheme.get("oauth2MetadataUrl")
        path = _path(written, service.contract.document) if type(written) is str else WELL_KNOWN
        if paths:
            flows = frozenset(scheme["flows"])
            scopes = frozenset().union(*(each[3] for each in _places(scheme, service.contract.document)))
            metadata = OAuthEndpoint(METADATA, path, service.keyring, flows, scopes, paths)
            found.setdefault((METADATA, path), metadata)
    for scheme in _schemes(service.contract.document, "openIdConnectUrl", str):
        _add_issuer(found, scheme["openIdConnectUrl"], service)
    return list(found.values())


def _add_issuer(found: dict[tuple[str, str], OAuthEndpoint], url: str, service: Service) -> None:
    """Add the endpoints of an issuer of OpenID Connect. A client may ask for any scope (Core 1.0 section 3.1.2.1)."""
    document = service.contract.document
    written = _path(url, document)
    issuer = written.partition("/.well-known/")[0].rstrip("/")
    others = {kind: issuer + path for kind, path in OPENID_PATHS.items()}
    for kind, path in others.items():
        flows = found[kind, path].flows if (kind, path) in found else frozenset()
        found[kind, path] = OAuthEndpoint(kind, path, service.keyring, flows | OPENID_FLOWS, issuer=issuer)
    others |= {USERINFO: own} if (own := _userinfo(document)) else {}
    required = {
        scope for operation in document.operations for each in operation.security for _, s in each for scope in s
    }
    for path in dict.fromkeys((written, issuer + DISCOVERY_PATH)):
        discovery = OAuthEndpoint(DISCOVERY, path, service.keyring, OPENID_FLOWS, OPENID_SCOPES | required, others)
        found[DISCOVERY, path] = structs.replace(discovery, issuer=issuer)


def _userinfo(document: Document) -> str:
    """The path of the document's own operation that says who the user is; empty if it has none."""
    paths = (one.path for one in document.operations if one.method == "get" and "{" not in one.path)
    own = next((path for path in paths if path.lower().rpartition("/")[2] == USERINFO), "")
    return document.base_path + own if own else ""


def _schemes(document: Document, field: str, kind: type) -> Iterator[Mapping[str, Any]]:
    """The security schemes of a document that have such a field."""
    for written in ((document.root.get("components") or {}).get("securitySchemes") or {}).values():
        scheme, _ = json_pointer.resolve(document.root, written, "")
        if type(scheme.get(field)) is kind:
            yield scheme


def _places(scheme: Mapping[str, Any], document: Document) -> Iterator[tuple[str, str, str, frozenset[str]]]:
    """What is where: kind, path, name of the flow, scopes."""
    for name, flow in scheme["flows"].items():
        for field, kind in KINDS.items() if type(flow) is dict and name in GRANTS.keys() | RESPONSES.keys() else ():
            if type(flow.get(field)) is str:
                yield kind, _path(flow[field], document), name, frozenset(flow.get("scopes") or ())


def _path(url: str, document: Document) -> str:
    """The path of a URL, which starts from the first server where it is relative. The host is that of the mock."""
    return urlsplit(urljoin(document.base_path + "/", url)).path or "/"
