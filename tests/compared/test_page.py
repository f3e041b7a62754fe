"""The page docs/compared-control.md says what the trials say."""

from __future__ import annotations

from tests.compared.run import page_lines
from tests.compared.tasks import TASKS
from tests.compared.tools import TOOLS
from tests.process import ROOT


def test_the_page_has_the_table_and_the_notes_of_the_trials() -> None:
    page = (ROOT / "docs" / "compared-control.md").read_text("utf-8")

    assert "\n".join(page_lines()) in page


def test_every_tool_has_an_attempt_at_each_task_and_a_reason_where_it_fails() -> None:
    names = [task.name for task in TASKS]

    assert 20 == len(set(names))
    assert [set(names)] * len(TOOLS) == [set(tool.attempts) for tool in TOOLS]
    unexplained = [
        (tool.name, name) for tool in TOOLS for name, each in tool.attempts.items() if not each.works and not each.note
    ]
    assert [] == unexplained
