"""What must stay true of the whole tree: which part may know which other, and what files are called.

The drawing of the arrows is in ARCHITECTURE.md; this file is what keeps it true.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

ARROWS = (
    "lazy_module", "lazy_pattern", "document_cache", "printed_text", "errors", "reason_phrases", "suggestions",
    "loopback", "address_guard", "durations", "amounts", "rules", "document_paths", "vendor_files", "openapi",
    "project_settings", "editor_schemas", "behaviour", "examples", "inference", "contract", "webhooks", "deliveries",
    "messages", "state", "stores", "handlers", "sandbox", "vendors", "dashboard", "web", "telemetry", "__init__", "cli",
    "__main__",
    "pytest_plugin",
)  # fmt: skip
"""The parts of the mock from the inside out: each may import those before it and itself."""

BESIDE = {
    "mcp_sync": (
        "lazy_module",
        "printed_text",
        "errors",
        "reason_phrases",
        "address_guard",
        "rules",
        "messages",
        "state",
        "handlers",
    ),
    "client": ("printed_text", "errors", "suggestions"),
    "agent_tools": ("printed_text", "errors", "loopback", "openapi", "client", "suggestions"),
}
"""Parts beside the row, with all that each may import."""

MAY_IMPORT_BESIDE = ("vendors", "cli", "pytest_plugin")
"""The parts that may import what is beside the row. The core knows only the port `handlers/outside.py`."""

CONTRACTS_MAY_IMPORT = (
    "printed_text", "errors", "rules", "vendor_files", "openapi", "project_settings", "editor_schemas", "behaviour",
    "examples", "inference", "contract", "webhooks",
)  # fmt: skip
"""A contract check reaches its target through HTTP. It knows how documents are read, and what may be wrong with one."""

FOR_COMMANDS = ("mockserver.cli.counted.", "mockserver.cli.lazy_command.", "mockserver.cli.project_options.")
"""What commands are written in that `mockserver` gets from another package; it imports nothing of the mock."""

FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}

EXTRA_OF = {
    "mcp_sync": ("live",),
    "agent_tools": ("live",),
    "contracts": ("check",),
    "cli": ("https",),
    "stores": ("redis",),
    "telemetry": ("metrics", "otel"),
    "pytest_plugin": ("pytest",),
}
"""Which extras of pyproject.toml a part may count on, beside the dependencies that are always there."""

LONGEST_FUNCTION = 60
LONGEST_FILE = 400


@dataclass(frozen=True)
class Import:
    """One import statement of a file: the full name of what is imported, and where it is.

    `hidden` is true inside a function. Imports under `if TYPE_CHECKING` count like any other.
    """

    file: str
    line: int
    name: str
    hidden: bool

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.name}"


@cache
def files(*packages: str) -> list[Path]:
    return sorted(path for package in packages for path in (ROOT / package).rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def imports(path: Path) -> list[Import]:
    file = path.relative_to(ROOT).as_posix()
    hidden = {id(inner) for function in functions(path) for inner in ast.walk(function)}
    return [
        Import(file, node.lineno, name, id(node) in hidden) for node in ast.walk(tree(path)) for name in imported(node)
    ]


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, "relative imports hide the arrows"
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


@cache
def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


@cache
def part(name: str) -> str:
    """The part of the mock that a dotted name or a file belongs to: `mockserver.openapi.lint` to `openapi`."""
    steps = name.removesuffix(".py").replace("/", ".").split(".")
    return steps[1] if len(steps) > 1 and (found(steps[:2]) is not None) else "__init__"


@cache
def module(name: str) -> str | None:
    """The module of ours that an imported name is, or is defined in; None for foreign ones."""
    steps = name.split(".")
    while steps and found(steps) is None:
        steps.pop()
    return ".".join(steps) or None


def found(steps: list[str]) -> Path | None:
    place = ROOT.joinpath(*steps)
    choices = (place.with_suffix(".py"), place / "__init__.py")
    return next((choice for choice in choices if choice.is_file()), None)


def allowed(importer: str) -> tuple[str, ...]:
    if importer in BESIDE:
        return (*BESIDE[importer], importer)
    beside = tuple(BESIDE) if importer in MAY_IMPORT_BESIDE else ()
    return ARROWS[: ARROWS.index(importer) + 1] + beside


def ours(path: Path, package: str) -> list[Import]:
    return [each for each in imports(path) if each.name.split(".")[0] == package]


def test_every_part_of_the_mock_has_its_place_among_the_arrows() -> None:
    assert {part(path.relative_to(ROOT).as_posix()) for path in files("mockserver")} <= {*ARROWS, *BESIDE}


@pytest.mark.parametrize("importer", [*ARROWS, *BESIDE])
def test_a_part_imports_only_what_lies_further_inside(importer: str) -> None:
    belonging = [path for path in files("mockserver") if part(path.relative_to(ROOT).as_posix()) == importer]
    wrong = [
        str(each) for path in belonging for each in ours(path, "mockserver") if part(each.name) not in allowed(importer)
    ]

    assert [] == wrong


def test_only_vendors_and_the_command_line_import_mcp_sync() -> None:
    importing = [
        each for path in files("mockserver") for each in ours(path, "mockserver") if part(each.name) == "mcp_sync"
    ]

    assert {"mcp_sync", "vendors", "cli"} == {part(each.file) for each in importing}


def test_the_port_to_outside_services_says_nothing_about_mcp() -> None:
    port = (ROOT / "mockserver/handlers/outside.py").read_text(encoding="utf-8")
    code = port.replace(ast.get_docstring(ast.parse(port), clean=False) or "", "")

    assert re.search("mcp|oauth", code, re.IGNORECASE) is None


def loaded(name: str, own: str) -> Iterator[str]:
    """The modules of ours that an import loads for the module `own`: its target, and the packages around the target.

    The packages around `own` itself are loaded before it.
    """
    steps = (module(name) or "").split(".")
    for end in range(1, len(steps) + 1):
        target = ".".join(steps[:end])
        if target and not f"{own}.".startswith(f"{target}."):
            yield target


def test_no_module_imports_itself_by_a_detour_not_even_for_types() -> None:
    graph: dict[str, set[str]] = {}
    for path in files("mockserver", "contracts"):
        own = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        graph[own] = {package for each in imports(path) for package in loaded(each.name, own)}

    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(reversed(error.args[1])))


def test_an_examination_knows_of_the_mock_only_how_documents_are_read() -> None:
    wrong = [
        str(each)
        for path in files("contracts")
        for each in ours(path, "mockserver")
        if part(each.name) not in CONTRACTS_MAY_IMPORT and not each.name.startswith(FOR_COMMANDS)
    ]

    assert [] == wrong


@pytest.mark.parametrize("foreign", ["contracts", "schemathesis", "hypothesis", "pytest", "tests"])
def test_the_mock_never_imports_what_examines_it(foreign: str) -> None:
    mock = [path for path in files("mockserver") if path.name != "checks.py" or "vendors" not in path.parts]
    # pytest itself loads this part: without pytest, nothing imports it.
    plugin = ROOT / "mockserver/pytest_plugin"
    importing = {path for path in mock for _ in ours(path, foreign)}

    assert [] == [str(path) for path in importing if foreign != "pytest" or plugin not in path.parents]


def test_only_the_web_layer_knows_connexion() -> None:
    outside = [path for path in files("mockserver", "contracts") if (ROOT / "mockserver/web") not in path.parents]

    assert [] == [str(each) for path in outside for each in ours(path, "connexion")]


def test_the_servers_that_bugs_are_planted_in_are_written_independently_of_the_mock() -> None:
    servers = [path for path in files("tests/planted_bugs") if path.name not in ("run.py", "schemathesis_alone.py")]

    assert {"basedash.py", "datagrid.py", "gaia.py", "notes.py", "piper.py"} < {path.name for path in servers}
    assert [] == [str(each) for path in servers for own in ("mockserver", "contracts") for each in ours(path, own)]


def test_no_import_of_our_own_hides_in_a_function() -> None:
    wrong = [
        str(each)
        for path in files("mockserver", "contracts")
        for each in imports(path)
        if each.hidden and module(each.name)
    ]

    assert [] == wrong


def test_files_are_named_after_what_they_hold() -> None:
    named = [
        path for path in files("mockserver", "contracts", "tests") if {path.stem, path.parent.name} & FORBIDDEN_NAMES
    ]

    assert [] == named


def test_no_class_name_is_used_twice() -> None:
    places: dict[str, list[str]] = {}
    for path in files("mockserver", "contracts"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(f"{path.relative_to(ROOT)}:{node.lineno}")

    assert {} == {name: found for name, found in places.items() if len(found) > 1}


def is_table(value: ast.expr | None) -> bool:
    """A tuple, list, set or dict as it is written, or one that a function is called with: `frozenset({…})`."""
    if isinstance(value, ast.Call):
        return any(map(is_table, value.args))
    return isinstance(value, ast.Tuple | ast.List | ast.Set | ast.Dict)


def test_only_tables_are_laid_out_by_hand() -> None:
    by_hand, tables = set(), set()
    for path in files("mockserver", "contracts"):
        lines = path.read_text(encoding="utf-8").splitlines()
        by_hand |= {(path, number) for number, line in enumerate(lines, 1) if re.search(r"# fmt: (skip|off)", line)}
        for node in tree(path).body:
            if isinstance(node, ast.Assign | ast.AnnAssign) and is_table(node.value):
                tables.add((path, node.end_lineno))

    assert [] == [f"{path.relative_to(ROOT)}:{number}" for path, number in sorted(by_hand - tables)]


def test_no_function_is_too_long_to_read_at_once() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}"
        for path in files("mockserver", "contracts")
        for function in functions(path)
        if (function.end_lineno or 0) - function.lineno >= LONGEST_FUNCTION
    ]

    assert [] == long


def test_no_file_holds_more_than_one_thing_can_need() -> None:
    lines = {path: path.read_text(encoding="utf-8").count("\n") for path in files("mockserver", "contracts")}

    assert [] == [f"{path.relative_to(ROOT)}: {count}" for path, count in lines.items() if count > LONGEST_FILE]


@cache
def declared(*extras: str) -> set[str]:
    """The distributions that pyproject.toml names as dependencies, with those of the extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = project["optional-dependencies"]
    lines = project["dependencies"] + [line for extra in extras for line in optional[extra]]
    return {canonical(re.split(r"[\[<>=~! ]", line, maxsplit=1)[0]) for line in lines}


