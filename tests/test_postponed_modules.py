"""A module that runs when one of its names is used: what is in it comes without it, and nothing of it is missing."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys
from mockserver.lazy_module import postpone
postpone("uvicorn", {"Config": "uvicorn.config", "Server": "uvicorn.server"})
from uvicorn.config import Config
import uvicorn
%s
"""

LATER = 'sys.exit("uvicorn.main" not in sys.modules or sys.modules["uvicorn.main"].run is not uvicorn.run)'

OF_PYTHON = """
import sys
from mockserver.lazy_module import postpone
import logging
from mockserver_start.command import POSTPONED
for name, known in {**POSTPONED, "logging.config": {}}.items():
    postpone(name, known)
%s
"""


def run(program: str) -> subprocess.CompletedProcess[str]:
    """What a program does, without the modules that `site` may import."""
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)


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
def test_a_postponed_package_runs_when_one_of_its_names_is_used(used: str) -> None:
    done = run(PROGRAM % used)

    assert (0, "") == (done.returncode, done.stderr)


@pytest.mark.parametrize(
    "used",
    [
        "import inspect\nassert 'ast' not in sys.modules\nassert str(inspect.signature(run)) == '(a, b=1)'",
        "from inspect import isgenerator\nassert 'ast' not in sys.modules\nassert isgenerator(i for i in '')",
        "import inspect\nassert inspect.isgenerator('') is False\nassert 'signature' in inspect.__all__",
        "import inspect\nassert not inspect.iscoroutinefunction(run) and inspect.iscoroutinefunction(arun)",
        "from inspect import iscoroutinefunction as of\nassert 'ast' not in sys.modules and of(arun) and not of(run)",
        "import asyncio, uvloop\nassert 'ast' not in sys.modules and asyncio.iscoroutinefunction(arun)",
        "from inspect import *\nassert str(signature(run)) == '(a, b=1)' and isgenerator(i for i in '')",
        "import pydoc\nassert 'a, b=1' in pydoc.render_doc(run)",
        "import logging.config\nassert 'pickle' not in sys.modules\nlogging.config.dictConfig({'version': 1})",
        "from logging import config\nassert callable(config.fileConfig)",
        "import typing_extensions\nassert typing_extensions.Required and typing_extensions.override(run) is run",
        "import msgspec\nassert msgspec.json.decode(b'1', type=int) == 1",
        "import linecache\nassert linecache.getline(linecache.__file__, 1) and linecache.cache",
    ],
)
def test_a_postponed_module_of_python_has_all_its_names(used: str) -> None:
    done = run(OF_PYTHON % f"def run(a, b=1): ...\nasync def arun(): ...\n{used}")

    assert (0, "") == (done.returncode, done.stderr)


def test_a_postponed_package_that_is_not_installed_is_missing_as_ever() -> None:
    done = run('from mockserver.lazy_module import postpone\npostpone("no_such", {})\nimport no_such')

    assert "ModuleNotFoundError: No module named 'no_such'" in done.stderr
