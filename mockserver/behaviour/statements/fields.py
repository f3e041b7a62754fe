"""What a service does with single properties of an item."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta
from msgspec import field as made_by

from mockserver.behaviour.statements.base import Names, Statement

Values = Annotated[Mapping[str, Any], Meta(min_length=1, description="Names of properties, each with its value.")]
Fields = Annotated[Names, Meta(description="Names of properties.")]


class Defaults(Statement, frozen=True, kw_only=True):
    """Values of properties that a create request leaves out, besides each `default` in the schema.

    Values may be templates as in `initial`.
    """

    fields: Values


class Initial(Statement, frozen=True, kw_only=True):
    """Values that the service sets on a new item, whatever the request contains.

    Values may be templates: `{id}`, `{tenant}`, `{user}`, `{now}`, `{slug:FIELD}` (a property's text in lower case with
    hyphens), `{present:FIELD}` (true if the property has a value), `{field:FIELD}` (the property's value),
    `{joined:FIELD FIELD}` (the texts of properties, with spaces between), `{param:NAME}` (a path parameter),
    `{later:7d}` (the time, and so much later) and `{day_later:30d}` (the day).
    """

    fields: Values


class Derived(Statement, frozen=True, kw_only=True):
    """Values that the service computes again at every write. Templates as in `initial`.

    `{next:version}` is the number after the one before; of a new item that of `defaults`, or 1.
    """

    fields: Values


class Inside(Statement, frozen=True, kw_only=True):
    """Values inside of objects that the service sets: `metadata.uid`, `attributes.created_at`.

    Templates as in `initial`. An object that an item lacks is made. An update that leaves a value out keeps it.
    """

    fields: Values
    again: Annotated[bool, Meta(description="They are computed again at every write.")] = False


class Timestamps(Statement, frozen=True, kw_only=True):
    """The properties that hold the time of creation and of the last update."""

    created: Annotated[str, Meta(description="The property for the time of creation.")] = ""
    updated: Annotated[str, Meta(description="The property for the time of the last update.")] = ""
    written: Annotated[
        Literal["iso-milliseconds", "iso-microseconds", "iso-seconds", "iso-date", "unix-seconds", "unix-milliseconds"],
        Meta(description="The format of a time."),
    ] = "iso-milliseconds"


class WriteOnly(Statement, frozen=True, kw_only=True):
    """Properties that a client sends and no reply shows."""

    fields: Fields


class ServerSet(Statement, frozen=True, kw_only=True):
    """Properties that only the service sets. A value in a request is ignored."""

    fields: Fields


class Immutable(Statement, frozen=True, kw_only=True):
    """Properties that an update does not change."""

    fields: Fields


class Invented(Statement, frozen=True, kw_only=True):
    """The mock generates, from the reply's schema, each value that neither a request nor a statement gives."""


class Content(Statement, frozen=True, kw_only=True):
    """The properties of an item that describe its content, such as a file that was uploaded."""

    name: Annotated[str, Meta(description="The property for the name of the file.")] = ""
    size: Annotated[str, Meta(description="The property for the number of bytes.")] = ""
    media_type: Annotated[str, Meta(description="The property for the media type.")] = ""
    md5: Annotated[str, Meta(description="The property for the MD5 digest.")] = ""
    sha1: Annotated[str, Meta(description="The property for the SHA-1 digest.")] = ""
    sha256: Annotated[str, Meta(description="The property for the SHA-256 digest.")] = ""
    written: Annotated[Literal["hex", "base64"], Meta(description="How a digest is written.")] = "hex"


class Latest(Statement, frozen=True, kw_only=True):
    """A property has the value that the newest of other items has: the time of the last visit.

    Or the highest or lowest value among them: the highest bid.
    """

    field: Annotated[str, Meta(description="The property.")]
    resource: Annotated[str, Meta(description="The name of the other resource in `x-resources`.")]
    takes: Annotated[str, Meta(description="The property of the other items whose value it is.")]
    of: Annotated[
        Literal["newest", "highest", "lowest"],
        Meta(description="Of which of the other items: the `newest`, or that with the `highest` or `lowest` value."),
    ] = "newest"
    by: Annotated[
        str,
        Meta(
            description="The property of the other items that has the id of this one. Empty if they are below its path."
        ),
    ] = ""


class Copied(Statement, frozen=True, kw_only=True):
    """Properties that a new item takes from another one that it names, unless the request has them."""

    by: Annotated[str, Meta(description="The property that names the other item: `product_id`.")]
    resource: Annotated[str, Meta(description="The name of its resource in `x-resources`.")]
    key: Annotated[str, Meta(description="The property of the other item that `by` has.")] = "id"
    fields: Annotated[
        Mapping[str, str],
        Meta(min_length=1, description="Properties, each with that of the other item: `unit_price: price`."),
    ]
    within: Annotated[str, Meta(description="The list whose entries have these properties.")] = ""


class Versions(Statement, frozen=True, kw_only=True):
    """Each change of an item is kept as an item of another resource below it: a file that is uploaded again, a page
    that is edited.

    Which changes count follows from what a version shows: its content, and each property that both have. An operation
    that creates a version changes the item.
    """

    resource: Annotated[str, Meta(description="The name of the resource of the versions in `x-resources`.")]
    number: Annotated[
        str, Meta(description="The property of a version that has its number: 1 for the first. Empty if it has none.")
    ] = ""
    current: Annotated[
        str,
        Meta(description="The property of the item that has the number of its newest version. Empty if it has none."),
    ] = ""


class Count(Statement, frozen=True, kw_only=True):
    """A number of an item that follows from other items: how many there are, or the sum or the mean of one of
    their properties.

    A new item has none of them. The number changes with each request that creates, changes or deletes one.
    """

    field: Annotated[
        str, Meta(description="The property that has the number; with `mean` also one in an object: `rating.average`.")
    ]
    resource: Annotated[str, Meta(description="The name of the other resource in `x-resources`.")]
    by: Annotated[
        str,
        Meta(
            description="The property of the other items that has the id of this one, as in `references`. "
            "Empty if they are below its path."
        ),
    ] = ""
    where: Annotated[
        Mapping[str, Any],
        Meta(description="Properties that the other items must have to be counted, with their values: `done: false`."),
    ] = made_by(default_factory=dict)
    sum: Annotated[
        str, Meta(description="The property of the other items whose values are added. Empty if they are counted.")
    ] = ""
    mean: Annotated[
        str, Meta(description="The property of the other items whose mean it is. Empty if it is no mean.")
    ] = ""
    on_top: Annotated[
        bool, Meta(description="Clients set the number too: the other items are added to what they set.")
    ] = False
    sign: Annotated[Literal[1, -1], Meta(description="-1: the other items are taken off, not added.")] = 1
    lowered_by: Annotated[
        Mapping[str, Names],
        Meta(description="Values of properties of the other items that are taken off, not added: `type: [out]`."),
    ] = made_by(default_factory=dict)
    unless: Annotated[
        Mapping[str, Names],
        Meta(description="Values with which another item gives back what it changed: `status: [cancelled]`."),
    ] = made_by(default_factory=dict)
    refuses: Annotated[
        bool,
        Meta(description="A create that takes off more than there is is refused, with a documented 409, 422 or 400."),
    ] = False
    shows: Annotated[
        str, Meta(description="The property of a new one of the other items that has the number as it is then.")
    ] = ""
    digits: Annotated[int, Meta(ge=0, le=9, description="To how many decimals a mean is rounded, half up.")] = 9
    without: Annotated[
        Literal["null", "zero"], Meta(description="What a mean is as long as there are no other items.")
    ] = "null"


class SoftDelete(Statement, frozen=True, kw_only=True):
    """A DELETE keeps the item and sets a property of it.

    Then no operation finds the item, except one that sets the property back. A list shows it if a filter of it says so.
    """

    field: Annotated[str, Meta(description="The property that says that an item is deleted: a time, or a flag.")]
    value: Annotated[Any, Meta(description="Its value in a deleted item: `{now}`, or true.")] = "{now}"


class FigureStatement(Statement, frozen=True, kw_only=True):
    """A number of an item that follows from its other properties. It is computed again at every write."""

    field: Annotated[str, Meta(description="The property that has the number.")]
    formula: Annotated[
        str,
        Meta(
            description="From what it follows: `subtotal - discount`, `quantity * price`, `sum over lines of quantity "
            "times price`, `sum of the amounts of all lines`, `number of lines`."
        ),
    ]
    within: Annotated[
        str, Meta(description="The list whose entries have the property, and all those that the formula names.")
    ] = ""
