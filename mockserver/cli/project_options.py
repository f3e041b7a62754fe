"""The option `--config` and the argument for documents: a project's settings are the defaults of a command.

The commands of other packages use them too.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from mockserver import vendor_files
from mockserver.cli.option import option
from mockserver.errors import ProjectSettingsError
from mockserver.project_settings import DOCUMENT, SHARED, CommandSettings, ProjectSettings, shown

OF_MODULES = ("handlers", "rules-module")
"""Options whose values are Python modules, which may be in the folder of the settings."""

NAMED_PATHS = "SOURCE="
"""How the metavar of an option begins whose values are paths with a name: `shop=shop.yaml`."""

NO_PATHS = ("none",)
"""Values that are no paths, of options that take paths and something else."""


class WrongSettings(click.ClickException):
    """The settings of the project cannot be used. The exit code is that of wrong options."""

    exit_code = 2


class SettableArgument(click.Argument):
    """An argument that the settings may give too, by its name in the command's table.

    `help` says there what it is. Raises MissingParameter where neither the command line nor the settings give one.
    """

    def __init__(self, declarations: Sequence[str], help: str, **attributes: Any) -> None:
        super().__init__(declarations, required=False, callback=_settable, **attributes)
        self.help = help


Settable = click.Option | SettableArgument
"""What a key of a command's table may set."""


def _settable(context: click.Context, parameter: click.Parameter, given: Any) -> Any:
    if given is None and not context.resilient_parsing:
        place = f"`{parameter.name}` of `{context.command.name}`"
        raise click.MissingParameter(
            f"name one, or set {place} in mockserver.yaml or [tool.mockserver]", context, parameter
        )
    return given


def settings_of(context: click.Context) -> CommandSettings:
    """What the project sets for the command of a context."""
    found: CommandSettings = context.meta[__name__]
    return found


def settings_lines(context: click.Context) -> Iterator[str]:
    """The line that says which file has settings for the command, if there is one."""
    settings = settings_of(context)
    if settings.file is not None:
        yield f"settings: {shown(settings.file)}"


def options_of(command: click.Command) -> dict[str, Settable]:
    """The options of a command that settings may name, by their long names, and such an argument.

    A hidden option is none: it only says what to write in its place.
    """
    named = {_long_name(each): each for each in command.params if isinstance(each, Settable)}
    return {name: one for name, one in named.items() if name not in ("config", "help") and not _is_hidden(one)}


def _is_hidden(option: Settable) -> bool:
    return isinstance(option, click.Option) and option.hidden


def takes_document(command: click.Command) -> bool:
    """Is an argument of the command the `document` of the settings?"""
    return any(each.callback is _documents for each in command.params)


def _long_name(option: Settable) -> str:
    return max(option.opts, key=len).removeprefix("--")


def _apply(context: click.Context, _: click.Parameter, file: Path | None) -> None:
    try:
        context.meta[__name__] = settings = _read(context, file)
        context.default_map = _defaults(context, settings)
    except ProjectSettingsError as fault:
        raise WrongSettings(str(fault)) from None


def _read(context: click.Context, file: Path | None) -> CommandSettings:
    found = ProjectSettings.read(file) if file else ProjectSettings.of(Path.cwd())
    return found.command(context.command.name or "", options_of(context.command))


def _defaults(context: click.Context, settings: CommandSettings) -> dict[str, Any]:
    options = options_of(context.command)
    settings.refuse_unknown((*options, DOCUMENT) if takes_document(context.command) else options)
    return {
        str(options[key].name): _value(context, options[key], settings, key)
        for key in settings.values
        if key in options
    }


