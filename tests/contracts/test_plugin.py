"""The pytest plugin: mocks as fixtures, and a contract check as tests."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from contracts.pytest_plugin.plugin import _served
from mockserver import ServiceSettings
from tests.inner_pytest import run_pytest
from tests.planted_bugs.basedash import Basedash
from tests.process import Processes, free_port

pytest_plugins = ["pytester"]

OWN_CHECKS = Path(__file__).parents[2] / "docs/how-to/own-checks.md"
PATH = "/api/public/organizations/org_1/mcp-servers"


def test_mock_url_starts_a_mock_at_its_own_address(mock_url: Callable[..., str]) -> None:
    first, second = mock_url("basedash"), mock_url("basedash")

    assert first != second
    assert {200} == {httpx.get(f"{base}/_mock/health", trust_env=False).status_code for base in (first, second)}


async def _get(app: Any, path: str) -> int:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://mock") as client:
        return (await client.get(path)).status_code


def test_mock_app_needs_no_port(mock_app: Callable[..., Any]) -> None:

    assert 401 == asyncio.run(_get(mock_app("basedash"), PATH))


def test_mock_app_takes_the_settings_of_a_service(mock_app: Callable[..., Any]) -> None:
    open_to_all = mock_app("basedash", settings=ServiceSettings(authenticate=False))

    assert 401 != asyncio.run(_get(open_to_all, PATH))


def check(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """A pytest run in an empty project."""
    return run_pytest(pytester, "--contract-quick", *arguments)


def test_there_is_one_test_for_each_check_at_each_operation(pytester: pytest.Pytester) -> None:
    done = check(pytester, "--contract", "datagrid", "--collect-only", "-q")

    names = [line for line in done.outlines if line.startswith("contract/datagrid::")]
    assert "contract/datagrid::paging[GET /secrets]" in names
    assert "contract/datagrid::conformance[GET /secrets]" in names
    assert sorted(set(names)) == sorted(names)
    assert 90 < len(names)


def test_the_mock_passes_its_contract_check_on_two_workers(pytester: pytest.Pytester) -> None:
    done = check(pytester, "--contract", "piper", "-n", "2", "-k", "create or paging or delete")

    assert 0 == done.ret
    assert done.parseoutcomes()["passed"] > 5


def test_a_failed_test_shows_the_statement_and_the_requests(pytester: pytest.Pytester) -> None:
    with _served(Basedash("oldest-first")) as address:
        done = check(pytester, "--contract", "basedash", "--target", address, "-k", "order[ or read-back[")

    assert 1 == done.ret
    assert {"failed": 1, "passed": 1} == {key: done.parseoutcomes()[key] for key in ("failed", "passed")}
    expected = "*expected   the list is in order of creation, descending*"
    done.stdout.fnmatch_lines(
        [
            "*FAILURE GET /api/public/*: order *",
            expected,
            "*statement  mcp-server, order: The list is newest first.*",
            "*$ curl *",
        ]
    )


def test_several_workers_share_a_service_and_agree_with_one(pytester: pytest.Pytester) -> None:
    chosen = ("--contract", "basedash", "-k", "order[ or update[ or delete[ or paging[ or unknown-path[")
    with _served(Basedash("delete-kept")) as address:
        alone, shared = (check(pytester, *chosen, "--target", address, *more) for more in ((), ("-n", "2")))

    outcomes = [{key: each.parseoutcomes().get(key, 0) for key in ("passed", "failed")} for each in (alone, shared)]
    assert outcomes[0] == outcomes[1]
    assert 0 < outcomes[0]["failed"] < outcomes[0]["passed"]


def test_warnings_fail_no_test_and_are_printed_at_the_end(pytester: pytest.Pytester) -> None:
    with _served(Basedash("label-moves")) as address:
        done, strict = (check(pytester, "--contract", "basedash", "--target", address, "-k", "initial-values[", *more)
                        for more in ((), ("--contract-strict",)))  # fmt: skip

    assert (0, 1) == (done.ret, strict.ret)
    done.stdout.fnmatch_lines(["*contract warnings*", "WARNING *: initial-values *"])


def test_the_own_check_of_the_page_passes_on_the_mock_and_fails_on_the_server_with_the_bug(
    pytester: pytest.Pytester,
) -> None:
    page = OWN_CHECKS.read_text("utf-8")
    [example] = re.findall(r"```python\n(# conftest.py\n.*?)```", page, re.DOTALL)
    on_the_mock, on_the_server = re.findall(r"```text\n(.*?)```", page, re.DOTALL)
    pytester.makeconftest(example)
    pytester.makefile(".yaml", petstore=(OWN_CHECKS.parents[1] / "petstore.yaml").read_text("utf-8"))
    port = free_port()
    server = ("uvicorn", "petstore_server:app", "--app-dir", "docs", "--port", str(port), "--log-level", "info")

    passed = check(pytester, "--contract", "petstore.yaml", "-k", "the_total_counts", "-v")
    with Processes() as processes:
        processes.start(*server, program=[sys.executable, "-m"], until="INFO:     Uvicorn running")
        target = f"http://127.0.0.1:{port}"
        failed = check(pytester, "--contract", "petstore.yaml", "--target", target, "-k", "the_total_counts")

    passed.stdout.fnmatch_lines([f"{on_the_mock.strip()}*"])
    failed.stdout.fnmatch_lines([f"*{line.strip()}*" for line in on_the_server.strip().split("\n")])
    failed.assert_outcomes(failed=1)


@pytest.mark.parametrize(("arguments", "expected"), [
    (("--target", "http://127.0.0.1:9"), "--target needs --contract"),
    (("--contract", "nobody"), "cannot check: unknown vendor 'nobody'"),
    (("--contract", "datagrid", "--target", "https://datagrid.invalid"), "no credential for datagrid.invalid"),
])  # fmt: skip
def test_a_contract_or_target_that_cannot_be_used_is_a_usage_error(
    pytester: pytest.Pytester, arguments: tuple[str, ...], expected: str
) -> None:
    done = check(pytester, *arguments)

    assert pytest.ExitCode.USAGE_ERROR == done.ret
    assert expected in done.stderr.str()


def test_contract_without_the_check_extra_says_how_to_install_it(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("import sys\nsys.modules['openapi_core'] = None")

    done = pytester.runpytest_subprocess("-p", "no:cacheprovider", "--contract", "datagrid", timeout=200)

    assert pytest.ExitCode.USAGE_ERROR == done.ret
    assert "--contract needs openapi_core: pip install 'mockserver[check]'" in done.stderr.str()
