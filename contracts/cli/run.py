"""`mockserver run`: run the workflows of an Arazzo description."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from contracts.arazzo.inputs import check_known, given_inputs
from contracts.arazzo.loaded import DescriptionLoader, LoadedDescription, LoadingOptions
from contracts.arazzo.mistakes import ArazzoError
from contracts.arazzo.outcomes import WorkflowRun
from contracts.arazzo.placeholders import masking
from contracts.arazzo.printed import Printer
from contracts.arazzo.report import write_report
from contracts.arazzo.runner import RunStopped, WorkflowRunner
from contracts.cli import options
from contracts.cli.console import say
from contracts.client.target import Exhausted, Unreachable
from contracts.client.users import GivenCredentials
from mockserver.cli.project_options import SettableArgument, config, settings_lines
from mockserver.errors import MockServerError


@click.command()
@click.argument(
    "description",
    cls=SettableArgument,
    type=options.FILE,
    metavar="[DESCRIPTION]",
    help="The Arazzo description, where the command line names none.",
)
@click.option(
    "--url",
    "urls",
    multiple=True,
    metavar="URL|SOURCE=URL",
    help="The address of the service; with several sources, of the one that is named. "
    "Without it, the built-in mock of the document answers, in this process.",
)
@click.option(
    "--source",
    "places",
    multiple=True,
    metavar="SOURCE=FILE|URL",
    help="The document of a source, if it is not where the description says. Can be given several times.",
)
@click.option("--outside", is_flag=True, help="Also fetch the documents that the description names by their URL.")
@click.option(
    "--workflow",
    "wanted",
    multiple=True,
    metavar="ID",
    help="Run only this workflow and those that it depends on. Can be given several times. "
    "The default is every workflow that no other one calls.",
)
@click.option(
    "--input",
    "inputs",
    multiple=True,
    metavar="NAME=VALUE",
    help="An input of the workflows. Can be given several times.",
)
@click.option("--inputs", "inputs_file", type=options.FILE, metavar="FILE", help="A JSON or YAML file with inputs.")
@options.credentials
@options.insecure
@click.option("--strict", is_flag=True, help="A response that breaks the document fails its step.")
@click.option(
    "--max-steps",
    "most_steps",
    default=1000,
    show_default=True,
    type=click.IntRange(1),
    help="Stop after this many steps.",
)
@click.option("--time", "limit", default="10m", show_default=True, metavar="90s|10m", help="Stop after this time.")
@click.option("--timeout", default=30.0, show_default=True, help="Seconds to wait for a response.")
@click.option("--seed", default=0, show_default=True, help="The seed of the built-in mock.")
@click.option(
    "--items",
    default=0,
    show_default=True,
    type=click.IntRange(0, 100_000),
    help="Generate this many items in each collection of the built-in mock before the first step.",
)
@click.option(
    "--report",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder for workflows.json and workflows.xml (JUnit).",
)
@config
@click.option("-v", "--verbose", is_flag=True, help="Print all criteria and outputs, and each request as curl line.")
@click.pass_context
def run(
    context: click.Context,
    /,
    description: Path,
    urls: tuple[str, ...],
    places: tuple[str, ...],
    outside: bool,
    inputs: tuple[str, ...],
    inputs_file: Path | None,
    secrets: tuple[str, ...],
    auth_file: Path | None,
    headers: tuple[str, ...],
    tenants: tuple[str, ...],
    no_auth: bool,
    insecure: bool,
    limit: str,
    timeout: float,
    seed: int,
    items: int,
    folder: Path | None,
    verbose: bool,
    **bounds: Any,
) -> None:
    """Run the workflows of an Arazzo DESCRIPTION against a mock or a service.

    Requests are sent to --url, or to the built-in mock of each document; the servers in the documents are not used.
    Exit code 0: every workflow passed; 1: one failed; 2: they could not be run to their end.
    """
    for line in settings_lines(context):
        say(line, err=True)
    try:
        loading = LoadingOptions(
            dict(map(_named, urls)),
            dict(map(_placed, places)),
            GivenCredentials(secrets, headers, tenants, auth_file, no_auth, insecure),
            outside,
            timeout,
            time.monotonic() + options.seconds_of(limit),
            seed=seed,
            items=items,
            insecure=insecure,
        )
        given = given_inputs(inputs, inputs_file)
        with DescriptionLoader(loading) as loader:
            done = _run(loader, loader.load(description), given, folder, verbose=verbose, **bounds)
    except (MockServerError, click.ClickException) as fault:
        say(f"cannot run: {fault if isinstance(fault, MockServerError) else fault.message}", err=True)
        context.exit(2)
    context.exit(done.exit_code)


def _run(
    loader: DescriptionLoader,
    loaded: LoadedDescription,
    given: dict[str, Any],
    folder: Path | None,
    *,
    wanted: Sequence[str],
    verbose: bool,
    strict: bool,
    most_steps: int,
) -> WorkflowRun:
    """Run the workflows and print each when it has run. Raises InputError or ArazzoError before the first request."""
    began, services = time.monotonic(), tuple(loader.shown())
    ids = wanted or loaded.uncalled()
    printer = Printer(loaded, given, verbose=verbose)
    runner = WorkflowRunner(loaded, given, _usual(loaded), most_steps=most_steps, strict=strict)
    chosen = [loaded.workflow(id) for id in ids]
    check_known(given, [workflow for _, workflow in chosen], loaded.description)
    for owner, workflow in chosen:
        runner.inputs(owner, workflow)
    printer.head(services)
    done, stopped = [], ""
    try:
        for id in ids:
            for outcome in runner.run(id):
                done.append(outcome)
                printer.workflow(outcome)
    except (RunStopped, Exhausted, Unreachable) as fault:
        stopped = str(fault)
    seconds = time.monotonic() - began
    finished = WorkflowRun(loaded.description.title, loaded.description.file, services, tuple(done), seconds, stopped)
    printer.end(finished)
    if folder is not None:
        write_report(finished, folder, masking(loaded, given))
        say(f"report: {folder / 'workflows.json'}")
    return finished


def _usual(loaded: LoadedDescription) -> dict[str, str]:
    """The secrets of the users, by the names that `mockserver check` gives them in the workflows that it writes."""
    users = [user for each in loaded.services.values() for user in each.target.users]
    return {veil[2:-1]: secret for user in reversed(users) for secret, veil in user.placeholders.items()}


def _named(text: str) -> tuple[str, str]:
    """The source and address of `NAME=URL`; an address alone is of the only source."""
    name, equals, url = text.partition("=")
    return (name, url) if equals and "/" not in name else ("", text)


def _placed(text: str) -> tuple[str, str]:
    name, equals, place = text.partition("=")
    if not equals or not name or not place:
        raise ArazzoError(f"--source must be NAME=FILE, not {text!r}")
    return name, place
