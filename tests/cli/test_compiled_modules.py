"""The file with the compiled code of a start: it is used by the next one, and what it has is never stale."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.process import COMMAND, READY, ROOT, Processes

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot read a file at a place")

FOUND = """
import sys
from mockserver_start import compiled_modules
compiled_modules.install()
import mockserver.cli.serve
for name in ("mockserver.web.app", "asyncio.events", "click.core"):
    print(name, type(sys.modules[name].__spec__.loader).__name__, sys.modules[name].__file__)
"""

KEPT = """
import sys
sys.path[:0] = {folders!r}
from mockserver_start import compiled_modules
compiled_modules.install()
import kept, json.encoder
from kept import *
print(type(kept.m0.__spec__.loader).__name__, kept.m0.value(), kept.inner.__path__ == [kept.__path__[0] + "/inner"])
print(kept.m0.value.__code__.co_filename == kept.m0.__file__, kept.m0.__cached__ is not None)
compiled_modules.keep(tuple(sys.modules))
"""

BY_PYTHON = "SourceFileLoader"
FROM_THE_FILE = "CompiledLoader"


class Installed:
    """An installed package of many modules, in a process that keeps compiled files in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sources = folder / "site-packages"
        self.write(self.sources, "first")

    def write(self, sources: Path, value: str) -> None:
        package = sources / "kept"
        (package / "inner").mkdir(parents=True)
        names = [f"m{number}" for number in range(20)]
        (package / "__init__.py").write_text(f"__all__ = {[*names, 'inner']}\n")
        (package / "inner/__init__.py").write_text("")
        for name in names:
            (package / f"{name}.py").write_text(f"def value():\n    return {value!r}\n")

    @property
    def file(self) -> Path:
        [found] = self.folder.rglob("*.modules")
        return found

    def run(self, *before: Path, options: tuple[str, ...] = ()) -> list[str]:
        """What the program prints: which loader, which value, and that the module looks as any other."""
        program = KEPT.format(folders=[str(folder) for folder in (*before, self.sources)])
        compiled = {"PYTHONPYCACHEPREFIX": str(self.folder / "compiled"), "PYTHONDONTWRITEBYTECODE": ""}
        done = subprocess.run(
            [sys.executable, *options, "-c", program], capture_output=True, text=True, timeout=60, check=True, cwd=ROOT,
            env=os.environ | compiled,
        )  # fmt: skip
        loader, value, *looks = done.stdout.split()
        assert ["True"] * 3 == looks
        return [loader, value]


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    return Installed(tmp_path)


def test_the_next_start_takes_the_code_from_the_file(installed: Installed) -> None:
    assert [BY_PYTHON, "first"] == installed.run()
    assert [FROM_THE_FILE, "first"] == installed.run()


def test_a_changed_source_is_read_anew_even_with_the_same_size(installed: Installed) -> None:
    installed.run()
    source = installed.sources / "kept/m0.py"
    source.write_text(source.read_text().replace("first", "later"))
    later = source.stat().st_mtime_ns + 2_000_000_000
    os.utime(source, ns=(later, later))

    assert [BY_PYTHON, "later"] == installed.run()
    source.unlink()
    with pytest.raises(subprocess.CalledProcessError) as refused:
        installed.run()
    assert "m0" in refused.value.stderr


def test_a_source_that_was_replaced_is_not_stale_even_with_the_same_size_and_time(installed: Installed) -> None:
    installed.run()
    source = installed.sources / "kept/m0.py"
    before = source.stat()
    source.write_text(source.read_text().replace("first", "later"))
    os.utime(source, ns=(before.st_atime_ns, before.st_mtime_ns))
    [compiled] = installed.folder.rglob("m0.*.pyc")
    compiled.unlink()  # as an installer does

    assert [BY_PYTHON, "later"] == installed.run()


def test_a_package_of_the_same_name_in_an_earlier_folder_wins_as_ever(installed: Installed, tmp_path: Path) -> None:
    installed.run()
    earlier = tmp_path / "earlier"
    installed.write(earlier, "other")

    assert [BY_PYTHON, "other"] == installed.run(earlier)
    assert [FROM_THE_FILE, "first"] == installed.run()


@pytest.mark.parametrize("change", [lambda data: data[:-100], lambda data: b"", lambda data: b"\0" * len(data)])
def test_a_damaged_file_is_not_used_and_made_again(installed: Installed, change: type) -> None:
    installed.run()
    installed.file.write_bytes(change(installed.file.read_bytes()))

    assert [BY_PYTHON, "first"] == installed.run()
    assert [FROM_THE_FILE, "first"] == installed.run()


def test_damaged_code_is_read_as_python_does_it(installed: Installed) -> None:
    installed.run()
    whole = installed.file.read_bytes()
    installed.file.write_bytes(whole.replace(b"first", b"wrong").replace(b"\xe3\0\0\0\0", b"\x00\0\0\0\0"))

    assert [FROM_THE_FILE, "first"] == installed.run()


def test_nothing_is_written_where_python_may_not_write_compiled_files(installed: Installed) -> None:
    installed.run(options=("-B",))

    assert [] == [*installed.folder.rglob("*.modules")]


def test_a_server_that_is_stopped_keeps_its_modules_for_the_next_one(tmp_path: Path) -> None:
    compiled = {"PYTHONPYCACHEPREFIX": str(tmp_path), "PYTHONDONTWRITEBYTECODE": ""}
    program = ["env", *(f"{name}={value}" for name, value in compiled.items()), *COMMAND]
    for _ in range(2):
        with Processes() as processes:
            process, _ = processes.start("serve", "docs/petstore.yaml", "--port", "0", until=READY, program=program)
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)
    done = subprocess.run(
        [sys.executable, "-c", FOUND], capture_output=True, text=True, timeout=60, check=True, cwd=ROOT,
        env=os.environ | compiled,
    )  # fmt: skip

    assert 1 == len([*tmp_path.rglob("*.modules")])
    assert [FROM_THE_FILE] * 3 == [line.split()[1] for line in done.stdout.splitlines()]
    assert str(ROOT / "mockserver/web/app.py") in done.stdout
