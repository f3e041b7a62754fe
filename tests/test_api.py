"""The public API: one list of names, documented and typed."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "api.md"
PROGRAM = "tests/typing/public_api.py"
CLIENT_PROGRAM = "tests/typing/client_api.py"
PACKAGES = ("mockserver", "mockserver.client", "contracts")


def documented(package: str) -> set[str]:
    """The names in the tables below the package's heading in docs/api.md."""
    section = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    text = next((part for part in section if part.startswith(f"`{package}`\n")), "")
    cells = re.findall(r"^\| (`.+?) \|", text, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}


def typed(package: str) -> set[str]:
    """The names that type checkers see: those that the package's `__init__.py` imports from our packages."""
    tree = ast.parse((ROOT / package.replace(".", "/") / "__init__.py").read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {
        alias.asname or alias.name
        for node in imports
        if (node.module or "").split(".")[0] in ("mockserver", "contracts")
        for alias in node.names
    }


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_is_exported_typed_and_documented(package: str) -> None:
    module = import_module(package)

    assert sorted(module.__all__) == module.__all__
    assert set(module.__all__) == typed(package)
    assert set(module.__all__) == documented(package)
    assert all(hasattr(module, name) for name in module.__all__)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_name_that_is_not_public_is_an_attribute_error(package: str) -> None:
    module = import_module(package)

    with pytest.raises(AttributeError, match=f"module '{package}' has no attribute 'nothing'"):
        _ = module.nothing


@pytest.mark.parametrize("package", PACKAGES)
def test_a_typed_program_uses_every_public_name(package: str) -> None:
    program = ROOT / (CLIENT_PROGRAM if package == "mockserver.client" else PROGRAM)
    used = {node.id for node in ast.walk(ast.parse(program.read_text())) if isinstance(node, ast.Name)}

    assert set() == set(import_module(package).__all__) - used


def test_importing_the_packages_imports_nothing_else_of_them() -> None:
    code = (
        "import sys, mockserver, contracts\n"
        "print(*sorted(name for name in sys.modules if name.startswith(('mockserver.', 'contracts.'))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)

    assert "" == done.stdout.strip()


@pytest.mark.parametrize(
    "command",
    [["mypy", PROGRAM, CLIENT_PROGRAM], ["pyright", "--pythonpath", sys.executable]],
    ids=lambda command: command[0],
)
def test_programs_that_use_the_public_api_pass_the_type_checkers(command: list[str]) -> None:
    program = shutil.which(command[0], path=str(Path(sys.executable).parent))
    if program is None:
        pytest.skip(f"{command[0]} is not installed: it is in the extra `dev`")
    done = subprocess.run([program, *command[1:]], capture_output=True, text=True, check=False, cwd=ROOT, timeout=300)

    assert 0 == done.returncode, done.stdout + done.stderr
    assert re.search("no issues found in 2 source files|0 errors, 0 warnings", done.stdout), done.stdout
