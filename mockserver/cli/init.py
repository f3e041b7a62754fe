"""`mockserver init`: the files of a new project."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from mockserver.cli.new_project import DOCUMENT, MEANINGS, TESTS, WORKFLOW, files_for, starter_files
from mockserver.errors import MockServerError


class CannotWrite(click.ClickException):
    """The project cannot be made there. The exit code is that of wrong options."""

    exit_code = 2


@click.command()
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--document",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An OpenAPI document that you have. It stays where it is. Without it, a small one is written.",
)
def init(folder: Path, document: Path | None) -> None:
    """Write a small project: document, behaviour, settings, tests, and a workflow that runs them.

    DIR is the current folder if nothing is said. No file is overwritten.

    \b
    Examples:
      mockserver init tasks
      mockserver init --document openapi.yaml
    """
    try:
        made = starter_files() if document is None else files_for(document, folder)
    except MockServerError as fault:
        raise click.ClickException(str(fault)) from None
    _refuse_existing(folder, made)
    _write(folder, made)
    for line in _next_steps(folder, made):
        click.echo(line)


def _refuse_existing(folder: Path, made: Iterable[str]) -> None:
    existing = [name for name in made if (folder / name).exists() or (folder / name).is_symlink()]
    if existing:
        hint = f"; to use the document, add --document {folder / DOCUMENT}" if DOCUMENT in existing else ""
        listed = ", ".join(str(folder / name) for name in existing)
        raise CannotWrite(f"nothing was written, because there is already: {listed}{hint}")


def _write(folder: Path, made: Mapping[str, str]) -> None:
    for name, text in made.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)


def _next_steps(folder: Path, made: Mapping[str, str]) -> Iterable[str]:
    width = max(map(len, MEANINGS))
    for name, meaning in MEANINGS.items():
        if any(path.startswith(name) for path in made):
            yield f"wrote {name:{width}}  {meaning}"
    yield from ("", "Next:")
    if folder.resolve() != Path.cwd():
        yield f"  cd {shlex.quote(str(folder))}"
    yield "  mockserver serve    # the mock, at http://127.0.0.1:8080"
    yield f"  pytest {TESTS}"
    yield "  mockserver check"
    root = _repository(folder)
    if root is not None and root != folder.resolve():
        yield f"GitHub reads workflows at the root of a repository: move {WORKFLOW} to {root}"


def _repository(folder: Path) -> Path | None:
    """The root of the repository that a folder is in."""
    here = folder.resolve()
    return next((each for each in (here, *here.parents) if (each / ".git").exists()), None)
