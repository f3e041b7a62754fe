"""A server with planted defects: a folder with its document, its program, its users and what is wrong with it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.package import fetch, kept
from tests.process import await_port, free_port

PYTHON = (
    "flask==3.1.3", "django==5.2.19", "djangorestframework==3.18.3", "fastapi==0.165.0", "uvicorn==0.54.0",
    "starlette==1.10.0", "aiohttp==3.14.5", "falcon==4.4.0", "bottle==0.13.4", "pyjwt==2.15.1", "jsonschema==4.26.0",
    "pyyaml", "tzdata",
)  # fmt: skip
"""The frameworks of the servers in Python."""

NODE = ("express@5.3.0", "express-openapi-validator@5.6.2", "ajv@8.20.0", "ajv-formats@3.0.1")
"""The packages of the servers in JavaScript."""


@dataclass(frozen=True, slots=True)
class Defect:
    """What is wrong with a server when `environment` is set; `kind` is the class that the tables count."""

    name: str
    kind: str
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PlantedServer:
    """A server in a folder. `is_blind`: its author had not read the checks."""

    folder: Path
    framework: str
    start: tuple[str, ...]
    base_path: str
    secrets: tuple[str, ...]
    defects: tuple[Defect, ...]
    is_blind: bool

    @classmethod
    def read(cls, folder: Path) -> PlantedServer:
        """The server that `about.yaml` and `users.yaml` describe."""
        about = yaml.safe_load((folder / "about.yaml").read_text(encoding="utf-8"))
        return cls(
            folder,
            about["framework"],
            tuple(about["start"].split()),
            about.get("base_path") or "",
            _secrets(folder / "users.yaml"),
            tuple(_defects(folder.name, about)),
            about.get("blind", True),
        )

    @property
    def name(self) -> str:
        """The name of the folder."""
        return self.folder.name

    @contextmanager
    def running(self, environment: Mapping[str, str]) -> Iterator[str]:
        """The address of the server while the context lasts. Raises UnobtainableError."""
        port = free_port()
        process = subprocess.Popen(
            _command(self.start),
            cwd=self.folder,
            env={**os.environ, **_packages(self.start[0]), **environment, "PORT": str(port)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            await_port(port, process)
            yield f"http://127.0.0.1:{port}{self.base_path}"
        finally:
            process.kill()
            process.wait(20)


def servers(folder: Path) -> list[PlantedServer]:
    """All servers in a folder, by name."""
    return [PlantedServer.read(about.parent) for about in sorted(folder.glob("*/*/about.yaml"))]


def _defects(name: str, about: Mapping[str, Any]) -> Iterator[Defect]:
    if "class" in about:
        yield Defect(name, about["class"], {"DEFECT": "1"})
    for bug, said in (about.get("bugs") or {}).items():
        yield Defect(f"{name}/{bug}", said["kind"], {"BUG": bug})


def _secrets(file: Path) -> tuple[str, ...]:
    """The credentials of the users, in their order."""
    said = yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else {}
    return tuple(str(user["value"]) for user in (said.get("users") or {}).values())


def _command(start: tuple[str, ...]) -> list[str]:
    program, *arguments = start
    return [sys.executable if program == "python" else str(shutil.which(program)), *arguments]


def _packages(program: str) -> dict[str, str]:
    """The variable with which a program finds its packages, which are fetched once."""
    if program == "node":
        folder = kept(
            "independent-node", lambda into: fetch("npm", "install", "--no-audit", "--silent", *NODE, into=into)
        )
        return {"NODE_PATH": str(folder / "node_modules")}
    version = f"independent-python{sys.version_info.major}.{sys.version_info.minor}"
    arguments = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", ".", *PYTHON)
    return {"PYTHONPATH": str(kept(version, lambda into: fetch(sys.executable, *arguments, into=into)))}
