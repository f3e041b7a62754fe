"""The examples in `examples/` pass; their clients of the admin API are made from the document of a running mock."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.npm_examples.installed import EXAMPLES, installed
from tests.package import UnobtainableError
from tests.process import READY, ROOT, Processes, address, free_port


@pytest.fixture(scope="module")
def mock() -> Iterator[str]:
    """The address of a mock of the shop."""
    with Processes() as processes:
        options = ("--items", "3", "--port", "0", "--no-access-log")
        _, lines = processes.start("serve", str(ROOT / "docs" / "shop.yaml"), *options, until=READY)
        yield address(lines)


def project(name: str, folder: Path) -> Path:
    """A copy of an example with its packages, which are installed once for each list of them."""
    copy = folder / name
    shutil.copytree(EXAMPLES / name, copy, ignore=shutil.ignore_patterns("node_modules", "admin.ts", "test-results"))
    try:
        (copy / "node_modules").symlink_to(installed(name) / "node_modules")
    except UnobtainableError as fault:
        pytest.skip(str(fault))
    return copy


def npm_test(folder: Path, **environment: str) -> str:
    """What `npm test` prints; it must end well."""
    where = {**os.environ, **environment, "CI": "1", "NO_COLOR": "1"}
    done = subprocess.run(
        ["npm", "test"], cwd=folder, env=where, text=True, capture_output=True, timeout=300, check=False
    )
    assert 0 == done.returncode, f"{done.stdout[-4000:]}\n{done.stderr[-2000:]}"
    return done.stdout


@pytest.mark.slow
def test_the_vitest_example_passes(mock: str, tmp_path: Path) -> None:
    printed = npm_test(project("vitest", tmp_path), MOCK_URL=mock)

    assert "5 passed" in printed


@pytest.mark.slow
def test_the_playwright_example_passes_in_headless_chromium(mock: str, tmp_path: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on this machine")

    folder = project("playwright", tmp_path)
    printed = npm_test(folder, MOCK_URL=mock, CHROMIUM=chromium, PAGE_PORT=str(free_port()))

    assert "4 passed" in printed


def test_the_page_shows_the_code_of_the_examples() -> None:
    page = (ROOT / "docs" / "how-to" / "npm.md").read_text(encoding="utf-8")
    shown = re.findall(r"^```ts\n// ([\w./]+).*\n((?:.*\n)*?)```", page, re.MULTILINE)

    assert len(shown) > 4
    for name, code in shown:
        sources = [folder / name for folder in (EXAMPLES / "vitest", EXAMPLES / "playwright")]
        texts = [text for path in sources if path.is_file() for text in unindented(path)]
        assert any(code in text for text in texts), name


def unindented(path: Path) -> list[str]:
    """The text of a file, and the same with two spaces less before each line."""
    text = path.read_text(encoding="utf-8")
    return [text, re.sub(r"^  ", "", text, flags=re.MULTILINE)]
