"""Compiles with mypyc what every request passes through, when HATCH_BUILD_HOOK_ENABLE_CUSTOM=true asks for it.

The wheel has the compiled modules beside the sources, and whoever imports one gets it. Nothing is written into the
tree, where a module compiled yesterday would stand in for a source changed today (docs/adr/0012-compiled.md).
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from mypyc.build import mypycify
from setuptools import Distribution  # type: ignore[import-untyped]


class CompileHook(BuildHookInterface[Any]):
    """Adds to a wheel the modules that `compiled` in pyproject.toml chooses."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile before the wheel is packed. `version` is `standard`, or `editable` where sources must stay sources.

        Ends with mypy's or the C compiler's own message where something is wrong.
        """
        if version == "editable":
            return
        self._place = TemporaryDirectory()
        build, library = Path(self._place.name) / "build", Path(self._place.name) / "library"
        chosen = [str(path) for path in self._chosen()]
        modules = mypycify(chosen, opt_level="3", debug_level="0", target_dir=str(build))
        command = Distribution({"name": "mockserver", "ext_modules": modules}).get_command_obj("build_ext")
        command.build_lib, command.build_temp = str(library), str(build)
        command.ensure_finalized()
        command.run()
        made = [path for path in library.rglob("*") if path.is_file()]
        build_data["force_include"] |= {str(path): path.relative_to(library).as_posix() for path in made}
        build_data |= {"pure_python": False, "infer_tag": True}

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Take away what the wheel has by now."""
        if version != "editable":
            self._place.cleanup()

    def _chosen(self) -> list[Path]:
        """The modules to compile, below the folder that the build runs in. Raises ValueError where one is not there."""
        found = set[Path]()
        for pattern in self.config["compiled"]:
            named = list(Path().glob(pattern))
            if not named:
                raise ValueError(f"pyproject.toml wants {pattern!r} compiled, which names no file")
            found |= set(named)
        return sorted(path for path in found if path.name != "__init__.py")
