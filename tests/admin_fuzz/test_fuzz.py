"""Some of the random requests; `make fuzz-admin` sends 20,000."""

from __future__ import annotations

import pytest

from tests.admin_fuzz.run import failures


@pytest.mark.parametrize("seed", [1, 2])
def test_no_request_causes_a_server_error(seed: int) -> None:
    statuses, failed = failures(600, seed)

    assert [] == failed
    assert {200, 400, 404} <= statuses.keys()  # they reached functions, and were refused for different reasons
