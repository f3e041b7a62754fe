"""A correct service for jobs whose state only an update sets, with a choice of bugs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from contracts.client.target import Target
from contracts.runner.runner import CheckResult, run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import Small, document, path_parameter, sent
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

TITLE: Node = {"type": "string", "minLength": 1, "maxLength": 60}
STATE: Node = {"type": "string", "enum": ["new", "running", "done"]}
CREW: Node = {"type": "string", "enum": ["red", "blue", "green"]}
EFFORT: Node = {"type": "integer", "minimum": 1, "maximum": 9, "default": 4}
NO: Node = {"description": "no"}


class Jobs:
    """The service. `bug` names what it does wrong."""

    def __init__(self, bug: str = "") -> None:
        self.bug, self.jobs, self.created = bug, dict[str, Node](), 0

    def __call__(self, ask: Ask) -> Answer:
        """Answer one request."""
        if ask.path == "/jobs":
            return self.create(sent(ask)) if ask.method == "POST" else self.list(ask.query)
        id = ask.path.removeprefix("/jobs/")
        if id not in self.jobs:
            return Answer(404)
        if ask.method == "DELETE":
            del self.jobs[id]
            return Answer(204)
        if ask.method in ("PATCH", "PUT"):
            return self.change(id, sent(ask), is_whole=ask.method == "PUT")
        return Answer(200, self.jobs[id])

    def create(self, body: Any) -> Answer:
        """Store a new job."""
        if not is_valid(body, ("title", "crew", "effort")) or not {"title", "crew"} <= body.keys():
            return Answer(400)
        self.created += 1
        self.jobs[str(self.created)] = {"id": self.created, "effort": 4, "state": "new", **body}
        return Answer(201, self.jobs[str(self.created)])

    def change(self, id: str, body: Any, *, is_whole: bool) -> Answer:
        """Change or replace a job."""
        names = ("title", "crew", "effort") if is_whole else ("title", "state")
        if not is_valid(body, names) or (is_whole and not {"title", "crew"} <= body.keys()):
            return Answer(400)
        fixed = {"effort": 1 if self.bug == "another default on PUT" else 4} if is_whole else {}
        self.jobs[id] = {**self.jobs[id], **fixed, **body}
        return Answer(200, self.jobs[id])

    def list(self, query: dict[str, str]) -> Answer:
        """The jobs that a query selects."""
        if query.get("state", "new") not in STATE["enum"] or query.get("crew", "red") not in CREW["enum"]:
            return Answer(400)
        found = [job for job in self.jobs.values() if all(self.matches(job, query, name) for name in query)]
        count = len(self.jobs) if self.bug == "count of all" else len(found)
        return Answer(200, {"data": found, "count": count + (self.bug == "count one too high")})

    def matches(self, job: Node, query: dict[str, str], name: str) -> bool:
        """Does a job match one filter?"""
        if name == "q":
            if self.bug == "case matters":
                return query["q"] in str(job["title"])
            return query["q"].casefold() in str(job["title"]).casefold()
        is_ignored = {
            "state ignored": name == "state",
            "one state ignored": query[name] == "done",
            "crew wins": name == "state" and "crew" in query,
        }.get(self.bug, False)
        return is_ignored or name not in job or job[name] == query[name]


def is_valid(body: Any, names: tuple[str, ...]) -> bool:
    """Does a body have these fields only, and valid values?"""
    if not isinstance(body, dict) or not body.keys() <= set(names):
        return False
    title, effort = body.get("title", "x"), body.get("effort", 1)
    is_effort = isinstance(effort, int) and not isinstance(effort, bool) and 1 <= effort <= 9
    is_named = body.get("state", "new") in STATE["enum"] and body.get("crew", "red") in CREW["enum"]
    return isinstance(title, str) and 1 <= len(title) <= 60 and is_effort and is_named


def jobs_document(*, case: str = "Text in the title (case does not matter)") -> Node:
    """The paths of the service."""
    given = {"title": TITLE, "crew": CREW, "effort": EFFORT}
    closed: Node = {"type": "object", "additionalProperties": False}
    whole = closed | {"required": ["title", "crew"], "properties": given}
    change = closed | {"properties": {"title": TITLE, "state": STATE}}
    shown = {"id": {"type": "integer"}, **given, "state": STATE}
    job: Node = {"type": "object", "required": [*shown], "properties": shown}
    listed: Node = {
        "type": "object",
        "required": ["data", "count"],
        "properties": {"data": {"type": "array", "items": job}, "count": {"type": "integer"}},
    }
    queries = [
        {"name": "state", "in": "query", "schema": STATE},
        {"name": "crew", "in": "query", "schema": CREW},
        {"name": "q", "in": "query", "description": case, "schema": {"type": "string"}},
    ]
    done = answers(job) | {"400": NO, "404": NO}
    return {
        "/jobs": {
            "get": {"parameters": queries, "responses": answers(listed) | {"400": NO}},
            "post": {"requestBody": takes(whole), "responses": answers(job, "201") | {"400": NO}},
        },
        "/jobs/{jobId}": {
            "parameters": [path_parameter("jobId", {"type": "integer"})],
            "get": {"responses": done},
            "put": {"requestBody": takes(whole), "responses": done},
            "patch": {"requestBody": takes(change), "responses": done},
            "delete": {"responses": {"204": {"description": "gone"}, "404": NO}},
        },
    }


def check_jobs(folder: Path, bug: str = "", *, only: tuple[str, ...]) -> CheckResult:
    """The check of the service against its own document."""
    file = folder / "jobs.json"
    file.write_text(json.dumps(document(jobs_document())), encoding="utf-8")
    with Target.asgi(Small(Jobs(bug)), ()) as target:
        return run_checks(contracts.of(file), target, only=only)
