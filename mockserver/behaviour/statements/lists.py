"""What a list shows, in which order, and how it is divided into pages."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta, field

from mockserver.behaviour.statements.base import Names, Statement

EVERY_FIELD = "*"
"""The field of a filter that searches in all texts of an item."""


class Order(Statement, frozen=True, kw_only=True):
    """In which order a list shows items."""

    by: Annotated[str, Meta(description="The name of a property, or `creation`.")] = "creation"
    direction: Annotated[
        Literal["ascending", "descending"], Meta(description="By creation, `descending` means newest first.")
    ] = "ascending"
    then: Annotated[
        Names,
        Meta(description="The properties that order items with the same value of `by`, the first one first."),
    ] = ()
    ranks: Annotated[
        Mapping[str, Names],
        Meta(
            description="The values of properties in their order: `day: [mon, tue]`. Without it texts are alphabetical."
        ),
    ] = field(default_factory=dict)


class Paging(Statement, frozen=True, kw_only=True):
    """How a list is divided into pages, and the names of the query parameters for it."""

    style: Annotated[
        Literal["cursor", "offset", "page"],
        Meta(
            description="What the position is. `cursor`: the id of the last item of the previous page, or a value in "
            "its place where the schema of the cursor does not allow the id; `offset`: how many items to skip; "
            "`page`: the number of the page."
        ),
    ]
    limit: Annotated[str, Meta(description="The parameter for the number of items on a page.")] = "limit"
    position: Annotated[str, Meta(description="The parameter for the position.")] = "cursor"
    backward: Annotated[
        str, Meta(description="With `cursor`: the parameter for the id of the item before which the page ends.")
    ] = ""
    unknown_position: Annotated[
        Literal["invalid", "missing", "empty"],
        Meta(description="The answer to a cursor that was never an id: `invalid`, `missing` (404) or an `empty` page."),
    ] = "invalid"
    default: Annotated[int, Meta(ge=1, description="Items on a page if the request does not say.")] = 50
    maximum: Annotated[int, Meta(ge=0, description="The most items on a page. 0: no limit.")] = 0
    first: Annotated[int, Meta(ge=0, description="The number of the first page.")] = 1
    first_item: Annotated[
        int, Meta(ge=0, le=1, description="With `offset`: the number of the first item; 1 as in SCIM (RFC 7644).")
    ] = 0
    link_header: Annotated[
        bool, Meta(description="Send a `Link` header with the addresses of the other pages (RFC 8288).")
    ] = False


class Filter(Statement, frozen=True, kw_only=True):
    """A query parameter that selects the items whose property equals its value, or one of its values.

    Of a get, update, replace or delete the filters say which item it is about: `GET /links?from=a&to=b`. If several
    items fit it is the newest, and a delete deletes all of them.
    With `equals` the property is compared with that value instead, unless the parameter has the value `unless`. With
    `equals` and no `parameter` this always applies.
    """

    parameter: Annotated[str, Meta(description="The name of the parameter.")] = ""
    field: Annotated[
        str,
        Meta(
            description="The name of the property. `project.name` is a property of the object `project`, "
            "`project_id.name` one of the item that `project_id` refers to, `tags[]` each value of the list `tags`. "
            "`*`: each word of the parameter's value is in some text of the item, in upper or lower case. A word with "
            "a colon, such as `is:open`, is not looked for."
        ),
    ]
    equals: Annotated[Any, Meta(description="The value that the property is compared with.")] = None
    unless: Annotated[Any, Meta(description="The value of the parameter that switches `equals` off.")] = None
    anything: Annotated[Any, Meta(description="The value of the parameter that selects every item.")] = None
    nothing: Annotated[
        Any, Meta(description="The value of the parameter that selects the items without a value: `root`, `none`.")
    ] = None
    default: Annotated[Any, Meta(description="The value of the parameter if a request does not have it.")] = None
    location: Annotated[Literal["query", "path"], Meta(description="Where the parameter is.")] = "query"
    compare: Annotated[
        Literal[
            "equal",
            "equal-any-case",
            "not-equal",
            "any-of",
            "all-of",
            "at-least",
            "at-most",
            "above",
            "below",
            "contains",
            "starts-with",
            "present",
            "expression",
            "operator",
            "label-selector",
            "field-selector",
        ],
        Meta(
            description="How the property compares with the value. `equal-any-case`: a text equals it in any case; "
            "`any-of`: it is one of several ids with commas "
            "between them, also where ids are numbers and the parameter is a text; `all-of`: a list has every one of "
            "several values; `at-least` for `min_price`, `below` for `price_lt`, `contains` (in upper or lower "
            "case) for `title_like`; `present`: with true there is one, more than 0 of them, with false there is none. "
            "`expression` (with the field `*`): the value is an expression of SCIM or OData, such as "
            '`userName eq "ada" and active eq true`; one that cannot be read is refused. `operator`: the value begins '
            "with one, as PostgREST writes it: `gte.5`, `not.in.(1,2)`. `label-selector`: the value selects by the "
            "labels in an object, as in Kubernetes (`area=tax,tier!=low`); `field-selector` (with the field `*`): by "
            "the fields of the item."
        ),
    ] = "equal"


class Expand(Statement, frozen=True, kw_only=True):
    """A query parameter, or property of the body, that names references: the reply shows the items behind them.

    `?expand[]=customer` shows the customer in place of its id, where the schema of the reply allows an object and the
    item exists. `customer.account` shows the account in it too.
    """

    parameter: Annotated[str, Meta(description="The parameter, a list of names or a text with commas.")]
    into: Annotated[
        bool,
        Meta(description="The items are shown in the list `{included}` of the reply, each once; ids stay (JSON:API)."),
    ] = False


class Select(Statement, frozen=True, kw_only=True):
    """A query parameter that names the properties of items that a reply shows.

    What the schema requires is always shown. A request that names what no item has gets all properties.
    """

    parameter: Annotated[str, Meta(description="The parameter, a list of names or a text with commas.")]
    inside: Annotated[
        str, Meta(description="The property of an item that has the others: `attributes` (JSON:API).")
    ] = ""


class Sort(Statement, frozen=True, kw_only=True):
    """Query parameters that choose the order of a list."""

    parameter: Annotated[
        str,
        Meta(
            description="The parameter that names a property, or several. A `-` before the name, or `desc` after it, "
            "reverses the order. `order[]`: each property has a parameter with its direction, `order[price]=desc`."
        ),
    ]
    direction: Annotated[
        str, Meta(description="The parameter for the direction: `asc` or `desc`, or a flag that reverses it.")
    ] = ""
    default: Annotated[
        str, Meta(description="What orders the list if a request does not say it, as the parameter would: `-created`.")
    ] = ""
    default_direction: Annotated[
        Literal["", "asc", "desc"], Meta(description="The direction if a request does not say it.")
    ] = ""
    ranks: Annotated[
        Mapping[str, tuple[str, ...]],
        Meta(
            description="Properties whose values have an order of their own, each with its values, the lowest first: "
            "`priority: [low, normal, high]`. Other values follow these."
        ),
    ] = field(default_factory=dict)
    ties: Annotated[
        Mapping[str, str],
        Meta(
            description="How items with the same value of a property are ordered, in both directions: by another "
            "property or by `creation`. A `-` before it reverses the order: `priority: -creation`."
        ),
    ] = field(default_factory=dict)
    any_case: Annotated[bool, Meta(description="Texts are sorted without regard to upper and lower case.")] = False
