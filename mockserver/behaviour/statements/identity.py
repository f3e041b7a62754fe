"""What identifies items and separates them: ids, tenants and parents."""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta
from msgspec import field as made_by

from mockserver.behaviour.statements.base import Names, Statement


class IdentityStatement(Statement, frozen=True, kw_only=True):
    """The id of an item: where it is, and how a new one is made."""

    field: Annotated[str, Meta(description="The property that holds it.")] = "id"
    parameter: Annotated[
        str,
        Meta(description="The parameter that holds it, of the path, the query or a header; empty if there is none."),
    ] = "id"
    location: Annotated[
        Literal["path", "query", "header"],
        Meta(
            description="Where the parameter is. `query`: items have no paths of their own, as in `GET /user?id=1`. "
            "A get without the parameter shows the newest item. `header`: a header of the request names the item."
        ),
    ] = "path"
    also: Annotated[
        str,
        Meta(
            description="Another property by which a path may name the item, as in `/issues/{idOrKey}`, or one "
            "inside of an object: `metadata.name`."
        ),
    ] = ""
    generate: Annotated[
        Literal["uuid", "integer", "digits", "random", "schema", "client", "single"],
        Meta(
            description="How a new id is made. `uuid`: a random UUID; `integer`: the next number; `digits`: the next "
            "number as a string; `random`: `prefix` and `length` random characters; `schema`: a value of the "
            "property's schema; `client`: the request contains it; `single`: there is only one item, without an id, "
            "and it exists from the start unless an operation creates it."
        ),
    ] = "uuid"
    from_client: Annotated[bool, Meta(description="A request may contain an id, and the item gets it.")] = False
    chosen_by: Annotated[
        str, Meta(description="The query parameter of a create in which a client may choose the id: `bookId`.")
    ] = ""
    slug_of: Annotated[
        str,
        Meta(description="The property whose text a new id is made of, if none is sent: `Beta Labs` is `beta-labs`."),
    ] = ""
    resource_name: Annotated[
        str,
        Meta(
            description="The property shows the whole resource name (AIP-122): `shelves/{shelf}/books/{book}`, with "
            "the parameters of the item's path. Empty: it shows the id alone."
        ),
    ] = ""
    prefix: Annotated[str, Meta(description="What a `random`, `uuid` or `digits` id starts with.")] = ""
    length: Annotated[int, Meta(ge=1, description="How many random characters a `random` id has.")] = 24
    width: Annotated[int, Meta(ge=0, description="How many digits `digits` has at least: zeros fill it up.")] = 0


class Tenant(Statement, frozen=True, kw_only=True):
    """Which tenant an item belongs to. Tenants never see each other's items."""

    by: Annotated[
        Literal["path", "header", "credential", "none"],
        Meta(
            description="What names the tenant: a `path` parameter, a request `header`, the `credential` itself, or "
            "`none`: all callers share all items. If the header names a tenant that the credential has no access to, "
            "the credential's `home` is used."
        ),
    ] = "none"
    name: Annotated[str, Meta(description="Name of the path parameter or header.")] = ""


class Parent(Statement, frozen=True, kw_only=True):
    """The resource that this one belongs to. Deleting a parent item deletes its children.

    If `within` does not list `parameter`, children are created and listed below their parent but have paths of their
    own, and `field` holds the parent's id.
    """

    resource: Annotated[str, Meta(description="The parent's name in `x-resources`.")]
    parameter: Annotated[str, Meta(description="The path parameter that holds the parent's id.")]
    field: Annotated[str, Meta(description="The property of a child that holds the parent's id.")] = ""
    must_exist: Annotated[bool, Meta(description="Answer 404 if the parent does not exist.")] = False
    holds: Annotated[bool, Meta(description="A parent that has children is not deleted: it is a conflict.")] = False
    capacity: Annotated[
        str,
        Meta(description="The property of the parent that says how many children it takes. One more is a conflict."),
    ] = ""
    takes: Annotated[
        str,
        Meta(description="The number of a child that says how much of `capacity` it takes: `seats`. Default: one."),
    ] = ""
    unless: Annotated[
        Mapping[str, Names],
        Meta(description="Values with which a child takes nothing of `capacity`: `status: [cancelled]`."),
    ] = made_by(default_factory=dict)
    shown_in: Annotated[
        str,
        Meta(
            description="The list in a parent item that shows its children: it changes with them, and what a client "
            "sends in it is created, changed and deleted below the parent."
        ),
    ] = ""


class Within(Statement, frozen=True, kw_only=True):
    """The path parameters that separate items: each combination of their values has items of its own.

    Default: the parameters of the parents.
    """

    parameters: Annotated[Names, Meta(description="Names of path parameters, from left to right.")]
    fields: Annotated[
        Mapping[str, str],
        Meta(
            description="The properties of an item that show them: parameter → property, as `owner` → `owner.login`. "
            "They say where an item belongs that is created at another path, with `across`."
        ),
    ] = made_by(default_factory=dict)


class Reference(Statement, frozen=True, kw_only=True):
    """A property that names an item of another resource, or shows it.

    With `--items` it names or shows one that exists. A created item shows the item whose id the request contains. The
    references of an item whose names differ only in their ending (`customer_id`, `customer`) are about the same item.
    If `field` is the item's own id, the items are those of the other resource: the members of a group are users. They
    are added by their id, shown as they are now, and removed with the other item.
    """

    field: Annotated[
        str,
        Meta(
            description="The property; `customer.id` is one inside an object, `lines[].product_id` one in each object "
            "of a list, `label_ids[]` each value of a list. Empty if only the path contains it."
        ),
    ] = ""
    resource: Annotated[str, Meta(description="The name of the other resource in `x-resources`.")]
    key: Annotated[
        str,
        Meta(
            description="The property of the other item whose value `field` has. Default: the other item as an object."
        ),
    ] = ""
    parameter: Annotated[
        str, Meta(description="The path parameter above the item that contains the id of the other item.")
    ] = ""
    must_exist: Annotated[
        bool,
        Meta(
            description="Refuse an id that no item has, if the operation documents a 400, 404, 409 or 422. With "
            "`--items` it is refused in any case."
        ),
    ] = False
    own: Annotated[bool, Meta(description="A new item names, or shows, the account of the client that creates it.")] = (
        False
    )
    on_delete: Annotated[
        Literal["keep", "refuse", "delete", "remove"],
        Meta(
            description="What a DELETE of the other item does while this one names it. `keep`: nothing; `refuse`: it "
            "is a conflict; `delete`: this one is deleted too; `remove`: it leaves the list that names it (`tags[]`)."
        ),
    ] = "keep"


class Account(Statement, frozen=True, kw_only=True):
    """The items are accounts: a client makes one, logs in with it, and gets a token that says whose it is."""

    names: Annotated[Names, Meta(description="The properties by which an account is known at a login: `email`.")]
    password: Annotated[str, Meta(description="The property with the password, which a login must send too.")] = ""
    token: Annotated[str, Meta(description="What a token begins with. The id of the account follows.")] = ""
