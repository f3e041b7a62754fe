"""What replies look like: the success reply, and the body of each kind of error."""

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import Meta, field
from msgspec.structs import fields

from mockserver.behaviour.statements.base import Evidence, Keys, Statement


class ReplyStatement(Statement, frozen=True, kw_only=True):
    """The success reply.

    Values in `body` and `headers`: `{item}`, `{items}`, `{only}` (the only item of a list), `{included}` (the items
    behind references), `{by_id}` (an object that has the items by their ids), `{ids}`,
    `{unknown_ids}` (the ids in a batch that no item has), `{id}`, `{next}` (the next position),
    `{more}` (is there another page?), `{last}` (is this the last one?), `{total}`, `{limit}`, `{offset}`,
    `{page}`, `{pages}`, `{count}`, `{first_id}`, `{last_id}` (the ids of the first and the last item of the page),
    `{first}` (is this the first page?), `{earlier}` (is there one before it?),
    `{empty}`, `{from}` and `{to}` (the numbers of the first and the last item of the page, from 1), `{last_page}` (the
    number of the last page, which is the first one of an empty list), `{next_url}`,
    `{previous_url}`, `{first_url}`, `{last_url}` (the addresses of other pages), `{this_url}` (of this one),
    `{list_url}` (without the query), `{list_path}` (only its path), `{created}`, `{updated}`, `{failed}`, `{imported}`
    and `{rows}` (the numbers of an import), `{refused}` (the rows that were not imported), `{range}` (`0-9/57`, for a
    header `Content-Range`) and `{location}` (the item's path).
    `{text:id}` is the value as a string, and so is `{text_or_null:id}`; without a value they are empty or null, and
    `{number:from}` is 0. `{http_date:updated_at}` is a time of the item for a header `Last-Modified`.
    A property that is only `{next?}` is left out if it has no value, and so is an object with `$if: next`.
    `[{$each: items, node: '{item}'}]` are the items of a list, each inside of an object that may show its `{id}` too.
    `[{$each: results, id: '{id}', status: '{status}'}]` is what became of each entry of a batch, with `{ok}` and
    `{message?}` of a refusal: then each is done by itself.
    """

    status: Annotated[
        Annotated[int, Meta(ge=200, le=399)] | None, Meta(description="Default: the first documented success.")
    ] = None
    body: Annotated[Any, Meta(description="The template of the body.")] = "{item}"
    media_type: Annotated[
        str, Meta(description="The media type of a body that the document does not describe. Default: no body.")
    ] = ""
    headers: Annotated[Mapping[str, str], Meta(description="Response headers, each with its template.")] = field(
        default_factory=dict
    )
    minimal: Annotated[
        Annotated[int, Meta(ge=200, le=299)] | None,
        Meta(
            description="The status of a reply without a body, which a request gets unless it has the header "
            "`Prefer: return=representation` (RFC 7240)."
        ),
    ] = None


class Wording(Keys, frozen=True, kw_only=True):
    """The service's own text for an invalid value. A key that is left out matches everything."""

    keyword: Annotated[str, Meta(description="The keyword of JSON Schema that the value breaks, e.g. `maxLength`.")] = (
        ""
    )
    field: Annotated[str, Meta(description="The name of the field, or a pattern such as `headers.*.name`.")] = ""
    expected: Annotated[
        Any, Meta(description="The value of that keyword: a format, a type, the name of a required property.")
    ] = None
    message: Annotated[
        str,
        Meta(
            description="What `{message}` becomes. Values: `{message}`, `{field}`, `{expected}`, `{keyword}` and "
            "`{number}` (the position in an array, from 1)."
        ),
    ] = "{message}"
    code: Annotated[str, Meta(description="What `{keyword}` becomes.")] = "{keyword}"


class ErrorBody(Statement, frozen=True, kw_only=True):
    """The status and body of one kind of error.

    It may leave out `evidence`: then it has the evidence, source and note of `errors`.
    """

    status: Annotated[
        Annotated[int, Meta(ge=400, le=599)] | None, Meta(description="Default: the usual one of the kind.")
    ] = None
    body: Annotated[Any, Meta(description="The template of the body.")] = None
    media_type: Annotated[str, Meta(description="Its media type.")] = "application/json"
    words: Annotated[
        tuple[Wording, ...],
        Meta(description="Texts for invalid values. The first entry that matches a fault is used for it."),
    ] = ()


class Errors(Statement, frozen=True, kw_only=True):
    """The status and body of each kind of error.

    Values in a body: `{message}`, `{messages}` (of all faults, without the names of their fields), `{field}`, `{loc}`
    (the field as a list), `{keyword}`, `{status}`, `{kind}`, `{path}`, `{method}`, `{position}` (where invalid JSON
    breaks off), `{resource}`, `{limit}` and `{retry_after_ms}`. An array whose only entry has the key `$each: faults`
    is repeated for every fault.
    """

    evidence: Annotated[Evidence, Meta(description="For each body that has none of its own.")] = "assumed"
    default: Annotated[ErrorBody | None, Meta(description="Every kind that is not listed.")] = None
    malformed: Annotated[ErrorBody | None, Meta(description="The body cannot be parsed (400).")] = None
    invalid: Annotated[ErrorBody | None, Meta(description="A value does not match the document (400).")] = None
    unauthenticated: Annotated[
        ErrorBody | None, Meta(description="The credential is missing or not accepted (401).")
    ] = None
    forbidden: Annotated[ErrorBody | None, Meta(description="The role does not allow it (403).")] = None
    missing: Annotated[ErrorBody | None, Meta(description="The item does not exist (404).")] = None
    unknown_path: Annotated[ErrorBody | None, Meta(description="The path does not exist (404).")] = None
    method_not_allowed: Annotated[ErrorBody | None, Meta(description="The path does not have the method (405).")] = None
    not_acceptable: Annotated[ErrorBody | None, Meta(description="No media type matches `Accept` (406).")] = None
    conflict: Annotated[ErrorBody | None, Meta(description="A `capacity` or `unique` statement refuses it (409).")] = (
        None
    )
    precondition_failed: Annotated[
        ErrorBody | None, Meta(description="The item does not have the entity tag of `If-Match` (412).")
    ] = None
    precondition_required: Annotated[ErrorBody | None, Meta(description="The request needs `If-Match` (428).")] = None
    too_large: Annotated[ErrorBody | None, Meta(description="The body is too large (413).")] = None
    unsupported_media_type: Annotated[ErrorBody | None, Meta(description="The media type is not accepted (415).")] = (
        None
    )
    range_not_satisfiable: Annotated[
        ErrorBody | None, Meta(description="The content has no byte of the `Range` (416).")
    ] = None
    too_many: Annotated[ErrorBody | None, Meta(description="A rate limit is exceeded (429).")] = None
    bad_gateway: Annotated[ErrorBody | None, Meta(description="Another server could not be reached (502).")] = None
    unavailable: Annotated[ErrorBody | None, Meta(description="The store of `--store` does not answer (503).")] = None
    unanswerable: Annotated[ErrorBody | None, Meta(description="The mock has no valid answer (500).")] = None

    @property
    def bodies(self) -> dict[str, ErrorBody]:
        """The bodies that are stated, by kind of error."""
        found = {kind: getattr(self, name) for name, kind in ERROR_KINDS.items()}
        return {kind: body for kind, body in found.items() if body is not None}


ERROR_KINDS = {
    entry.name: entry.encode_name for entry in fields(Errors) if entry.name not in ("evidence", "source", "note")
}
"""Field of `Errors` → the kind of error, as `Refusal.kind` names it."""
