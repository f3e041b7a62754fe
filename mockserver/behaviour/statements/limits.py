"""What a service refuses: too many items, a value twice, a minimum above its maximum, what a state does not allow."""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta, field

from mockserver.behaviour.statements.base import Names, Statement


class Capacity(Statement, frozen=True, kw_only=True):
    """At most this many items for each tenant. One more is a conflict."""

    limit: Annotated[int, Meta(ge=0, description="How many items.")]
    message: Annotated[str, Meta(description="The error message. `{limit}` is the limit.")] = (
        "The limit of {limit} is reached."
    )


class Unique(Statement, frozen=True, kw_only=True):
    """No two items of a tenant have the same values in all of these properties. A second one is a conflict."""

    fields: Annotated[Names, Meta(description="Names of properties.")]
    message: Annotated[str, Meta(description="The error message. `{fields}` are the names.")] = (
        "An item with this {fields} already exists."
    )
    ignore_case: Annotated[
        bool, Meta(description="Texts that differ only in upper and lower case are the same value.")
    ] = False


class SumLimit(Statement, frozen=True, kw_only=True):
    """The values of a property of items that are alike are at most this much together. More is refused."""

    field: Annotated[str, Meta(description="The property, a number.")]
    limit: Annotated[float, Meta(description="How much they have together at most.")]
    alike: Annotated[
        Names, Meta(description="The properties that such items share: `date`. None: all items of the collection.")
    ] = ()
    per: Annotated[
        Literal["caller", "all"],
        Meta(description="`caller`: of the items that the same client created; `all`: of all."),
    ] = "all"


class Ordered(Statement, frozen=True, kw_only=True):
    """Two properties of an item, numbers or times, come in order. A request after which they do not is refused."""

    low: Annotated[str, Meta(description="The property with the lower number, or the earlier time.")]
    high: Annotated[str, Meta(description="The property with the higher number, or the later time.")]
    equal: Annotated[bool, Meta(description="They may be equal.")] = True


class Refused(Statement, frozen=True, kw_only=True):
    """In which states of an item an operation is refused, with the first of 409, 422, 400 and 403 that it documents.

    A create that is refused for the item above, or for one that a property names, has that item's resource in `of`.
    """

    field: Annotated[str, Meta(description="The property that says in which state the item is.")]
    when: Annotated[
        tuple[str | bool | None, ...],
        Meta(description="The values with which it is refused. `{present}` is any value but null."),
    ] = ()
    unless: Annotated[
        tuple[str | bool | None, ...],
        Meta(description="The values with which it is not refused; any other value refuses it."),
    ] = ()
    of: Annotated[str, Meta(description="The resource of the item. Default: that of the operation.")] = ""
    by: Annotated[
        str, Meta(description="The property that names the item of that resource. Empty if the item is above.")
    ] = ""
    reached: Annotated[
        str, Meta(description="A property of the item: refused once the number of the item is what it has, or more.")
    ] = ""
    below: Annotated[
        str,
        Meta(description="A property of the request: refused if the number of the item is less than what it has."),
    ] = ""


class Once(Statement, frozen=True, kw_only=True):
    """The operation succeeds once for an item. A second request is refused, with the first of 409, 422, 400 and 403
    that it documents.

    A create is about the item above, and counts as long as what it made is there. Any other operation is about its own
    item.
    """

    per: Annotated[
        Literal["caller", "item"],
        Meta(description="`caller`: each client may send one; `item`: one client may, for all of them."),
    ] = "caller"
    unless: Annotated[
        Mapping[str, Names],
        Meta(description="Values with which what a create made no longer counts: `status: [cancelled]`."),
    ] = field(default_factory=dict)


class ContentSize(Statement, frozen=True, kw_only=True):
    """A larger file is refused, with the first of 413, 422 and 400 that the operation documents."""

    limit: Annotated[int, Meta(ge=1, description="How many bytes a file has at most.")]


class NoOverlap(Statement, frozen=True, kw_only=True):
    """No two items take the same thing at the same time. One may begin at the moment when another one ends."""

    fields: Annotated[
        Names,
        Meta(
            description="The properties that say what an item takes: `room_id`. None: all items of the collection do."
        ),
    ] = ()
    first: Annotated[str, Meta(description="The property with the first moment.")]
    last: Annotated[str, Meta(description="The property with the last moment.")]
    unless: Annotated[
        Mapping[str, Names], Meta(description="Values with which an item takes no time: `status: [cancelled]`.")
    ] = field(default_factory=dict)
