"""What a release is made of: the tag, the section of the changelog, and the workflow that uses both."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.process import PATIENCE, ROOT

WORKFLOW: dict[str, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8"))
CHANGELOG = """\
# Changelog

## [Unreleased]

### Added

* Not yet.

## [1.10.0] - 2026-11-28

A sentence.

### Added

* A thing ([docs/a.md](docs/a.md), [b](docs/b.md#part)), and [elsewhere](https://example.com/c.md).

## [1.1.0] - 2026-11-21

* The first.

## [1.0.0] - 2026-11-20

[1.1.0]: https://example.com/1.1.0
"""
NOTES = """\
A sentence.

### Added

* A thing ([docs/a.md](docs/a.md), [b](docs/b.md#part)), and [elsewhere](https://example.com/c.md).
"""


def script(name: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A script of `.ci`, outside of GitHub Actions unless the environment says otherwise."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
    return subprocess.run(
        [ROOT / ".ci" / name, *arguments],
        env=outside | environment, capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip


@pytest.fixture
def changelog(tmp_path: Path) -> str:
    """A changelog with three versions; one has no text."""
    file = tmp_path / "CHANGELOG.md"
    file.write_text(CHANGELOG)
    return str(file)


def test_the_notes_are_the_section_of_the_version(changelog: str) -> None:
    assert NOTES == script("release-notes", "1.10.0", changelog).stdout
    assert NOTES == script("release-notes", "v1.10.0", changelog).stdout
    assert "* The first.\n" == script("release-notes", "1.1.0", changelog).stdout


@pytest.mark.parametrize("version", ["1.0.0", "1.1", "1.10", "2.0.0", "1x1.0"])
def test_a_version_without_a_text_is_no_release(changelog: str, version: str) -> None:
    done = script("release-notes", version, changelog)

    assert (1, "") == (done.returncode, done.stdout)
    assert f'there is no section "## [{version}]" with a text' in done.stderr


def test_links_of_the_notes_lead_to_the_files_of_the_tag(changelog: str) -> None:
    done = script("release-notes", "v1.10.0", changelog, GITHUB_REPOSITORY="acme/mock", GITHUB_SERVER_URL="https://git")

    assert [
        "https://git/acme/mock/blob/v1.10.0/docs/a.md",
        "https://git/acme/mock/blob/v1.10.0/docs/b.md#part",
        "https://example.com/c.md",
    ] == re.findall(r"\]\((\S+?)\)", done.stdout)


def test_every_version_of_our_changelog_has_notes() -> None:
    versions = re.findall(r"^## \[(\d.*)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    notes = [script("release-notes", version).stdout for version in versions]

    assert len(versions) > 1
    assert len(versions) == len(set(notes))
    assert not any("\n## " in each for each in notes)


def test_only_the_tag_of_the_version_is_released() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    right, wrong = script("release-tag", f"v{version}"), script("release-tag", "v0.0.1")

    assert (0, f"{version}\n") == (right.returncode, right.stdout)
    assert 1 == wrong.returncode
    assert f"pyproject.toml has version {version}: tag v{version}, or change the version" in wrong.stderr


def test_the_workflow_runs_scripts_and_targets_that_there_are() -> None:
    commands = [step["run"] for job in WORKFLOW["jobs"].values() for step in job["steps"] if "run" in step]
    targets = re.findall(r"\bmake ([a-z-]+)", " ".join(commands))
    scripts = re.findall(r"(\.ci/[a-z-]+)", " ".join(commands))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert ["dist", "test-wheel"] == targets
    assert [".ci/release-tag", ".ci/release-notes"] == scripts
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)
    assert all(os.access(ROOT / each, os.X_OK) for each in scripts)


def test_only_the_job_that_publishes_may_prove_who_it_is() -> None:
    granted = {name: job.get("permissions", {}) for name, job in WORKFLOW["jobs"].items()}

    assert {"contents": "read"} == WORKFLOW["permissions"]
    assert {"id-token": "write"} == granted["publish"]
    assert ["publish"] == [name for name, each in granted.items() if "id-token" in each]
    assert ["release"] == [name for name, each in granted.items() if each.get("contents") == "write"]
