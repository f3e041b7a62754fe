"""A vendor is three or four files in a folder: nothing else has to be touched to serve and to check it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import mockserver
from mockserver import BehaviourError, DocumentError
from tests.client import Client
from tests.process import ENVIRONMENT, run
from tests.rules.page import FILES, write_vendor


def test_a_folder_with_documents_and_rules_is_served(tmp_path: Path) -> None:
    folder = write_vendor(tmp_path / "Acme Inc", checks=False)

    with Client(mockserver.create_app(str(folder)), headers={"X-User": "ada"}) as client:
        assert ["acme-inc"] == list(client.get("/_mock/health").json()["services"])
        assert "ada" == client.post("/tasks", json={"title": "Paint"}).json()["updatedBy"]


def test_a_folder_without_checks_is_checked_by_the_checks_of_every_contract(tmp_path: Path) -> None:
    write_vendor(tmp_path / "acme", checks=False)

    # Without Schemathesis, which knows nothing of rules.
    done = run("check", "./acme", "--quick", "--skip", "*_*", cwd=tmp_path)

    assert (0, True) == (done.returncode, " 0 failures" in done.stdout), done.stdout + done.stderr
    assert "acme-stamp" not in done.stderr


@pytest.mark.parametrize(("author", "code"), [("author", 0), ("None", 1)])
def test_the_checks_of_a_folder_find_the_bug_of_its_rule(tmp_path: Path, author: str, code: int) -> None:
    folder = write_vendor(tmp_path / "acme")
    rules = FILES["my_rules.py"].replace('["updatedBy"] = author', f'["updatedBy"] = {author}')
    (folder / "rules.py").write_text(rules)
    schema = FILES["tasks.yaml"].replace("updatedBy: {type: string,", "updatedBy: {type: [string, 'null'],")
    (folder / "openapi.yaml").write_text(schema)
    strict = run("check", "./acme", "--only", "acme-stamp", "--strict", cwd=tmp_path)

    assert code == strict.returncode, strict.stdout
    assert code == strict.stdout.count("expected   the author of the task")


def test_the_vendor_of_an_installed_package_is_known_by_its_name(tmp_path: Path) -> None:
    """What pip writes for `[project.entry-points."mockserver.vendors"]` makes a package's folder a vendor."""
    write_vendor(tmp_path / "site" / "acme_mock")
    (tmp_path / "site" / "acme_mock" / "__init__.py").touch()
    (tmp_path / "site" / "acme-1.dist-info").mkdir()
    (tmp_path / "site" / "acme-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1\n")
    (tmp_path / "site" / "acme-1.dist-info" / "entry_points.txt").write_text("[mockserver.vendors]\nacme = acme_mock\n")
    paths = os.pathsep.join([ENVIRONMENT["PYTHONPATH"], str(tmp_path / "site")])
    environment = {**ENVIRONMENT, "PYTHONPATH": paths}

    listed = run("specs", cwd=tmp_path, environment=environment).stdout.split()
    checked = run("check", "acme", "--only", "acme-stamp", "--verbose", cwd=tmp_path, environment=environment)

    assert {"acme", "basedash", "datagrid", "gaia", "piper"} <= set(listed)
    assert (0, "✓ POST /tasks  acme-stamp\n") == (checked.returncode, checked.stderr)


def test_a_report_about_a_vendors_rule_says_what_its_check_checks(tmp_path: Path) -> None:
    folder = write_vendor(tmp_path / "acme")
    (folder / "rules.py").write_text(FILES["my_rules.py"].replace('["updatedBy"] = author', '["updatedBy"] = ""'))

    run("check", "./acme", "--only", "acme-stamp", "--strict", cwd=tmp_path)

    assert "a task shows its author; guests have none" in (tmp_path / "reports" / "report.html").read_text()


def test_the_name_of_a_vendor_means_the_vendor_and_a_path_means_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_vendor(tmp_path / "basedash")
    monkeypatch.chdir(tmp_path)

    assert 5 == len(mockserver.create_app("basedash").services["basedash"].endpoints)
    assert 2 == len(mockserver.create_app("./basedash").services["basedash"].endpoints)


def test_a_check_of_a_rule_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    folder = write_vendor(tmp_path / "acme")
    checks = FILES["acme/checks.py"].replace('@rule_check("stamp")', '@rule_check("stamps")')
    (folder / "checks.py").write_text(checks)

    done = run("check", "./acme", cwd=tmp_path)

    assert 2 == done.returncode
    assert "acme: checks.py checks the rule 'stamps'; rules.py has: stamp" in done.stderr


def test_a_users_rule_counts_before_the_vendors_rule_of_the_same_name(tmp_path: Path) -> None:
    folder = write_vendor(tmp_path / "acme")

    def stamp(context: mockserver.RequestContext) -> None:
        context.item.fields["updatedBy"] = "another"

    with Client(mockserver.create_app(str(folder), rules={"stamp": stamp}), headers={"X-User": "ada"}) as client:
        assert "another" == client.post("/tasks", json={"title": "Paint"}).json()["updatedBy"]


def test_a_folder_whose_rules_are_missing_says_which_rule_is(tmp_path: Path) -> None:
    folder = write_vendor(tmp_path / "acme")
    (folder / "rules.py").unlink()

    with pytest.raises(BehaviourError, match="POST /tasks: no rule 'stamp'; there are: none"):
        mockserver.create_app(str(folder))


def test_a_folder_without_a_document_is_no_vendor(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"unknown vendor .*acme"):
        mockserver.create_app(str(tmp_path / "acme"))
