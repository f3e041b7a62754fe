"""Two of the five operations of todo.yaml; the mock answers the others."""

from connexion.exceptions import ProblemException

from mockserver import sandbox


def create_task(body):
    """POST /tasks: no two open tasks have the same title."""
    tasks = sandbox.collection("task")
    if any(task["title"] == body["title"] for task in tasks.list(done=False)):
        raise ProblemException(status=409, title="Conflict", detail=f"{body['title']!r} is still to do.")
    return tasks.create({**body, "done": False}), 201


async def complete_task(task_id):
    """PUT /tasks/{taskId}/completion"""
    return sandbox.collection("task").update(task_id, {"done": True})
