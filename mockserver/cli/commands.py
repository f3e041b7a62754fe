"""The command line: `mockserver serve`, `mockserver specs`. Other packages add commands as entry points."""

from __future__ import annotations

import asyncio
import gc
import ipaddress
import logging
import pkgutil
import secrets
import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import click
import uvicorn

from mockserver import contract as contracts
from mockserver import inference
from mockserver.behaviour import reference_page
from mockserver.cli import startup_banner
from mockserver.cli import state_file as state_file_module
from mockserver.cli.reload import Reload, Watch
from mockserver.contract import Contract, ReadingOptions
from mockserver.errors import MockServerError
from mockserver.mcp_port import Prober
from mockserver.openapi import bundled
from mockserver.openapi.unsupported import not_honoured
from mockserver.web.app import Sandbox, create_app
from mockserver.web.service import ServiceSettings
from mockserver.web.serving.uvicorn_protocol import MockHttpProtocol

PROBERS = {
    "simulated": "mockserver.mcp_sync.simulated:SimulatedProber",
    "live": "mockserver.mcp_sync.live_thread:live",
    "off": "mockserver.mcp_sync.off:OffProber",
}
"""What asks MCP servers, by the name that `--sync` uses."""

COMMANDS = "mockserver.commands"
"""The entry point group from which more commands come (`check` is one)."""


class Commands(click.Group):
    """Commands of this file, and those that installed packages add."""

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted({*super().list_commands(context), *(entry.name for entry in entry_points(group=COMMANDS))})

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        own = super().get_command(context, name)
        if own is not None:
            return own
        for entry in entry_points(group=COMMANDS, name=name):
            return _loaded(entry)
        return None


def _loaded(entry: Any) -> click.Command:
    try:
        command: click.Command = entry.load()
    except ModuleNotFoundError as fault:
        missing = fault.name
        raise click.ClickException(f"`{entry.name}` needs {missing}: pip install 'mockserver[check,live]'") from None
    return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="mockserver", message="%(prog)s %(version)s")
def main() -> None:
    """Stand in for HTTP APIs from their OpenAPI documents, and examine real ones against them."""


@main.command()
@click.argument("documents", nargs=-1, metavar="[VENDOR|DOCUMENT]...")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535))
@click.option("--seed", type=int, help="Make ids, time and chance repeatable.")
@click.option(
    "--state",
    "state_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Create the items of this file at start.",
)
@click.option(
    "--behaviour",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An overlay on top of what is known of the behaviour.",
)
@click.option("--lenient", is_flag=True, help="Serve what is sound of a document that is not, and list the rest.")
@click.option("--outside", is_flag=True, help="Read parts of a document outside of its folder and from addresses.")
@click.option("--rate-limits/--no-rate-limits", default=True, show_default=True, help="Keep the documented limits.")
@click.option(
    "--sync",
    "sync_mode",
    type=click.Choice(sorted(PROBERS)),
    default="simulated",
    show_default=True,
    help="Ask MCP servers: not really, really, or not at all.",
)
@click.option("--sync-allow", multiple=True, metavar="HOST|CIDR", help="What live sync may reach beside loopback.")
@click.option("--sync-deadline", default=10.0, show_default=True, help="Seconds that a reply waits for an MCP server.")
@click.option("--allow-stdio", is_flag=True, help="Let live sync run the commands of registrations. Dangerous.")
@click.option(
    "--items",
    default=0,
    show_default=True,
    type=click.IntRange(0, 100_000),
    help="Start each collection with so many generated items.",
)
@click.option("--materialize", is_flag=True, help="Make up the item behind an id that nobody created.")
@click.option("--max-body", default=10 * 1024 * 1024, show_default=True, help="Largest request body in bytes.")
@click.option("--access-log", is_flag=True, help="Write a line for each request.")
@click.option("--watch", is_flag=True, help="Serve the new version when a document or behaviour file changes.")
def serve(
    documents: tuple[str, ...],
    host: str,
    port: int,
    seed: int | None,
    state_file: Path | None,
    behaviour: tuple[Path, ...],
    lenient: bool,
    outside: bool,
    rate_limits: bool,
    sync_mode: str,
    sync_allow: tuple[str, ...],
    sync_deadline: float,
    allow_stdio: bool,
    items: int,
    materialize: bool,
    max_body: int,
    access_log: bool,
    watch: bool,
) -> None:
    """Serve stand-ins for vendors (all of them when none is named) or for OpenAPI documents."""
    gc.disable()  # what is made at start stays: looking through it again and again takes a third of the time
    token = None if is_loopback(host) else secrets.token_urlsafe(24)
    try:
        sandbox = create_app(
            *documents,
            behaviour=behaviour,
            seed=seed,
            token=token,
            prober=_prober(sync_mode, sync_allow, allow_stdio),
            reading=ReadingOptions(lenient, outside),
            settings=ServiceSettings(rate_limits, max_body, sync_deadline, items, materialize),
        )
        loaded = asyncio.run(state_file_module.load(state_file, sandbox.services)) if state_file else 0
    except MockServerError as fault:
        raise click.ClickException(str(fault)) from None
    for service in sandbox.services.values():
        _tell_flaws(service.contract)
    run(sandbox, host, port, token, loaded, access_log=access_log, watch=watch)


