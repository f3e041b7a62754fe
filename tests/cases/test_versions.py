"""Versions of files and of documents: each change leaves one, and the item shows the newest."""

from __future__ import annotations

from typing import Any

import httpx

from tests.cases.conftest import Serve


def _file(text: str) -> dict[str, Any]:
    return {"files": {"sheet": (f"{text}.txt", text.encode(), "text/plain")}}


def test_a_file_that_is_uploaded_again_is_a_new_version(serve: Serve) -> None:
    api = serve("versions")
    score = api.post("/scores", **_file("soprano")).json()
    assert ("soprano.txt", "soprano.txt", 7, 1) == tuple(
        score[name] for name in ("label", "fileName", "size", "latestRevision")
    )
    at = f"/scores/{score['id']}"
    assert "soprano" == api.get(score["fileUrl"]).text
    api.patch(at, json={"label": "Kyrie"})
    assert [1] == [each["number"] for each in api.get(f"{at}/revisions").json()]

    made = api.post(f"{at}/revisions", data={"why": "louder"}, **_file("alto")).json()

    assert {"number": 2, "fileName": "alto.txt", "size": 4, "why": "louder"} == made
    assert {**score, "label": "Kyrie", "fileName": "alto.txt", "size": 4, "latestRevision": 2} == api.get(at).json()
    assert "alto" == api.get(f"{at}/file").text
    assert ["soprano", "alto"] == [api.get(f"{at}/revisions/{number}/file").text for number in (1, 2)]
    assert 404 == api.get(f"{at}/revisions/3/file").status_code
    assert [1, 2] == [each["number"] for each in api.get(f"{at}/revisions").json()]


def test_each_change_of_a_document_leaves_a_version(serve: Serve) -> None:
    api = serve("versions")
    assert 1 == api.post("/hymns", json={"text": "Oh"}).json()["version"]
    assert 2 == api.put("/hymns/1", json={"text": "Oh my"}).json()["version"]
    assert 2 == api.put("/hymns/1", json={"text": "Oh my", "tune": "Abide"}).json()["version"]

    assert [(1, "Oh"), (2, "Oh my")] == [
        (each["version"], each["text"]) for each in api.get("/hymns/1/versions").json()
    ]
    assert "Oh" == api.get("/hymns/1/versions/1").json()["text"]
    assert 404 == api.get("/hymns/1/versions/3").status_code

    api.delete("/hymns/1")
    assert 404 == api.get("/hymns/1/versions").status_code


def test_versions_that_clients_make_are_things_of_their_own(serve: Serve) -> None:
    api = serve("versions")
    api.post("/apps", json={"name": "Choir"})

    assert [] == api.get("/apps/1/versions").json()
    made: httpx.Response = api.post("/apps/1/versions", json={"name": "1.0"})
    assert "1.0" == made.json()["name"]
    assert "Choir" == api.get("/apps/1").json()["name"]
