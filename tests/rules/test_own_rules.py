"""Rules of the user's own: where they may come from, and what is refused when a document is loaded."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

import mockserver
from mockserver import BehaviourError, Conflict, Forbidden, RequestContext, rule
from tests.client import Client
from tests.process import ENVIRONMENT, run
from tests.rules.page import FILES, write_rule_example

Serve = Callable[..., Client]
USER = {"X-User": "ada"}


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """A folder with the files of the example in docs/rules.md."""
    write_rule_example(tmp_path)
    return tmp_path


def served(folder: Path, rules: Mapping[str, Any]) -> Client:
    app = mockserver.create_app(folder / "tasks.yaml", behaviour=[folder / "behaviour.yaml"], rules=rules)
    return Client(app, headers=USER)


def refused(folder: Path, rules: Mapping[str, Any]) -> str:
    """Why the example does not start with these rules."""
    with pytest.raises(BehaviourError) as caught:
        served(folder, rules)
    return str(caught.value)


def test_a_plain_function_is_a_rule(example: Path) -> None:
    def stamp(context: RequestContext) -> None:
        context.item.fields["updatedBy"] = "someone"

    with served(example, {"stamp": stamp}) as client:
        assert "someone" == client.post("/tasks", json={"title": "a"}).json()["updatedBy"]


def test_a_rule_that_refuses_stores_nothing(example: Path) -> None:
    def stamp(context: RequestContext) -> None:
        context.item.fields["updatedBy"] = "someone"
        raise Conflict("not today")

    with served(example, {"stamp": stamp}) as client:
        assert (409, "not today") == (
            (reply := client.post("/tasks", json={"title": "a"})).status_code, reply.json()["detail"]
        )  # fmt: skip
        assert [] == client.get("/tasks").json()


def test_a_rule_may_ask_an_outside_service_of_the_users_own(example: Path) -> None:
    class Directory:
        """Knows the full names of users, and answers at once."""

        mode, reach, is_real = "directory", "no network", False

        def __init__(self) -> None:
            self.forgotten: list[str] = []

        def ask(self, question: str, context: RequestContext) -> str:
            return {"ada": "Ada Lovelace"}[question]

        def forget(self, owner: str) -> None:
            self.forgotten.append(owner)

        def pages(self) -> Mapping[str, Any]:
            return {}

        def reached_at(self, address: str) -> None:
            pass

        async def close(self) -> None:
            pass

    @rule("stamp", governs=("updatedBy",))
    def stamp(context: RequestContext) -> Any:
        context.item.fields["updatedBy"] = yield context.call.headers["X-User"]

    app = mockserver.create_app(
        example / "tasks.yaml", behaviour=[example / "behaviour.yaml"], rules={"stamp": stamp}, outside=Directory()
    )
    with Client(app, headers=USER) as client:
        assert "Ada Lovelace" == client.post("/tasks", json={"title": "a"}).json()["updatedBy"]
        assert "directory" == client.get("/_mock/health").json()["services"]["tasks"]["sync"]


def test_the_journal_names_the_rule_that_refused(example: Path) -> None:
    @rule("stamp", refuses=("forbidden",))
    def stamp(context: RequestContext) -> None:
        raise Forbidden("guests create no tasks")

    app = mockserver.create_app(
        example / "tasks.yaml", behaviour=[example / "behaviour.yaml"], rules={"stamp": stamp}, journal=5
    )
    with Client(app, headers=USER) as client:
        refused = client.post("/tasks", json={"title": "a"})
        steps = client.get(f"/_mock/requests/{refused.headers['mock-request']}").json()["steps"]

    assert 403 == refused.status_code
    assert [{"step": "handler", "passed": True}, {"step": "rule", "name": "stamp", "passed": False}] == steps[-2:]


def test_a_rules_module_is_found_in_the_current_folder_by_an_installed_command(example: Path) -> None:
    """`-P` starts Python as an installed script does: without the current folder among its paths."""
    command = [sys.executable, "-P", "-m", "mockserver", "check", "tasks.yaml", "--behaviour", "behaviour.yaml"]
    done = subprocess.run(
        [*command, "--rules-module", "my_rules", "--only", "create"],
        capture_output=True, text=True, check=False, cwd=example, env=ENVIRONMENT, timeout=300,
    )  # fmt: skip

    assert (0, True) == (done.returncode, " 0 failures" in done.stdout), done.stdout + done.stderr


def test_an_entry_point_offers_rules_to_every_document(example: Path) -> None:
    """What pip writes for `[project.entry-points."mockserver.rules"]` makes a package's rules known."""
    site = example / "site"
    (site / "acme-1.dist-info").mkdir(parents=True)
    (site / "acme-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1\n")
    (site / "acme-1.dist-info" / "entry_points.txt").write_text("[mockserver.rules]\nacme = acme_rules\n")
    (site / "acme_rules.py").write_text(FILES["my_rules.py"])
    environment = {**ENVIRONMENT, "PYTHONPATH": os.pathsep.join([ENVIRONMENT["PYTHONPATH"], str(site)])}

    done = run(
        "check", "tasks.yaml", "--behaviour", "behaviour.yaml", "--only", "create", cwd=example, environment=environment
    )

    assert 0 == done.returncode, done.stdout + done.stderr


