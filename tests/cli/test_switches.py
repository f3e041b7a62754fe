"""The switches of `mockserver serve`."""

from __future__ import annotations

import httpx
import pytest

from tests.process import READY, Processes, address, run

PAGE = {"Origin": "http://app.test"}
SERVERS = "/basedash/api/public/organizations/org_abc123/mcp-servers"


def test_the_switches_change_how_requests_are_treated() -> None:
    switches = ["--no-auth", "--no-validate", "--strict-query", "--cors", "http://b.test", "--allow-host", "DevBox"]
    with Processes() as processes:
        _, lines = processes.start("serve", "basedash", "--port", "0", *switches, until=READY)
        with httpx.Client(base_url=address(lines), headers=PAGE) as client:
            seen = [client.get(SERVERS), client.post(SERVERS, json={"displayName": 1})]
            unknown = client.get(f"{SERVERS}?x=1", headers={"Prefer": "validate=true"})
            hosts = ("devbox", "evil.test")
            known = [httpx.get(f"{address(lines)}/_mock/state", headers={"Host": host}) for host in hosts]

    assert [200, 201] == [reply.status_code for reply in seen]
    assert [None, None] == [reply.headers.get("access-control-allow-origin") for reply in seen]
    assert "x" in unknown.text
    assert 400 == unknown.status_code
    assert [200, 403] == [reply.status_code for reply in known]


@pytest.mark.parametrize("origins", [["http://a.test/"], ["a.test"], ["none", "http://a.test"], ["http://a b"]])
def test_a_wrong_origin_is_refused_at_start(origins: list[str]) -> None:
    done = run("serve", "basedash", *(f"--cors={origin}" for origin in origins))

    assert 2 == done.returncode
    assert "'--cors'" in done.stderr
