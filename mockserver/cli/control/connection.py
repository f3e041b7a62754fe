"""The options by which a command finds a running sandbox, and its errors."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple

import click
import msgspec

from mockserver.client import Namespace, Sandbox, SandboxError
from mockserver.printed_text import CONTROLS
from mockserver.suggestions import nearest

URL = "http://127.0.0.1:8080"

UNAUTHORIZED, NOT_FOUND = 401, 404

MISTYPED = "did you mean"
"""What a sandbox says of a name that is like another one."""


class SandboxConnection(NamedTuple):
    """A running sandbox; `name` is the namespace that the user names, None without one.

    `unused` says that no namespace of that name is in use, and which one may be meant; empty if it is.
    """

    sandbox: Sandbox
    name: str | None
    unused: str = ""

    @property
    def namespace(self) -> Namespace:
        """The named namespace, else the default one."""
        return self.sandbox.namespace(self.name) if self.name is not None else self.sandbox.default


def connected(command: Callable[..., None], *, notes: bool = True) -> Callable[..., None]:
    """Give a command the options of a running sandbox; the command gets a SandboxConnection first.

    With `notes`, a note says which namespace was likely meant by the name of one that is not in use.
    """

    @click.option("--url", envvar="MOCKSERVER_URL", default=URL, show_default=True, help="Where the sandbox listens.")
    @click.option("--namespace", metavar="NAME", help="The namespace (the header Mock-Namespace of requests).")
    @click.option(
        "--token", envvar="MOCKSERVER_TOKEN", help="The token that a sandbox prints when other machines can reach it."
    )
    @click.option("--insecure", is_flag=True, help="Accept any certificate, as that of `mockserver serve --https` is.")
    @wraps(command)
    def call(url: str, namespace: str | None, token: str | None, insecure: bool, **given: Any) -> None:
        try:
            with Sandbox(url, token=token, verify=not insecure) as sandbox:
                unused = _unused(sandbox, namespace)
                if notes and MISTYPED in unused:
                    click.echo(f"note: {unused}", err=True)
                command(SandboxConnection(sandbox, namespace, unused), **given)
        except SandboxError as error:
            raise click.ClickException(_told(error)) from None

    return call


def _unused(sandbox: Sandbox, namespace: str | None) -> str:
    """What the sandbox says of a namespace that is not in use: no client may ever be in one that is mistyped."""
    try:
        if namespace is not None:
            sandbox.namespace(namespace).status()
    except SandboxError as error:
        if error.status != NOT_FOUND:
            raise
        return str(error)
    return ""


def note_mistyped_tenant(namespace: Namespace, service: str | None, tenant: str | None) -> None:
    """Print a note where nothing is stored for a tenant, and one with a similar name has items."""
    if tenant is None:
        return
    known = sorted({each for tenants in namespace.all_state(service=service).values() for each in tenants})
    near = nearest(tenant, known)
    if near and tenant not in known:
        click.echo(f"note: nothing is stored for the tenant {tenant!r}; did you mean {near!r}?", err=True)


def _told(error: SandboxError) -> str:
    """The message of an error, with what to do about a missing token, and in the words of the command line."""
    if error.status == UNAUTHORIZED:
        return f"{error}; give it with --token or in MOCKSERVER_TOKEN"
    return str(error).replace("`invalid: true` beside `then`", "--invalid")


class JsonText(click.ParamType):  # type: ignore[type-arg]  # older versions of click have no argument
    """JSON on the command line, or `@FILE` with a file of JSON."""

    name = "JSON|@FILE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The value. Fails with the place of a mistake."""
        if not isinstance(value, str):
            return value
        try:
            return json.loads(Path(value[1:]).read_text(encoding="utf-8") if value.startswith("@") else value)
        except OSError as error:
            self.fail(f"{value[1:]}: {error.strerror}", param, ctx)
        except ValueError as error:
            self.fail(f"this is no JSON: {error}", param, ctx)


def print_json(value: Any) -> None:
    """Print a value as indented JSON."""
    click.echo(json_text(value, indent=2))


def json_text(value: Any, *, indent: int | None = None) -> str:
    """A value as JSON. Characters that would move the cursor are escaped; in JSON they are only in texts."""
    text = json.dumps(msgspec.to_builtins(value), indent=indent, ensure_ascii=False)
    return CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