def _tell_flaws(contract: Contract) -> None:
    """Say on standard error what is wrong with a document and what of it is not served or not acted on."""
    flaws = [flaw for flaw in contract.flaws if flaw.severity == "tolerable"]
    for line in (*contract.left_out, *flaws[:TOLD], *not_honoured(contract.document)):
        click.echo(str(line), err=True)
    if len(flaws) > TOLD:
        click.echo(f"{contract.document.file}: {len(flaws) - TOLD} more small faults", err=True)


TOLD = 20
"""How many small faults of a document are told one by one."""


@main.command()
@click.argument("document", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-o", "--output", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="Write it there.")
@click.option("--lenient", is_flag=True, help="Take what is sound of a document that is not.")
@click.option("--outside", is_flag=True, help="Read parts of a document outside of its folder and from addresses.")
def infer(document: Path, output: Path | None, lenient: bool, outside: bool) -> None:
    """Print what a document lets one guess about behaviour, as a behaviour file to correct (serve --behaviour FILE)."""
    try:
        contract = contracts.of(document, reading=ReadingOptions(lenient, outside))
    except MockServerError as fault:
        raise click.ClickException(str(fault)) from None
    _tell_flaws(contract)
    text = inference.written(inference.infer(contract.document, contract.schemas, contract.examples))
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")


def _prober(mode: str, allow: tuple[str, ...], allow_stdio: bool) -> Prober:
    """The prober of a mode; the live one is imported only when it is asked for, because it brings the MCP SDK."""
    if mode != "live" and (allow or allow_stdio):
        raise click.UsageError("--sync-allow and --allow-stdio need --sync live")
    try:
        kind = pkgutil.resolve_name(PROBERS[mode])
    except ModuleNotFoundError as fault:
        raise click.ClickException(f"--sync live needs {fault.name}: pip install 'mockserver[live]'") from None
    prober: Prober = kind(allow, allow_stdio=allow_stdio) if mode == "live" else kind()
    if allow_stdio:
        click.echo("--allow-stdio: whoever can call this sandbox can run any command as you")
    return prober


def run(
    sandbox: Sandbox, host: str, port: int, token: str | None, loaded: int, *, access_log: bool, watch: bool
) -> None:
    """Listen until Ctrl-C. The greeting is printed when the port is open, so that its addresses are true."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    config = uvicorn.Config(
        sandbox,
        host=host,
        port=port,
        log_level="warning",
        access_log=access_log,
        lifespan="on",
        http=MockHttpProtocol,
        ws="none",
        proxy_headers=False,
        server_header=False,
    )
    if access_log:
        config.log_level = "info"
    gc.freeze()
    gc.enable()
    gc.set_threshold(10_000, 2, 1_000)  # what is remembered lives long: it is looked through while it is new

    def greet(bound: int) -> Iterator[str]:
        base = startup_banner.address(host, bound)
        sandbox.receive_oauth_at(base)
        return startup_banner.lines(sandbox, base, token, loaded)

    server = _Server(config, greet, Watch(sandbox, _tell) if watch else None)
    try:
        server.run()
    except KeyboardInterrupt:
        click.echo("stopped")
    if not server.started:
        sys.exit(1)


def _tell(news: Reload | MockServerError) -> None:
    """Say at the terminal what came of a change of the documents."""
    if isinstance(news, MockServerError):
        click.echo(f"not reloaded, the version before is still served: {news}", err=True)
        return
    for service in news.services.values():
        _tell_flaws(service.contract)
    for line in startup_banner.reloaded(news):
        click.echo(line)


class _Server(uvicorn.Server):
    """A uvicorn server that says where it can be reached once it can, and follows its documents where it is to."""

    def __init__(self, config: uvicorn.Config, greet: Any, watch: Watch | None) -> None:
        super().__init__(config)
        self._greet, self._watch = greet, watch
        self._watching: asyncio.Task[None] | None = None

    async def shutdown(self, sockets: Any = None) -> None:
        if self._watching is not None:
            self._watching.cancel()
        await super().shutdown(sockets)

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started and self.servers:
            if self._watch is not None:
                self._watching = asyncio.create_task(self._watch.run())
            port = self.servers[0].sockets[0].getsockname()[1]
            for line in self._greet(port):
                click.echo(line)


def is_loopback(host: str) -> bool:
    """Is the address one that only this machine can reach?"""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@main.command("demo-mcp")
@click.option("--port", default=8931, show_default=True, type=click.IntRange(0, 65535))
@click.option("--auth", type=click.Choice(["none", "bearer", "oauth"]), default="none", show_default=True)
@click.option("--transport", type=click.Choice(["http", "sse"]), default="http", show_default=True)
@click.option("--tools", default=3, show_default=True, type=click.IntRange(0, 500), help="How many tools it has.")
@click.option("--misbehave", default="", metavar="KIND", help="Do what no server should (see docs/live-sync.md).")
def demo_mcp(port: int, auth: str, transport: str, tools: int, misbehave: str) -> None:
    """Run a real MCP server to register and to play with."""
    try:
        demo = pkgutil.resolve_name("mockserver.mcp_sync.demo_server:Demo")
        demo(auth=auth, transport=transport, tools=tools, misbehave=misbehave).run(port)
    except ModuleNotFoundError as fault:
        raise click.ClickException(f"this needs {fault.name}: pip install 'mockserver[live]'") from None
    except (MockServerError, OSError) as fault:
        raise click.ClickException(str(fault)) from None
    except KeyboardInterrupt:
        click.echo("stopped")


@main.group(invoke_without_command=True)
@click.pass_context
def specs(context: click.Context) -> None:
    """List the vendors that come with this program."""
    if context.invoked_subcommand is None:
        for name in bundled.vendors():
            document = contracts.of(name).document
            click.echo(f"{name:10} {len(document.operations):3} operations  {document.title} {document.version}")


@specs.command()
@click.argument("document", metavar="VENDOR|DOCUMENT")
def show(document: str) -> None:
    """Print the operations and behaviours of a vendor, each with its evidence."""
    try:
        contract = contracts.of(document)
    except MockServerError as fault:
        raise click.ClickException(str(fault)) from None
    for line in startup_banner.description(contract):
        click.echo(line)


@specs.command("vocabulary")
def print_vocabulary() -> None:
    """Print the page about the keys of behaviour files (docs/behaviour.md)."""
    for line in reference_page.page():
        click.echo(line)


if __name__ == "__main__":
    main()