def test_the_checks_accept_what_a_rule_refuses_and_governs(example: Path) -> None:
    """Without the declaration, the same rule breaks the check of the title that a client chooses."""
    text = FILES["my_rules.py"].replace('["updatedBy"] = author', '["title"] = author')
    (example / "my_rules.py").write_text(text.replace('governs=("updatedBy",)', 'governs=("title",)'))
    check = (
        "check",
        "tasks.yaml",
        "--behaviour",
        "behaviour.yaml",
        "--rules-module",
        "my_rules",
        "--quick",
        "--strict",
        "--skip",
        "*_*",  # Schemathesis knows nothing of rules
    )
    declared = run(*check, cwd=example)
    (example / "my_rules.py").write_text(text)
    undeclared = run(*check, cwd=example)

    assert (0, 1) == (declared.returncode, undeclared.returncode), undeclared.stdout


def no_argument() -> None: ...


def two_arguments(context: RequestContext, more: object) -> None: ...


async def asynchronous(context: RequestContext) -> None: ...


@pytest.mark.parametrize(
    ("function", "told"),
    [
        ("not a function", "rule 'stamp' is a str; a rule is a function of one argument, the RequestContext"),
        (no_argument, "rule 'stamp': too many positional arguments; a rule is a function of one argument"),
        (two_arguments, "rule 'stamp': missing a required argument: 'more'; a rule is a function of one argument"),
        (asynchronous, "rule 'stamp' is async; a rule is a function of one argument"),
    ],
)
def test_what_is_no_rule_is_refused_when_the_app_is_made(example: Path, function: object, told: str) -> None:
    assert told in refused(example, {"stamp": function})


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ({"governs": ("author",)}, "governs 'author', a field that no schema has; fields are: id, title, updatedBy"),
        ({"fills": ("titel",)}, "fills 'titel', a field that no schema has; did you mean 'title'?"),
        ({"refuses": ("conflicts",)}, "refuses 'conflicts'; there are: malformed, invalid, "),
        ({"governs": "title"}, "governs must be names, as in governs=('title',)"),
    ],
)
def test_a_declaration_that_cannot_be_true_is_refused_with_what_is_allowed(
    example: Path, declared: dict[str, Any], told: str
) -> None:
    with pytest.raises(BehaviourError) as caught:
        served(example, {"stamp": rule("stamp", **declared)(lambda context: None)})

    assert told in str(caught.value)


def test_an_unknown_rule_is_told_with_those_that_exist_and_how_to_add_one(example: Path) -> None:
    told = refused(example, {"stamped": lambda context: None, "other": lambda context: None})

    assert "POST /tasks: no rule 'stamp'; there are: other, stamped. To add one, write it as" in told


def test_a_rule_of_an_operation_that_does_nothing_would_never_run(example: Path) -> None:
    document = yaml.safe_load((example / "tasks.yaml").read_text())
    del document["paths"]["/tasks"]["get"]
    document["paths"]["/tasks"]["post"]["responses"] = {"204": {"description": "done"}}  # it shows no item
    (example / "tasks.yaml").write_text(yaml.safe_dump(document))

    assert "POST /tasks: a rule needs an `action`, which says what the operation does" in refused(
        example, {"stamp": lambda context: None}
    )


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("", "rules module 'my_rules' has no rule"),
        ("import nowhere_to_be_found", "rules module 'my_rules': there is no module 'nowhere_to_be_found'"),
        (FILES["my_rules.py"] + FILES["my_rules.py"], "my_rules: two rules are called 'stamp'"),
    ],
    ids=["empty", "import", "twice"],
)
def test_a_wrong_rules_module_is_refused_in_one_line(example: Path, source: str, told: str) -> None:
    if source.count("def stamp") == 2:
        source = source.replace("def stamp", "def stamped", 1)
    (example / "my_rules.py").write_text(source)

    done = run("serve", "tasks.yaml", "--rules-module", "my_rules", cwd=example)

    assert (1, 1) == (done.returncode, len(done.stderr.splitlines()))
    assert told in done.stderr
