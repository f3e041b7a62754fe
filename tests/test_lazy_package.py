"""A package that is run when one of its names is used: its modules come without it, and nothing of it is missing."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys
from mockserver.lazy_module import lazy_package
lazy_package("uvicorn", {"Config": "uvicorn.config", "Server": "uvicorn.server"})
from uvicorn.config import Config
import uvicorn
%s
"""

LATER = 'sys.exit("uvicorn.main" not in sys.modules or sys.modules["uvicorn.main"].run is not uvicorn.run)'


@pytest.mark.parametrize(
    "used",
    [
        "sys.exit(uvicorn.Config is not Config or 'uvicorn.main' in sys.modules)",
        f"from uvicorn import Server\nassert 'uvicorn.main' not in sys.modules\nfrom uvicorn import run\n{LATER}",
        f"assert uvicorn.__version__\nassert uvicorn.Config is Config\n{LATER}",
        f"assert not hasattr(uvicorn, 'nothing')\n{LATER}",
        f"import importlib\nassert importlib.import_module('uvicorn.main')\nassert uvicorn.run\n{LATER}",
    ],
)
def test_a_lazy_package_runs_when_one_of_its_names_is_used(used: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM % used], capture_output=True, text=True, timeout=60, check=False
    )

    assert (0, "") == (done.returncode, done.stderr)


def test_a_lazy_package_that_is_not_installed_is_missing_as_ever() -> None:
    program = 'from mockserver.lazy_module import lazy_package\nlazy_package("no_such", {})\nimport no_such'
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)

    assert "ModuleNotFoundError: No module named 'no_such'" in done.stderr


def run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
