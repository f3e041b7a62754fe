"""What to do in the server about a finding: what its expectation says first, then what its check is about."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from contracts.model.finding import Finding
from contracts.report.severity import origin

BY_EXPECTATION: Sequence[tuple[str, str]] = (
    (r"the total is \d|the number of (its|the) items",
     ("Count in {operation} the items that the request selects and that still exist, and count them all: not only "
     "those of the page, and none that was deleted.")),
    (r"(no page has more than|each page before the last has|a page has) \d+ items",
     "Cut pages in {operation} of the size that the request asks for, or of the documented default without one."),
    (r"more pages follow|says that it is the last",
     "Say in {operation} that a page follows exactly when there are further items."),
    (r"\bis deleted with its (?P<owner>\w+)",
     "When the {owner} is deleted, delete what belongs to it in the same transaction."),
    (r"the list is in order of creation|the list is (ordered|sorted) by",
     "Sort the whole list in {operation} by the documented field, and by the id where two values are equal."),
    (r"refused with 415", "Answer 415 in {operation} when the Content-Type is not one that the document names."),
    (r"the scheme `bearer` is accepted",
     "Compare the name of the authentication scheme in {operation} without regard to case (RFC 9110 section 11.1)."),
    (r"header WWW-Authenticate with status 401",
     "Add the header WWW-Authenticate, which names the scheme, to every 401 (RFC 9110 section 15.5.2)."),
    (r"(If-Match|the entity tag).* returns 412",
     ("Compare If-Match in {operation} with the current entity tag before anything is changed, and answer 412 if they "
     "differ.")),
    (r"is refused while ",
     "Look at the state of the item in {operation} before anything is changed, and refuse what the document forbids."),
    (r"^a \w+ whose \S+ names no ",
     "Look up in {operation} every item that the body names, in lists too, and refuse the request if there is none."),
    (r"to which a new .* belongs is refused",
     "Count what refers to the item in {operation}, in the transaction that deletes it, and refuse it if any does."),
    (r" of the \S+ is (raised|lowered)( by|$)",
     "Change the figure in {operation}, in the transaction that stores the rest."),
    (r" of the \S+ is \S+ after ",
     "Reckon the figure from the items that there are when it is read, or change it in {operation}, too."),
    (r"^a second \S+ of the same \S+ which",
     "Look in {operation} for what overlaps, in the transaction that stores the new one, and refuse that."),
    (r"creates none$",
     "Check all items in {operation} before the first one is stored, or store them in one transaction."),
    (r"percent-encoded in the URL",
     "Decode the query in {operation} as UTF-8, once: `%20` is a space, and `%26` ends no value."),
    (r"ignores or refuses", "Take in {operation} only the fields that its schema names."),
    (r"^a second user cannot", ("Look the item up by its id and its owner in {operation}, and answer 404 (or 403) for "
     "another user's.")),
    (r"a second item with the same",
     "Add a unique index, and refuse in {operation} what violates it, with the status of the document."),
    (r"a second DELETE|returns 404 for (an unknown id|an id that differs|a deleted item)|a deleted item is not found",
     "Look the item up in {operation} first, and answer 404 if there is none or it was deleted."),
    (r"returns 404$", ("Look the item up in {operation} by every id of the path, and answer 404 if they do not belong "
     "together.")),
    (r"without its required body|not UTF-8|not valid JSON",
     "Answer 400 in {operation} when the body is missing or cannot be read."),
    (r"does not say that it created one", "Answer 201 in {operation} only when the item is new, otherwise 200 or 204."),
    (r"^a valid .* succeeds$|allows, is accepted",
     "Accept in {operation} what the schema allows, or narrow the schema in the document."),
    (r"is \S+ again when", ("Reckon the figure anew in the operation that deletes the item, or from the items that "
     "there are when it is read.")),
)  # fmt: skip
"""What is expected, as a regular expression → what to do in the server; an empty text where nothing is known."""

VALIDATE = (
    "Validate the request in {operation} first: accept what the schema allows, and answer 400 or 422 for all else."
)

BY_CHECK: Mapping[str, str] = {
    "authentication": "Check the credential before anything else in {operation}, and answer 401 without a valid one.",
    "ignored_auth": "Check the credential before anything else in {operation}, and answer 401 without a valid one.",
    "tenants": "Look the item up by its id and its owner in {operation}, and answer 404 (or 403) for another user's.",
    "object_level_authorization": "Look the item up by its id and its owner, and answer 404 for others.",
    "permissions": "Check the role of the user in {operation}, and answer 403 if it may not do this.",
    "secrets": "Leave the field out of every response of {operation}.",
    "read_your_writes": "Store what {operation} was sent before it answers, and read it from the same store.",
    "updates": "Store what {operation} was sent before it answers, and change nothing else.",
    "whole_updates": "Store every field that {operation} was sent before it answers.",
    "deleted_items": "Remove the item in {operation} from the store and every list, and answer 404 for it afterwards.",
    "edge_input": "Store in {operation} exactly what the schema allows, and refuse all else with 400 or 422.",
    "state_machine": "Store what {operation} was sent before it answers, and read it from the same store.",
    "concurrency": "Read and write in one transaction in {operation}, or lock the item, so that no request is lost.",
    "validation": VALIDATE,
    "query_parameters": VALIDATE,
    "negative_data_rejection": "Validate the request in {operation} against its schema first, and answer 400 or 422.",
    "positive_data_acceptance": "Accept in {operation} what its schema allows, or narrow the schema in the document.",
    "fields": "Set the fields in {operation} as the document says: defaults when they are absent, and nothing "
    "that clients may not set.",
    "paging": "Cut one ordered list into pages in {operation}, so that every item is on exactly one page.",
    "ordering": "Sort the whole list in {operation} as the document says.",
    "filters": "Apply every filter parameter in {operation} to all items, before anything is cut or counted.",
    "uniqueness": "Add a unique index, and answer 409 in {operation} when it is violated.",
    "capacity": "Count the items in the same transaction that adds one in {operation}.",
    "timestamps": "Set the time in {operation} on the server, once for each change, in the documented format.",
    "http_errors": "Set status and headers of refusals as HTTP says, once for all operations, in the framework's error "
    "handler.",
    "allow_header_conformance": "List in Allow every method of the path, not only those of the first matching route.",
    "unsupported_method": "Answer 405 with an Allow header for methods that the document does not have.",
    "odd_input": "Refuse what cannot be stored with 400 or 422 in {operation}, before any other work.",
}
"""The module of a check, or a check of Schemathesis → what to do in the server."""

NAMED = re.compile(r"(GET|HEAD|POST|PUT|PATCH|DELETE) /\S*")
"""The operation that an expectation begins with. It is at fault, even if the finding is listed at the read."""

OF_ANY_STATUS = frozenset({"validation", "query_parameters"})
"""Modules whose advice also fits a finding that saw nothing but a status."""


def advice(found: Finding) -> str:
    """What to do in the server about a finding of a check of behaviour; an empty text if nothing better is known.

    Repeating what was expected would not help.
    """
    named = NAMED.match(found.expected)
    operation = named[0] if named else found.operation
    for pattern, text in BY_EXPECTATION:
        match = re.search(pattern, found.expected)
        if match is not None:
            return _filled(text, operation, match.groupdict().get("owner", ""))
    module = origin(found.check)
    is_status = re.fullmatch(r"status \d+", found.seen) is not None and module not in OF_ANY_STATUS
    text = "" if is_status else BY_CHECK.get(module, "")
    return _filled(text or BY_CHECK.get(found.check, ""), operation, "")


def _filled(text: str, operation: str, owner: str) -> str:
    return text.replace("{operation}", operation).replace("{owner}", owner)
