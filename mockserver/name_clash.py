"""Finds other products whose packages have the names of ours: pip mixes their files in one folder without a word."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

NAMESAKES = {"mockserver-client": "mockserver", "PyContracts": "contracts", "contracts": "contracts"}
"""Distributions of other products on PyPI, with the folder that they share with this one."""


def clash() -> str:
    """What is wrong with the installed packages and how to mend it; empty if nothing is."""
    for name, folder in NAMESAKES.items():
        installed = _version(name)
        if installed:
            return (
                f"{name} {installed} is installed beside mockserver. It is another product, and both have a package "
                f"named {folder}, so their files are mixed.\n"
                "Use a virtual environment for each, or keep this one:\n"
                f"  pip uninstall {name}\n"
                "  pip install --force-reinstall --no-deps mockserver"
            )
    return ""


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
