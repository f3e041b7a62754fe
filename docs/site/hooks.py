"""Hooks of the documentation site: pages that are outside of docs/, and links that lead there."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from posixpath import normpath, relpath
from typing import Any

from mkdocs.structure.files import File

ROOT_PAGES = {
    "README.md": "index.md",
    "ARCHITECTURE.md": "architecture.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
}
"""Pages at the root of the repository, with where they are in the site."""

LINK = re.compile(r"(!?)\[([^\]]+)\]\(([^)\s#]+)(#[^)\s]*)?\)")


def on_files(files: Any, config: Any) -> Any:
    """Add the pages of the root."""
    root = Path(config.docs_dir).parent
    for source, target in ROOT_PAGES.items():
        files.append(File.generated(config, target, content=(root / source).read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """Let links and pictures lead into the site; a link to a file that is not part of it becomes its text."""
    sources = {target: source for source, target in ROOT_PAGES.items()}
    here = PurePosixPath(sources.get(page.file.src_uri, "docs/" + page.file.src_uri)).parent

    def renewed(match: re.Match[str]) -> str:
        picture, text, link, anchor = match[1], match[2], match[3], match[4] or ""
        if "://" in link or link.startswith("mailto:"):
            return match[0]
        target = normpath(str(here / link))
        inside = ROOT_PAGES.get(target) or (target.removeprefix("docs/") if target.startswith("docs/") else "")
        for name in (inside, f"{inside}/README.md"):
            if inside and files.get_file_from_path(name) is not None:
                return f"{picture}[{text}]({relpath(name, page.file.src_uri.rpartition('/')[0] or '.')}{anchor})"
        return text

    return LINK.sub(renewed, markdown)


def on_nav(nav: Any, config: Any, files: Any) -> Any:
    """Remember the order of the pages for llms.txt."""
    config.extra["pages"] = nav.pages
    return nav


def on_post_build(config: Any) -> None:
    """Write llms.txt, the list of pages for language models (llmstxt.org), in the order of the navigation."""
    lines = [f"# {config.site_name}", "", f"> {config.site_description}", ""]
    section = None
    for page in config.extra["pages"]:
        top = page.ancestors[-1].title if page.ancestors else "Start"
        if top != section:
            section = top
            lines += ["", f"## {section}", ""]
        lines.append(f"- [{page.title}]({page.file.dest_uri}): {_first_sentence(page.markdown or '')}")
    (Path(config.site_dir) / "llms.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _first_sentence(markdown: str) -> str:
    paragraphs = (each for each in markdown.split("\n\n") if re.match(r"\w|`\w|\[|\*", each))
    text = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", " ".join(next(paragraphs, "").split()))
    return re.split(r"(?<=[.:]) ", text)[0]
