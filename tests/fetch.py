"""`make packages`: fetches the packages that the tests use, so that no test waits for them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial

from tests.foreign import everything, proxied_time
from tests.generated_clients.generators import generator_of_pypi, generators_of_npm
from tests.npm_examples.installed import installed
from tests.package import AXE, GITHUB, README, UnobtainableError, unpacked

PACKAGES: Sequence[Callable[[], object]] = (
    generator_of_pypi,
    generators_of_npm,
    everything,
    partial(proxied_time, 0),
    partial(installed, "vitest"),
    partial(installed, "playwright"),
    *(partial(unpacked, name) for name in (README, GITHUB, AXE)),
)
"""What each fetches is kept; a test that needs something else fetches it itself."""


def main() -> None:
    """Fetch all that can be had; a test that needs what cannot says so."""
    for fetched in PACKAGES:
        try:
            fetched()
        except UnobtainableError as fault:
            sys.stderr.write(f"not fetched: {fault}\n")


if __name__ == "__main__":
    main()
