"""Who signs up, logs in, asks for the own profile and writes something is one account."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cases.conftest import Serve
from tests.client import Client

PAT: dict[str, Any] = {"email": "pat@example.com", "password": "compost1", "nick": "Pat"}
KIM: dict[str, Any] = {"email": "kim@example.com", "password": "compost2", "nick": "Kim"}


@pytest.fixture
def club(serve: Serve) -> Client:
    """The mock, to which one has to log in."""
    return serve("accounts")


def _as(session: dict[str, Any]) -> dict[str, Any]:
    return {"headers": {"Authorization": f"Bearer {session['token']}"}}


def test_the_account_that_signs_up_is_the_one_that_logs_in_and_writes(club: Client) -> None:
    pat, kim = (club.post("/auth/sign-up", json=each).json() for each in (PAT, KIM))
    assert {"id": 1, "email": "pat@example.com", "nick": "Pat"} == pat["gardener"]
    assert pat["token"] != kim["token"]

    again = club.post("/auth/sessions", json={"email": "PAT@example.com", "password": "compost1"})
    assert (200, pat["gardener"]) == (again.status_code, again.json()["gardener"])
    for session in (pat, kim):
        assert session["gardener"] == club.get("/profile", **_as(session)).json()
        assert session["gardener"] == club.post("/tips", json={"text": "Mulch"}, **_as(session)).json()["author"]
    assert ["Pat", "Kim"] == [tip["author"]["nick"] for tip in club.get("/tips", **_as(pat)).json()]


def test_a_change_of_the_own_profile_is_kept(club: Client) -> None:
    pat, kim = (club.post("/auth/sign-up", json=each).json() for each in (PAT, KIM))
    assert "Patricia" == club.patch("/profile", json={"nick": "Patricia"}, **_as(pat)).json()["nick"]

    assert "Patricia" == club.get("/profile", **_as(pat)).json()["nick"]
    assert "Kim" == club.get("/profile", **_as(kim)).json()["nick"]


def test_an_email_is_taken_once_and_an_unknown_one_cannot_log_in(club: Client) -> None:
    club.post("/auth/sign-up", json=PAT)

    assert 409 == club.post("/auth/sign-up", json={**PAT, "nick": "Other"}).status_code
    assert 401 == club.post("/auth/sessions", json={"email": "kim@example.com", "password": "x"}).status_code
    assert 401 == club.post("/auth/sessions", json={"email": PAT["email"], "password": "wrong"}).status_code


def test_a_client_may_log_in_before_anybody_has_signed_up(club: Client) -> None:
    session = club.post("/auth/sessions", json={"email": "pat@example.com", "password": "compost1"}).json()

    assert "pat@example.com" == session["gardener"]["email"]
    assert session["gardener"] == club.get("/profile", **_as(session)).json()
