"""The pages name files that exist, and the lists of pages are complete."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted(path for pattern in ("*.md", "docs/**/*.md", "specs/*.md") for path in ROOT.glob(pattern))
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")


def named_paths(text: str) -> list[str]:
    """The files and folders that a page names in backticks."""
    return re.findall(r"`([\w./-]+/|[\w./-]+\.py)`", text)


@cache
def homes() -> list[Path]:
    """The folders in which a short name of the codemap may be: the packages and their folders."""
    packages = [ROOT / "mockserver", ROOT / "contracts"]
    return [ROOT, *packages, *(path for package in packages for path in package.rglob("*") if path.is_dir())]


def test_every_path_in_the_architecture_exists() -> None:
    named = named_paths(ARCHITECTURE)

    assert len(named) > 60
    assert [] == [name for name in named if not any((home / name).exists() for home in homes())]


def test_the_codemap_has_every_folder_of_both_packages() -> None:
    folders = [
        path.relative_to(ROOT).as_posix()
        for package in ("mockserver", "contracts")
        for path in (ROOT / package).iterdir()
        if (path / "__init__.py").is_file()
    ]

    assert [] == [folder for folder in folders if f"`{folder.partition('/')[2]}/`" not in ARCHITECTURE]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_of_a_page_leads_to_a_file(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    links = [link for link in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in link and "mailto:" not in link]

    assert [] == [link for link in links if not (page.parent / link).exists()]


def anchors(text: str) -> set[str]:
    """What `#` may lead to in a page, as GitHub names headings; of equal headings the later ones have a number."""
    plain = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    found: list[str] = []
    for heading in re.findall(r"^#+ (.*)", plain, re.MULTILINE):
        shown = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", heading).replace("*", "").strip().lower()
        found.append(re.sub(r"[^\w\- ]", "", shown).replace(" ", "-"))
    numbered = {f"{name}-{count}" for name in found for count in range(1, found.count(name))}
    return {*found, *numbered}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_anchor_of_a_link_is_a_heading(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    links = re.findall(r"\]\(([^)#\s:]*)#([^)\s]+)\)", text)
    pages = [(page.parent / path if path else page, anchor) for path, anchor in links]

    assert [] == [
        f"{target.name}#{anchor}" for target, anchor in pages if anchor not in anchors(target.read_text("utf-8"))
    ]


def test_every_decision_is_listed_with_its_title() -> None:
    index = (ROOT / "docs" / "adr" / "README.md").read_text(encoding="utf-8")
    decisions = sorted((ROOT / "docs" / "adr").glob("0*.md"))

    titles = [path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ") for path in decisions]
    listed = [f"* [{title}]({path.name})" for title, path in zip(titles, decisions, strict=True)]

    assert len(listed) > 10
    assert listed == [line for line in index.splitlines() if line.startswith("* ")]


def test_every_page_is_in_the_navigation_of_the_site() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[2]
    named = set(re.findall(r"([\w./-]+\.md)$", navigation, re.MULTILINE))
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    decisions = {page for page in pages if page.startswith("adr/0")}

    assert pages - decisions == named - {"index.md", "architecture.md", "contributing.md", "changelog.md"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_table_has_a_header(page: Path) -> None:
    """A row after an empty line begins a new table, and is shown as text if it has no header."""
    text = re.sub(r"^ *```.*?^ *```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)

    first_rows = re.findall(r"(?:\A|\n\n)(\|.*)\n(.*)", text)

    assert [] == [row for row, below in first_rows if not re.fullmatch(r"\|[ :|-]+\|", below)]
