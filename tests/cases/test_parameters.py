"""Cases about parameters."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Serve


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/data?a=1&b=2", 200), ("/data?a=x", 400), ("/data?q=hello", 200), ("/data?a=1&q=hello", 200),
        ("/data?extra[a]=1", 200), ("/data?extra[a]=x", 400),
    ],
)  # fmt: skip
def test_12_names_that_no_parameter_has_belong_to_the_free_form_object(serve: Serve, target: str, status: int) -> None:
    assert status == serve("12-query-map").get(target).status_code


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/r", 400), ("/r?a=1", 200), ("/r?a=x", 400),
        ("/s", 400), ("/s?a=1&b=2&b=3", 200), ("/s?a=x", 400), ("/s?b=1", 400), ("/s?a=1&z=x", 200),
        ("/t?p=a,1", 200), ("/t?p=a,x", 400), ("/t?p=b,1", 400),
        ("/u?st=a&st=b", 200), ("/u?st=a&st=zzz", 400), ("/u?st=a,b,a", 400), ("/u?st=a&st=b&st=a", 400),
    ],
)  # fmt: skip
def test_47_a_required_object_in_the_query_can_be_met(serve: Serve, target: str, status: int) -> None:
    assert status == serve("47-param-less").get(target).status_code
