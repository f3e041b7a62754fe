"""`mockserver schema`: the JSON Schemas of the files that people write, for their editors."""

from __future__ import annotations

from pathlib import Path

import click

from mockserver import editor_schemas
from mockserver.editor_schemas import NAMES, PROJECT_FOLDER


@click.command()
@click.argument("name", type=click.Choice(sorted(NAMES)), required=False)
@click.option(
    "--write",
    "folder",
    is_flag=False,
    flag_value=PROJECT_FOLDER,
    type=click.Path(file_okay=False, path_type=Path),
    metavar="[DIR]",
    help=f"Write all of them into a folder, {PROJECT_FOLDER} if none is named; files that are there are replaced.",
)
def schema(name: str | None, folder: Path | None) -> None:
    """Print the JSON Schema of a behaviour file, of mockserver.yaml, of overrides or of a state file.

    \b
    Examples:
      mockserver schema behaviour
      mockserver schema --write
    """
    if folder is None and name is None:
        raise click.UsageError(f"name a schema ({', '.join(sorted(NAMES))}), or give --write")
    if name is not None:
        click.echo(editor_schemas.text(name), nl=False)
    if folder is not None:
        _write(folder)


def _write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, meaning in NAMES.items():
        file = folder / f"{name}.json"
        file.write_text(editor_schemas.text(name), encoding="utf-8")
        click.echo(f"wrote {file}  for {meaning}")
