"""The option `--config`: a project's settings become the defaults of the options of a command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from contracts.cli.console import say
from contracts.runner.project_settings import ProjectSettings, ProjectSettingsError


def _apply(context: click.Context, _: click.Parameter, file: Path | None) -> None:
    try:
        context.default_map = _defaults(context, file)
    except ProjectSettingsError as fault:
        say(f"cannot {context.info_name}: {fault}", err=True)
        context.exit(2)


def _defaults(context: click.Context, file: Path | None) -> dict[str, Any]:
    settings = ProjectSettings.read(file) if file else ProjectSettings.of(Path.cwd())
    options = {_long_name(each): each for each in context.command.params if isinstance(each, click.Option)}
    settings.refuse_unknown(options.keys() - {"config", "help"})
    return {str(options[key].name): _value(context, options[key], settings, key) for key in settings.values}


def _long_name(option: click.Option) -> str:
    return max(option.opts, key=len).removeprefix("--")


def _value(context: click.Context, option: click.Option, settings: ProjectSettings, key: str) -> Any:
    """The value of a setting as the option takes it. Raises ProjectSettingsError."""
    given = settings.texts(key) if option.multiple else settings.values[key]
    if isinstance(option.type, click.Path):
        given = [str(settings.path(each)) for each in given] if option.multiple else str(settings.path(str(given)))
    try:
        option.type_cast_value(context, given)
    except click.BadParameter as fault:
        raise settings.error(key, fault.message) from None
    return given


config = click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    expose_value=False,
    is_eager=True,
    callback=_apply,
    help="A pyproject.toml whose table [tool.mockserver.check] has defaults for these options. Without it, the nearest "
    "one is read.",
)
