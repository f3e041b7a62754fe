"""What an operation does."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta, field

from mockserver.behaviour.statements.base import Names, Statement

BATCHES = {
    "create-many": "create",
    "update-many": "update",
    "replace-many": "replace",
    "delete-many": "delete",
    "replace-all": "create",
    "update-all": "update",
    "delete-all": "delete",
}
"""What `Action.does` of a request about several items does to each of them."""

SEVERAL = frozenset(("list", *BATCHES))
"""The actions whose replies show several items."""

CONTENTS = ("get-content", "replace-content")
"""The actions on the content of an item, which a reply may show in its place."""

WHOLE_BODY = "*"
"""What `Action.content` says where the content is the whole body."""


class Action(Statement, frozen=True, kw_only=True):
    """What the operation does to an item of a resource, or to the list of them."""

    does: Annotated[
        Literal[
            "create",
            "list",
            "get",
            "update",
            "replace",
            "delete",
            "copy",
            "answer",
            "create-many",
            "update-many",
            "replace-many",
            "delete-many",
            "replace-all",
            "update-all",
            "delete-all",
            "get-content",
            "replace-content",
            "import",
        ],
        Meta(
            description="`answer` does nothing itself: a rule makes the reply. `copy` creates an item with what "
            "clients can send of the one that the path names. `create-many` and the like do it to "
            "each entry of a list in the body, or to each item whose id is there, and show all of them as `{items}`. "
            "Either all of it happens or nothing. `delete-all` deletes what a list with the same query would show, and "
            "`update-all` makes the same change to each; "
            "`replace-all` makes the list in the body the whole collection: an entry with the id of an item replaces "
            "that item. `replace-content` stores the whole body, a text, a number, a list or "
            "a file, as the content of an item, and `get-content` shows it in the media type in which it was sent. "
            "`import` makes an item for each row of a table, or changes the one that has the id of the row."
        ),
    ]
    of: Annotated[str, Meta(description="The name of the resource in `x-resources`.")] = ""
    patch: Annotated[
        Literal["fields", "merge-patch", "json-patch", "scim"],
        Meta(
            description="How an update reads the body. `fields`: each property in it replaces the old one; "
            "`merge-patch`: RFC 7396; `json-patch`: RFC 6902; `scim`: the `Operations` of RFC 7644, section 3.5.2."
        ),
    ] = "fields"
    merges: Annotated[
        Names,
        Meta(
            description="Of an update: the properties whose objects keep what the request does not send of them, "
            "such as `metadata`. A key that gets null or an empty text is taken away."
        ),
    ] = ()
    mask: Annotated[
        str,
        Meta(
            description="The query parameter that names the properties an update changes (AIP-134): `updateMask`. "
            "Without it, those in the body."
        ),
    ] = ""
    envelope: Annotated[
        Names, Meta(description="The keys that lead from the request body to the item in it, or to the list.")
    ] = ()
    takes: Annotated[
        Mapping[str, str],
        Meta(
            description="Properties of the request that the item has under another name: name in the request → name. "
            "An update sets them although the schemas say `readOnly`: `{tenant: tenant}`."
        ),
    ] = field(default_factory=dict)
    inside: Annotated[
        str,
        Meta(description="The property of the item, an object, that has the properties of the request: `attributes`."),
    ] = ""
    keeps: Annotated[
        Mapping[str, str],
        Meta(
            description="Path parameters, or query parameters of a create, that a new item stores: parameter → "
            "property. A PUT without the property does not change it."
        ),
    ] = field(default_factory=dict)
    sets: Annotated[
        Mapping[str, Any],
        Meta(
            description="Properties that an update gives new values, or a create its first ones: property → value or "
            "template, such as `{now}` or `{renewed}` (another generated value); null takes away what cannot be null. "
            "Of the body of an update only properties that the item has are kept. The reply of a delete shows these "
            "values."
        ),
    ] = field(default_factory=dict)
    sets_above: Annotated[
        Mapping[str, Any],
        Meta(
            description="Properties of the item above (`parent`) that get new values by a create or an update: a new "
            "outage makes the lamp `{state: faulty}`."
        ),
    ] = field(default_factory=dict)
    sets_named: Annotated[
        Mapping[str, Mapping[str, Any]],
        Meta(
            description="Properties of the items that properties of this one name (`references`). They get new values "
            "by a create, an update or a delete: `{vehicle_id: {status: in_use}}` for a new trip."
        ),
    ] = field(default_factory=dict)
    entry: Annotated[
        str,
        Meta(
            description="The list in the item whose entry an update changes: POST adds the body, PUT and PATCH "
            "change the entry that the last path parameter names, DELETE removes it. A PUT or POST to the path of an "
            "entry adds it if it has no body, once."
        ),
    ] = ""
    entry_of: Annotated[
        str,
        Meta(
            description="The resource whose items such a list shows, or whose ids it has: what is added is the item "
            "of that resource with the id in the path or in the body."
        ),
    ] = ""
    counts: Annotated[
        str,
        Meta(
            description="The number of such an entry that says how often it was chosen: POST and PUT raise it by one, "
            "a PUT of the same caller once, and DELETE lowers it. An entry that is chosen by its path begins with 1 "
            "and is removed with the last one."
        ),
    ] = ""
    content: Annotated[
        str,
        Meta(
            description="What is the content of the item in a create, replace or `replace-content`: the name of the "
            "part of a multipart form, or `*` for the whole body."
        ),
    ] = ""
    ids: Annotated[
        str,
        Meta(
            description="The query parameter that has the ids for a `delete-many`, as a list or with commas. Default: "
            "the list in the body has them."
        ),
    ] = ""
    upsert: Annotated[
        bool,
        Meta(description="A replace creates the item if it does not exist; a create replaces it if it exists."),
    ] = False
    across: Annotated[
        bool,
        Meta(
            description="A get or list is about the items below all owners: the path does not say which owner it is. A "
            "create puts the item below the owner that it shows (`within`): the one that it `keeps`, or the first one."
        ),
    ] = False
    columns: Annotated[
        Mapping[str, str],
        Meta(description="The columns of the table that a list shows or an `import` takes, each with its property."),
    ] = field(default_factory=dict)
    account: Annotated[
        Literal["", "own", "named"],
        Meta(
            description="Of a resource of accounts: `own` is the one that asks, as its token says, else the one that "
            "was made last; `named` the one whose name and password the body has, which a login shows."
        ),
    ] = ""
    of_caller: Annotated[
        bool,
        Meta(
            description="The item is that of the caller: `GET /users/me`. No document says which one that is, so it "
            "is the first one."
        ),
    ] = False
    by: Annotated[
        str,
        Meta(
            description="The property that the last path parameter of such a get contains, or that of an `entry`. "
            "Default: the id."
        ),
    ] = ""


class Rule(Statement, frozen=True, kw_only=True):
    """Something that no statement can say: a Python function runs. Without the rule it does not."""

    name: Annotated[str, Meta(description="The name of the function.")]
    says: Annotated[str, Meta(description="What it does, in a sentence.")]