def _value(context: click.Context, option: Settable, settings: CommandSettings, key: str) -> Any:
    """The value of a setting as the option takes it. Raises ProjectSettingsError."""
    given: Any = settings.texts(key) if option.multiple else settings.values[key]
    if not option.multiple and (wrong := _wrong_kind(option, given)):
        raise settings.error(key, wrong)
    if _takes_paths(option):
        given = [_path(settings, each) for each in given] if option.multiple else _path(settings, given)
    elif (option.metavar or "").startswith(NAMED_PATHS):
        given = [_named_path(settings, each) for each in given]
    if key in OF_MODULES and settings.file is not None:
        sys.path.insert(0, str(settings.file.parent.absolute()))
    try:
        option.process_value(context, given)
    except click.BadParameter as fault:
        raise settings.error(key, fault.message) from None
    return given


def _wrong_kind(option: Settable, value: Any) -> str:
    """What would be right, for a value of another type than the option has. A number may be written as text."""
    if isinstance(option.type, click.types.BoolParamType):
        return "" if isinstance(value, bool) else "write true or false"
    if isinstance(option.type, click.types.IntParamType):
        return "" if type(value) in (int, str) else "write a whole number"
    if isinstance(option.type, click.types.FloatParamType):
        return "" if type(value) in (int, float, str) else "write a number"
    return "" if isinstance(value, str) else "write a text"


def _takes_paths(option: Settable) -> bool:
    return isinstance(option.type, click.Path) or (option.metavar or "").startswith(("FILE|", "DIR|"))


def _path(settings: CommandSettings, text: str) -> str:
    return text if "://" in text or text in NO_PATHS else str(settings.path(text))


def _named_path(settings: CommandSettings, text: str) -> str:
    """`NAME=PATH`, whose path is one of the settings; anything else is refused by the command."""
    name, equals, path = text.partition("=")
    return f"{name}={_path(settings, path)}" if path else name + equals


config = option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    expose_value=False,
    is_eager=True,
    callback=_apply,
    help="A file with defaults for document and options: mockserver.yaml, or pyproject.toml with [tool.mockserver]. "
    "Without it, the nearest one is read (docs/configuration.md).",
)


def _documents(context: click.Context, parameter: click.Parameter, given: Any) -> Any:
    """The documents of the command line, else those of the settings. Raises MissingParameter and WrongSettings."""
    settings = settings_of(context)
    try:
        known = settings.documents()
    except ProjectSettingsError as fault:
        raise WrongSettings(str(fault)) from None
    if not given:
        return known if parameter.nargs == -1 else _only(context, parameter, known)
    listed = given if parameter.nargs == -1 else (given,)
    if settings.file is not None and not set(map(_place, listed)) <= set(map(_place, known)):
        _forget_shared(context, settings)
    return given


def _place(document: str) -> str:
    """One text for all ways to name a file."""
    path = Path(document)
    return str(path.resolve()) if path.is_file() else document


def _forget_shared(context: click.Context, settings: CommandSettings) -> None:
    """Behaviour and rules of the settings are about their own document."""
    options = options_of(context.command)
    for key in SHARED:
        if key in options and key not in settings.table and context.default_map is not None:
            context.default_map.pop(str(options[key].name), None)


def _only(context: click.Context, parameter: click.Parameter, known: tuple[str, ...]) -> str:
    if not known:
        raise click.MissingParameter(
            f"name a document, or set `{DOCUMENT}` in mockserver.yaml or [tool.mockserver]", context, parameter
        )
    if len(known) > 1:
        raise click.UsageError(f"the settings have several documents; name one of {', '.join(known)}", context)
    return known[0]


def _completed(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """What a shell offers for a document: files, and the vendors whose names begin so.

    bash forgets what comes before the files, and offers no files beside other words.
    """
    vendors = [CompletionItem(name) for name in vendor_files.names() if incomplete and name.startswith(incomplete)]
    return [CompletionItem(incomplete, type="file"), *vendors]


def documents(name: str, metavar: str, *, several: bool = False) -> Callable[[Any], Any]:
    """The argument for a document, or for `several`; without one, the settings say which."""
    nargs = -1 if several else 1
    shown_as = f"[{metavar}]" + ("..." if several else "")
    return click.argument(
        name, nargs=nargs, metavar=shown_as, required=False, callback=_documents, shell_complete=_completed
    )
