"""Finds other products whose packages have the names of ours: pip mixes their files in one folder without a word.

This folder has a name of its own and imports nothing of ours: a file of the other product may have replaced any.
"""

from __future__ import annotations

import os
import pkgutil
import sys

NAMESAKES = {"mockserver-client": "mockserver", "PyContracts": "contracts", "contracts": "contracts"}
"""Distributions of other products on PyPI, with the folder that they share with this one."""

ENDINGS = (".dist-info", ".egg-info", ".egg")
"""How the folders end that describe what is installed: `name-version.dist-info`."""


def clash() -> str:
    """What is wrong with the installed packages and how to mend it; empty if nothing is."""
    beside = _distributions()
    for name, folder in NAMESAKES.items():
        installed = _version(name) if _folder(name) in beside else ""
        if installed:
            return (
                f"{name} {installed} is installed beside mockserver. It is another product, and both have a package "
                f"named {folder}, so their files are mixed.\n"
                "Use a virtual environment for each. To keep this one, uninstall the other product, and install "
                "mockserver again from where it came:\n"
                f"  pip uninstall {name}\n"
                "  pip install --force-reinstall --no-deps mockserver      # or a path: a checkout, a wheel"
            )
    return ""


def _distributions() -> set[str]:
    """The names of what is installed, as in `_folder`. To import `importlib.metadata` would take each start 20 ms."""
    found = (entry for path in sys.path for entry in _entries(path))
    return {_folder(entry.partition("-")[0]) for entry in found if entry.endswith(ENDINGS)}


def _entries(path: str) -> list[str]:
    try:
        return [entry.name for entry in os.scandir(path or ".")]
    except OSError:  # a path that does not exist, or a zip file
        return []


def _folder(name: str) -> str:
    """The name of a distribution as a folder has it, which tells neither letters from capitals nor `-` from `_`."""
    return name.lower().replace("-", "_").replace(".", "_")


def _version(name: str) -> str:
    version = pkgutil.resolve_name("importlib.metadata:version")
    try:
        return str(version(name))
    except ModuleNotFoundError:  # PackageNotFoundError is one
        return ""
