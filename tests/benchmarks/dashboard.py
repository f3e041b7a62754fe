"""Measures how long the dashboard takes to load in a Chromium that has never seen it.

    python -m tests.benchmarks.dashboard [--times 10]

Each load is the first of a new browser profile. The first of two is also the first request to a new sandbox, which then
makes what only browsers and the admin API need; where a person sees its output, it has done so before.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from statistics import median

from tests.conftest import browser_in
from tests.dashboard.browser import BrowserPage, opened
from tests.process import READY, Processes, address

DRAWN = """
(() => {
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  const page = performance.getEntriesByType("navigation")[0];
  return [page.responseEnd, paint ? paint.startTime : 0, performance.now()];
})()
"""
"""Milliseconds since the navigation: the page has arrived, its first text is drawn, and now."""


SANDBOXES = ("new", "running")


def cold_load(base: str, profile: Path) -> tuple[float, float, float]:
    """The times of `load` in a new browser."""
    with browser_in(profile, 120) as devtools_address, opened(devtools_address, base) as page:
        return load(page)


def load(page: BrowserPage) -> tuple[float, float, float]:
    """How long the page took to arrive, to show a text, and to show the services, in milliseconds."""
    page.command("Page.navigate", url=f"{page.base}/")
    while not page.evaluate("!!document.querySelector('[data-view][data-ready]')"):
        time.sleep(0.005)
    arrived, drawn, ready = page.evaluate(DRAWN)
    return arrived, drawn, ready


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the cold load of the dashboard in Chromium.")
    parser.add_argument("--times", type=int, default=10)
    given = parser.parse_args()
    loads = []
    for _ in range(given.times):
        with Processes() as processes, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            _, lines = processes.start("serve", "docs/petstore.yaml", "--port", "0", until=READY)
            loads.append([cold_load(address(lines), Path(folder) / name) for name in SANDBOXES])
    for at, name in enumerate(SANDBOXES):
        arrived, drawn, ready = (median(each[at][part] for each in loads) for part in range(3))
        print(f"{name} sandbox: page after {arrived:.0f} ms, text after {drawn:.0f} ms, services after {ready:.0f} ms")


if __name__ == "__main__":
    main()