def canonical(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def test_whatever_the_product_imports_is_declared_where_it_is_needed() -> None:
    providers = packages_distributions()
    wrong = []
    for path in files("mockserver", "contracts"):
        own = {part(path.relative_to(ROOT).as_posix()), path.relative_to(ROOT).parts[0]}
        available = declared(*(extra for key in own & EXTRA_OF.keys() for extra in EXTRA_OF[key]))
        for each in imports(path):
            top = each.name.split(".")[0]
            if top in sys.stdlib_module_names or top in ("mockserver", "mockserver_start", "contracts"):
                continue
            if not available & {canonical(name) for name in providers.get(top, [])}:
                wrong.append(str(each))

    assert [] == wrong


APART = frozenset(
    {
        "connexion", "contracts", "flask_swagger_ui", "httpcore", "httpx", "hypothesis", "jinja2", "mcp",
        "openapi_core", "pytest", "requests", "schemathesis", "sqlite3",
    }
)  # fmt: skip
"""What the first reply needs nothing of (docs/adr/0023-lazy-host.md)."""


ASK_ADMIN = """
import asyncio

async def send(message):
    if "status" in message:
        print(message["status"])

async def receive():
    return {"type": "http.request", "body": b""}

scope = {
    "type": "http", "method": "GET", "path": "/_mock/services", "raw_path": b"/_mock/services", "query_string": b"",
    "headers": [(b"host", b"localhost")], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "root_path": "",
    "scheme": "http", "http_version": "1.1", "asgi": {"version": "3.0"},
}
asyncio.run(app(scope, receive, send))
"""
"""Asks the admin API of `app`, which needs no Connexion, and prints the status."""


def test_starting_the_mock_loads_neither_the_examination_nor_what_few_requests_need() -> None:
    code = "import sys, mockserver, mockserver.cli.serve\napp = mockserver.create_app('basedash')\n"
    code += f"print(*(name for name in {sorted(APART)!r} if name in sys.modules))\n"
    code += ASK_ADMIN + "print('connexion' in sys.modules)\napp.prepare()\nprint('connexion' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False
    )

    assert (0, "\n200\nFalse\nTrue\n", "") == (done.returncode, done.stdout, done.stderr)
