"""docs/webhooks.md: its commands print what it shows, with the receiver of examples/webhooks."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mockserver.cli.commands import main
from tests.process import ENVIRONMENT, READY, ROOT, Processes, address
from tests.web.overrides.server import running
from tests.webhooks.receiver import receiving
from tests.webhooks.shop import shop

PAGE = (ROOT / "docs" / "webhooks.md").read_text(encoding="utf-8")
EXAMPLE = ROOT / "examples" / "webhooks"
SECRET = re.search(r"WEBHOOK_SECRET=(\S+)", PAGE)


def example() -> Any:
    """The app of the example, as it is before its first delivery."""
    spec = spec_from_file_location("example_receiver", EXAMPLE / "receiver.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module  # where FastAPI looks up what annotations name
    spec.loader.exec_module(module)
    return module.app


@pytest.fixture
def ports(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, str]]:
    """The hosts of the mock and of the receiver, started as the page says."""
    assert SECRET is not None
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET[1])
    monkeypatch.setenv("FAIL_FIRST", "1")
    with running(example(), "auto") as receiver, Processes() as processes:
        hooks = f"*={receiver}/hooks"
        document = str(EXAMPLE / "orders.yaml")
        _, lines = processes.start(
            "serve", document, "--seed", "1", "--webhook", hooks, "--port", "0", "--no-access-log", until=READY
        )
        assert SECRET[1] in "\n".join(lines)
        yield address(lines).removeprefix("http://"), receiver.removeprefix("http://")


def printed_by(command: str, url: str) -> str:
    """What a command prints; one of our own runs in this process, which does not have to start first."""
    name, *arguments = shlex.split(command)
    if name == "mockserver":
        return CliRunner().invoke(main, arguments, env={"MOCKSERVER_URL": url}).output
    return subprocess.run(command, shell=True, check=False, capture_output=True, text=True, timeout=60).stdout


def test_the_commands_print_what_the_page_shows(ports: tuple[str, str]) -> None:
    mock, receiver = ports
    printed, expected = [], []
    for block in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL):
        for entry in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = entry.partition("\n")
            here = command.replace("localhost:8080", mock).replace("localhost:9000", receiver)
            output_here = printed_by(here, f"http://{mock}").replace(receiver, "localhost:9000")
            # On a busy machine the second attempt is made before the command has listed the first one.
            printed.append(re.sub(r"\[401(, 401)+\]", "[401]", output_here).rstrip())
            expected.append(output.rstrip())

    assert expected == printed


def test_the_behaviour_file_of_the_page_is_accepted(tmp_path: Path) -> None:
    file = tmp_path / "page.yaml"
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    file.write_text(blocks[0], encoding="utf-8")

    with receiving() as receiver, shop(tmp_path, "retries: []", behaviour=[file]) as client:
        client.subscribe(receiver.url, "order.updated")
        order = client.order()
        client.pay(order, "packed")
        client.pay(order)

        assert [("order.updated", "delivered", 1)] == client.states()


def test_the_test_of_the_page_passes(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    head = "import pytest\nfrom tests.webhooks.receiver import receiving\n\n\n@pytest.fixture\ndef receiver():\n"
    fixture = "    with receiving() as found:\n        yield found\n\n\n"
    (tmp_path / "test_page.py").write_text(head + fixture + code, encoding="utf-8")
    document = EXAMPLE / "orders.yaml"
    (tmp_path / "pytest.ini").write_text(f"[pytest]\nmock_api = {document}\n", encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert 0 == done.returncode, done.stdout + done.stderr
