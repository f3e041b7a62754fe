"""Findings are grouped by their cause, the worst first."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest

from contracts.model.finding import Finding, RecordedExchange, StatementRef, finding
from contracts.report.causes import causes, place, shape, silencing
from contracts.report.html_page import as_html
from contracts.report.report import Report
from contracts.report.summary import lines
from contracts.runner.runner import CheckResult

DOCUMENTED = StatementRef("x", "http", "documented", "RFC 9110", "A rule.")
GUESSED = StatementRef("x", "order", "inferred", "", "newest first")


def found(check: str, operation: str, expected: str, seen: str, *, status: int = 200, body: bytes | None = None,
          answer: bytes = b"", statement: StatementRef = DOCUMENTED) -> Finding:  # fmt: skip
    method, _, path = operation.partition(" ")
    exchange = RecordedExchange(method, f"http://service{path}", (), body, status, (), answer)
    return finding(check, operation, expected=expected, seen=seen, statement=statement, exchanges=(exchange,),
                   about=expected)  # fmt: skip


def report(*findings: Finding) -> Report:
    outcomes = {(each.operation, each.check): "failed" for each in findings}
    return Report("Things", "1", "http://service", 0, "quick", CheckResult(findings, outcomes, 3, 0.5))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a GET returns displayName \"x\"", "a GET returns createdBy 7"),
        ("GET /a/{id} returns 404 for it", "DELETE /b/{id} returns 404 for it"),
        ("status 201", "status 204"),
        ("item 6f1c9f6e-1111-4222-8333-123456789abc is gone", "item 17 is gone"),
        ("since 2026-01-02T03:04:05Z", "since 2025-01-02T03:04:05.123+01:00"),
    ],
)  # fmt: skip
def test_ids_numbers_names_and_methods_do_not_tell_causes_apart(one: str, other: str) -> None:
    assert shape(one) == shape(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("status 404", "status 403"),
        ("1 is not of type 'string'", "1 is not of type 'integer'"),
        ("the list contains it", "the list does not contain it"),
        ("a request returns 404", "a request returns 410"),
    ],
)
def test_statuses_and_types_tell_causes_apart(one: str, other: str) -> None:
    assert shape(one) != shape(other)


def test_a_field_that_the_bodies_name_does_not_tell_causes_apart() -> None:
    body = b'{"title": "x", "pages": 3}'
    two = [
        found("replace", "PUT /a", "the reply shows title as sent", "null", body=body),
        found("replace", "PUT /b", "the reply shows pages as sent", "null", body=body),
    ]

    [cause] = causes(two)

    assert ("PUT /a", "PUT /b") == cause.operations


def test_many_checks_that_meet_one_server_error_have_one_cause() -> None:
    texts = ("a valid create succeeds", "the page has two items", "a long text is stored")
    crashes = [found(f"check-{n}", "POST /a", text, "status 500", status=500) for n, text in enumerate(texts)]

    assert [3] == [len(cause.findings) for cause in causes(crashes)]


def test_a_response_that_breaks_two_statements_has_one_cause_shown_by_the_more_telling_one() -> None:
    crash = {"status": 500, "body": b'"\\ud800"', "answer": b"oops"}
    two = [
        found("document", "POST /a", "no server error for any request", "status 500: oops", **crash),  # type: ignore[arg-type]
        found("odd-input", "POST /a", "half a surrogate pair causes no server error", "status 500", **crash),  # type: ignore[arg-type]
    ]

    assert ["odd-input"] == [cause.example.check for cause in causes(two)]


def test_what_an_operation_did_not_keep_is_one_cause_whichever_check_and_read_shows_it() -> None:
    lost = [
        found("replace", "PUT /a/{id}", "the reply shows name as it was sent", "null", answer=b"1"),
        found("update-every-field", "PUT /a/{id}", "the list shows name as it was sent", "null", answer=b"2"),
        found("replace", "PUT /b/{id}", "the reply shows name as it was sent", "true", answer=b"3"),
        found("edge-input", "PUT /a/{id}", "a GET shows name as it was sent", "null", answer=b"4"),
    ]

    assert [("PUT /a/{id}",), ("PUT /b/{id}",)] == sorted(cause.operations for cause in causes(lost))


def test_lost_data_comes_before_style_and_failures_before_warnings() -> None:
    style = found("method-not-allowed", "GET /a", "an Allow header", "Allow: GET")
    lost = found("read-back", "GET /a/{id}", "the reply shows name as it was sent", "null")
    guess = found("order", "GET /a", "newest first", "another order", statement=GUESSED)

    assert ["read-back", "method-not-allowed", "order"] == [
        cause.example.check for cause in causes([guess, style, lost])
    ]


@pytest.mark.parametrize(
    ("trace", "named"),
    [
        ('  File "/srv/web.py", line 3, in x\n  File "/srv/app.py", line 12, in y\nKeyError', "/srv/app.py:12"),
        ("NullPointerException\n\tat org.acme.Pets.get(Pets.java:41)\n\tat org.x.Y.z(Y.java:1)", "Pets.java:41"),
        ("TypeError: x\n    at get (/srv/pets.js:7:11)\n    at next (/srv/router.js:1:2)", "/srv/pets.js:7"),
        ("Internal Server Error", ""),
    ],
)  # fmt: skip
def test_the_place_in_the_server_is_the_innermost_frame_of_a_stack_trace(trace: str, named: str) -> None:
    crash = found("create", "POST /a", "x", "status 500", status=500, answer=trace.encode())

    assert named == place(crash.exchanges)


def test_the_options_that_silence_a_cause_silence_no_other() -> None:
    everywhere = [found("paging", f"GET /{n}", "a page", "none") for n in range(3)]
    other = found("order", "GET /0", "ascending", "descending")
    response = [found("document", f"GET /{n}", "a documented status", "status 418") for n in range(2)]

    found_causes = causes([*everywhere, other, *response])

    assert {("paging",), ("order:GET /0",), ("document:GET /0", "document:GET /1")} == {
        silencing(each, found_causes) for each in found_causes
    }


def test_values_that_a_framework_converts_are_one_cause_and_values_that_it_keeps_another() -> None:
    sent, kept = b'{"price": true, "gift": "yes"}', b'{"price": true, "gift": "yes"}'
    converted = b'{"item": {"price": 1.0, "gift": true}}'
    places = [
        found("validation", "POST /a", "a request with price true, which `type` forbids, is refused", "status 201",
              body=sent, answer=converted),
        found("validation", "PATCH /a/{id}", "a request with price true, which `anyOf` forbids, is refused",
              "status 200", body=sent, answer=converted),
        found("negative_data_rejection", "POST /a", "an invalid request is refused", "in body - price: Incorrect type",
              body=sent, answer=converted),
    ]  # fmt: skip
    other = found("validation", "POST /b", "a request with price true, which `type` forbids, is refused", "status 201",
                  body=sent, answer=kept)  # fmt: skip

    assert [3, 1] == sorted((len(each.findings) for each in causes([*places, other])), reverse=True)


def test_a_field_whose_schema_is_not_enforced_is_one_cause_at_an_operation_whichever_keyword_shows_it() -> None:
    both = [
        found("validation", "PATCH /a/{id}", f'a request with mode {value}, which `{word}` forbids, is refused',
              "status 200", body=b"{}", answer=value.encode())
        for value, word in (("12345", "type"), ('"none of these"', "enum"))
    ]  # fmt: skip
    other = found("validation", "PATCH /a/{id}", "a request with name 1, which `type` forbids, is refused",
                  "status 200", body=b"{}", answer=b"x")  # fmt: skip

    assert [2, 1] == sorted((len(each.findings) for each in causes([*both, other])), reverse=True)


def test_a_missing_allow_header_is_one_cause_for_all_checks_of_it() -> None:
    ours = found(
        "method-not-allowed", "GET /a", "an Allow header that lists every documented method: GET", "no Allow header"
    )
    theirs = found("unsupported_method", "GET /b", "a request with an undocumented method is refused with 405",
                   "TRACE returned 405 without required `Allow` header")  # fmt: skip

    assert [2] == [len(each.findings) for each in causes([ours, theirs])]


def test_the_terminal_begins_with_the_number_of_causes_and_says_in_how_many_places() -> None:
    printed = list(lines(report(*(found("paging", f"GET /{n}", "a page", "none") for n in range(12)))))

    assert "1 cause, 12 findings" == printed[0]
    [places] = [line for line in printed if "12 places" in line]
    assert "… and 6 more" in places
    assert any("--ignore paging" in line for line in printed)


def test_the_page_begins_with_the_worst_cause() -> None:
    style = found("method-not-allowed", "GET /a", "an Allow header", "Allow: GET")
    lost = found("replace", "PUT /a/{id}", "the reply shows name as it was sent", "the <old> name")

    page = as_html(report(style, lost))

    text = html.unescape(re.sub(r"<(?:style|script)>.*?</(?:style|script)>|<[^>]*>", "", page, flags=re.DOTALL))
    assert "2 failures: 2 causes, 2 findings" in text
    assert text.index("the <old> name") < text.index("Allow: GET") < text.index("In numbers")
    first = page.index('<article id="cause-1"')
    assert first < page.index("the &lt;old&gt; name", first) < page.index('<article id="cause-2"')


@pytest.mark.parametrize(
    ("status", "answer", "shown"),
    [
        (500, b'{"message": "no such column"}', '  response   {"message": "no such column"}'),
        (400, b"x" * 300, f"  response   {'x' * 240} …"),
        (400, b"", None),
        (200, b"[]", None),
    ],
    ids=["short", "long", "empty", "success"],
)
def test_the_summary_shows_how_an_error_response_begins(status: int, answer: bytes, shown: str | None) -> None:
    one = found("not_a_server_error", "GET /a", "no server error", f"status {status}", status=status, answer=answer)
    printed = list(lines(report(one)))

    assert shown == next((line for line in printed if line.startswith("  response")), None)


def test_the_summary_does_not_repeat_a_response_that_was_seen() -> None:
    one = found("document", "GET /a", "no server error", "status 500: it broke", status=500, answer=b"it broke")

    assert not any(line.startswith("  response") for line in lines(report(one)))


def test_a_response_that_shows_the_invalid_value_that_was_accepted_has_the_same_cause() -> None:
    body = b'{"priority":0}'
    accepted = found("validation", "POST /stubs", "a request with priority 0, which `minimum` forbids, is refused",
                     "status 201", status=201, body=body, answer=body)  # fmt: skip
    shown = found("document", "POST /stubs", "the body of a 201 response matches its schema",
                  "priority: 0 is less than the minimum of 1", status=201, body=body, answer=body)  # fmt: skip

    assert [("validation", "document")] == [each.checks for each in causes([shown, accepted])]


def test_refusals_with_a_wrong_status_have_one_cause_and_are_no_open_door() -> None:
    wrong = [
        found("authentication", "GET /charts", f"a request {what} is refused with 401", "status 422", status=422)
        for what in ("with an empty token", "with an invalid credential")
    ]
    engine = found("ignored_auth", "GET /logs", "a request without a valid credential is refused with 401 or 403",
                   "status 422: Unexpected response", status=422)  # fmt: skip
    crash = found("odd-input", "GET /charts", "HEAD causes no server error", "status 500", status=500)

    assert [1, 3] == [len(each.findings) for each in causes([*wrong, engine, crash])]


def test_a_request_that_ends_the_server_is_one_cause_whichever_check_sends_it() -> None:
    silent = [
        found(check, "POST /charts", "a response", "none: the connection was closed", status=0)
        for check in ("paging", "create", "listed")
    ]

    assert [3] == [len(each.findings) for each in causes(silent)]


def test_a_long_value_does_not_tell_causes_apart() -> None:
    seen = ('columns: [{{"name":"{0}","label":"a \\"b","validate":["<Length(min=1)>"], "text": "{0}{0}{0}… id","x{0}":'
            ' is not of type "object"')  # fmt: skip
    some = [found("document", f"GET /{name}/info", "the body of a 200 response matches its schema", seen.format(name))
            for name in ("charts", "logs", "dashboards")]  # fmt: skip

    assert [3] == [len(each.findings) for each in causes(some)]


def test_a_scheme_in_lower_case_that_is_refused_comes_after_a_server_error() -> None:
    refused = found("authentication", "GET /charts", "the scheme `bearer` is accepted like `Bearer`", "status 401",
                    status=401)  # fmt: skip
    crash = found("odd-input", "GET /charts", "a body that is a number causes no server error", "status 500",
                  status=500)  # fmt: skip

    assert ["odd-input", "authentication"] == [each.example.check for each in causes([refused, crash])]


def test_a_field_that_an_update_loses_is_one_cause_in_every_reply_and_read() -> None:
    body = b'{"phone": null, "name": "x"}'
    lost = [
        found("update", "PATCH /a/{id}", "a GET after the update returns phone null", '"1"', body=body, answer=b"1"),
        found("update", "PATCH /a/{id}", "the update reply shows the new phone: null", '"1"', body=body, answer=b"2"),
        found("edge-input", "PATCH /a/{id}", "the reply shows phone as it was sent: null", "1", body=body, answer=b"3"),
        found("update", "PATCH /a/{id}", 'a GET after the update returns name "x"', '"y"', body=body, answer=b"4"),
    ]

    assert [3, 1] == [len(cause.findings) for cause in causes(lost)]


def test_a_field_with_the_same_wrong_kind_of_value_is_one_cause_at_every_operation() -> None:
    valid = "the body of a 201 response matches its schema"
    engine = 'status 200: Response violates schema; "2026" is not a "date-time"; Schema at /components/schemas/A/{}:; x'
    wrong = [
        found("document", "POST /a", valid, 'made_at: "2026" is not a valid date-time, such as 2024-01-31T12:00:00Z'),
        found("document", "GET /b", valid, '0.made_at: "2026" is not a valid date-time, such as 2024-01-31T12:00:00Z'),
        found("response_schema_conformance", "GET /c", "a body", engine.format("properties/made_at")),
        found("response_schema_conformance", "GET /d", "a body", engine.format("properties/sent_at")),
    ]

    assert [3, 1] == [len(cause.findings) for cause in causes(wrong)]


def test_invalid_requests_that_get_the_same_unusual_refusal_are_one_cause() -> None:
    """Guillotina answers 412 to all of them. One that is accepted is another cause."""
    wrong = [
        found("validation", "POST /a", "a request with b[] 7, which `type` forbids, is refused with 400 or 422",
              "status 412", status=412, body=b"1"),
        found("validation", "POST /c", "a request without the required field d is refused with 400 or 422",
              "status 412", status=412, body=b"2"),
        found("malformed-body", "POST /a", "a body that is not valid JSON is refused with 400 or 422",
              "status 412", status=412, body=b"3"),
    ]  # fmt: skip
    accepted = found("validation", "POST /a", "a request with b 7, which `type` forbids, is refused with 400 or 422",
                     "status 201", status=201, body=b"4")  # fmt: skip

    assert {3, 1} == {len(each.findings) for each in causes([*wrong, accepted])}


def test_odd_numbers_come_after_what_any_client_may_meet_and_are_one_cause() -> None:
    crashes = [
        found(check, f"GET {path}", f"{path} causes no server error", "status 500", status=500)
        for check, path in (
            ("odd-input", "/a?page=99999999999999999999"),
            ("not_a_server_error", "/b/9223372036854775808"),
        )
    ]
    crash = found("not_a_server_error", "GET /c", "no server error", "status 500", status=500)
    pages = found("paging", "GET /a", "the pages together contain all items", "4 items")
    race = found("concurrent-update-and-delete", "PATCH /a", "no server error", "status 500", status=500)
    body = found("document", "GET /a", "the body of a 200 response matches its schema", "a: 1 is not a string")

    assert [(crash, 1), (race, 1), (pages, 1), (body, 1), (crashes[0], 2)] == [
        (cause.example, len(cause.findings)) for cause in causes([*crashes, body, race, pages, crash])
    ]


def test_the_example_of_a_cause_can_be_reproduced_by_its_requests_alone() -> None:
    body = b'{"phone": null}'
    short = found("update", "PATCH /a", "the update reply shows the new phone: null", '"1"', body=body, answer=b"1")
    whole = found("update", "PATCH /a", "a GET after the update returns phone null", '"1"', body=body, answer=b"2")
    whole = replace(whole, exchanges=(*short.exchanges, *whole.exchanges))

    assert [short] == [cause.example for cause in causes([whole, short])]
    assert [whole] == [cause.example for cause in causes([whole, short], {short.id})]
    assert [whole] == [
        cause.example for cause in replace(report(whole, short), not_reproducible=frozenset({short.id})).causes
    ]


def test_open_access_comes_before_lost_data() -> None:
    lost = found("update", "PATCH /a", "a GET after the update returns phone null", '"1"', body=b'{"phone": null}')
    gone = found("ownership", "DELETE /b", "a second user cannot delete an item of the first", "status 204")

    assert [gone, lost] == [cause.example for cause in causes([lost, gone])]
