"""An absolute address whose requests a mock answers, and where in the mock each of its URLs is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit, urlunsplit

PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class InterceptedAddress:
    """`https://api.vendor.com` or `https://api.vendor.com/v1`: the mock's `service` answers.

    `base_path` is the path of its first server, `base_paths` are those of all, the longest first. `headers` put a
    request into the namespace. Raises ValueError for an address that is not absolute.
    """

    address: str
    service: str
    base_path: str
    base_paths: tuple[str, ...]
    headers: Mapping[str, str]

    def __post_init__(self) -> None:
        if _origin(self._parts) is None or self._parts.query or self._parts.fragment:
            raise ValueError(
                f"intercept {self.address!r}: give an absolute address, such as https://api.example.com/v1"
            )

    @property
    def _parts(self) -> SplitResult:
        return urlsplit(self.address)

    def url_in_mock(self, url: str, root: str = "") -> str | None:
        """The URL with the path that it has in the mock; None if the URL is not below the address.

        With a `root`, such as `http://127.0.0.1:8080`, the URL is there.
        """
        parts, above = urlsplit(url), self._parts.path.rstrip("/")
        if _origin(parts) != _origin(self._parts):
            return None
        path = parts.path or "/"
        if not path.startswith(f"/{self.service}/"):  # a link in a response of the mock has the mock's own path
            if path != above and not path.startswith(f"{above}/"):
                return None
            path = self._path(path[len(above) :])
        origin = urlsplit(root) if root else parts
        return urlunsplit((origin.scheme, origin.netloc, path, parts.query, ""))

    def _path(self, rest: str) -> str:
        """The path in the mock: `rest` with the base path in it, else below that of the address, else the first one."""
        if any(base and f"{rest}/".startswith(f"{base}/") for base in self.base_paths):
            return f"/{self.service}{rest}"
        above = self._parts.path.rstrip("/")
        base = next((base for base in self.base_paths if base and above.endswith(base)), self.base_path)
        return f"/{self.service}{base}{rest}"

    def outside(self, location: str) -> str:
        """A `Location` of the mock, as the service at the address would write it."""
        inside, above = f"/{self.service}", self._parts.path.rstrip("/")
        if not location.startswith(f"{inside}/"):
            return location
        rest = location[len(inside) :]
        base = next((base for base in self.base_paths if f"{rest}/".startswith(f"{base}/")), "")
        return above + rest.removeprefix(base) if above else rest


def _origin(parts: SplitResult) -> tuple[str, str, int] | None:
    """Scheme, host and port (RFC 6454 section 4); None without them."""
    scheme = parts.scheme.lower()
    if scheme not in PORTS or not parts.hostname:
        return None
    return scheme, parts.hostname, parts.port or PORTS[scheme]
