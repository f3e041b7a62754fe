"""compose.yaml and Containerfile: what they start does start, without the container engine that tests do not have."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import yaml

from tests.process import ROOT, Processes, run
from tests.redis_process import RedisProcess

CONTAINERFILE = (ROOT / "Containerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
TOKEN = "a-token-that-all-replicas-know"
TOM = {"name": "Tom", "kind": "cat"}


def instruction(name: str) -> list[str]:
    """The arguments of the last instruction of that name, which is written as JSON."""
    text = CONTAINERFILE.replace("\\\n", " ")
    found = [line.partition(name)[2] for line in text.splitlines() if line.strip().startswith(name)]
    return [str(each) for each in json.loads(found[-1][found[-1].index("[") :])]


@pytest.fixture(scope="module")
def replicas() -> Iterator[list[str]]:
    """The addresses of two mocks, started by the command of compose.yaml with another port, document and store."""
    mock = COMPOSE["services"]["mock"]
    assert list(mock["environment"]) == ["MOCKSERVER_ADMIN_TOKEN"]
    with RedisProcess() as store, Processes() as processes:
        changed = {"/work/api.yaml": "docs/petstore.yaml", "redis://store:6379/0": store.address}
        command = [changed.get(each, each) for each in mock["command"]]
        program = ["env", f"MOCKSERVER_ADMIN_TOKEN={TOKEN}", sys.executable, "-m", *instruction("ENTRYPOINT")]
        started = [processes.start(*command, "--port", "0", until='{"time"', program=program) for _ in range(2)]
        banners = [json.loads(lines[-1]) for _, lines in started]
        assert [None, None] == [each.get("token") for each in banners]
        yield [each["address"] for each in banners]


def test_replicas_show_one_state_and_know_one_token(replicas: list[str]) -> None:
    first, second = replicas
    made = httpx.post(f"{first}/pets", json=TOM)

    assert made.json() == httpx.get(f"{second}/pets/{made.json()['id']}").json()
    refused = [httpx.get(f"{each}/_mock/state") for each in replicas]
    assert [401, 401] == [each.status_code for each in refused]
    assert "MOCKSERVER_ADMIN_TOKEN" in refused[0].json()["detail"]
    header = {"Authorization": f"Bearer {TOKEN}"}
    assert [200, 200] == [httpx.get(f"{each}/_mock/metrics", headers=header).status_code for each in replicas]


def test_the_health_check_of_the_image_passes_and_fails(replicas: list[str]) -> None:
    code = health_check()
    ready = code.replace("http://127.0.0.1:8080", replicas[0])

    assert code != ready
    assert 0 == subprocess.run([sys.executable, "-c", ready], check=False).returncode
    unreachable = ready.replace(replicas[0], "http://127.0.0.1:9")
    assert 0 != subprocess.run([sys.executable, "-c", unreachable], check=False, capture_output=True).returncode


def health_check() -> str:
    """The Python code of the health check."""
    text = CONTAINERFILE.replace("\\\n", " ")
    line = next(line for line in text.splitlines() if line.startswith("HEALTHCHECK"))
    program = json.loads(line[line.index("[") :])
    assert ["python3", "-c"] == program[:2]
    return str(program[2])


def test_the_image_runs_as_no_root_and_has_extras_that_exist() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    installed = CONTAINERFILE.partition("'.[")[2].partition("]'")[0].split(",")

    assert "USER 10001:10001" in CONTAINERFILE.splitlines()
    assert set(installed) <= set(extras)
    assert {"redis", "metrics"} <= set(installed)  # what compose.yaml asks for


def test_compose_names_only_files_volumes_and_services_that_exist() -> None:
    services = COMPOSE["services"]

    assert (ROOT / services["mock"]["build"]["dockerfile"]).is_file()
    assert {"store", "mock"} == {name for each in services.values() for name in each.get("depends_on", ())}
    assert {"state"} == set(COMPOSE["volumes"])
    assert {each["source"] for each in services["front"]["configs"]} == set(COMPOSE["configs"])
    assert 3 == services["mock"]["deploy"]["replicas"]
    assert "redis://store:6379/0" in services["mock"]["command"]


@pytest.mark.parametrize("token", ["short", "with spaces in the token", "ümläüte-ümläüte-ü"])
def test_a_token_that_cannot_be_sent_is_refused_and_not_shown(token: str) -> None:
    done = run("serve", "docs/petstore.yaml", "--admin-token", token)

    assert 2 == done.returncode
    assert "use 16 or more of the characters" in done.stderr
    assert token not in done.stderr
