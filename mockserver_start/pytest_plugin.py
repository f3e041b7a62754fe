"""What pytest loads: the plugins of both packages, if another product has not replaced their files."""

from __future__ import annotations

import pytest

from mockserver_start.name_clash import clash

if problem := clash():
    raise pytest.UsageError(problem)

pytest_plugins = ("contracts.pytest_plugin.plugin", "mockserver.pytest_plugin.plugin")
