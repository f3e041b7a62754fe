"""The requests that a service sends itself: webhooks, callbacks, who gets them and how they are delivered."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta, field

from mockserver.behaviour.statements.base import Statement

Seconds = Annotated[float, Meta(ge=0, le=604_800)]


class Webhook(Statement, frozen=True, kw_only=True):
    """Which change of a resource a webhook of the document reports. Without this statement it is sent by hand only."""

    name: Annotated[str, Meta(description="The name of the webhook in the document.")]
    of: Annotated[str, Meta(description="The name of the resource in `x-resources`.")]
    changes: Annotated[
        tuple[Literal["created", "updated", "deleted"], ...],
        Meta(description="The changes of an item that it reports."),
    ]
    when: Annotated[
        Mapping[str, Any],
        Meta(description="Values of properties that the item has after the change and did not have before it."),
    ] = field(default_factory=dict)


class Subscription(Statement, frozen=True, kw_only=True):
    """The items of this resource are subscriptions: each names the address that webhooks are sent to."""

    url: Annotated[str, Meta(description="The property with the address.")]
    events: Annotated[
        str,
        Meta(description="The property with the names of the webhooks it is for. Without one, or empty: for all."),
    ] = ""
    secret: Annotated[str, Meta(description="The property with the secret of its signatures.")] = ""
    active: Annotated[str, Meta(description="The property that is false while nothing is sent.")] = ""


class Delivery(Statement, frozen=True, kw_only=True):
    """How webhooks and callbacks are delivered.

    A delivery succeeds by a 2xx response. Any other response, or none, is followed by a retry with the same id, so that
    a receiver may get a delivery more than once. Redirects are not followed.
    """

    delay: Annotated[Seconds, Meta(description="Seconds between the change and the first attempt.")] = 0.0
    retries: Annotated[
        tuple[Seconds, ...],
        Meta(description="Seconds before each retry. An empty list: at most once. Default: 1, 5, 30 and 120."),
    ] = (1.0, 5.0, 30.0, 120.0)
    timeout: Annotated[
        Annotated[float, Meta(gt=0, le=300)], Meta(description="Seconds a receiver may take to respond.")
    ] = 10.0
    order: Annotated[
        Literal["any", "kept"],
        Meta(
            description="`kept`: a subscription gets deliveries one after the other, and a failing one holds up those "
            "after it. `any`: it gets several at a time."
        ),
    ] = "any"
    disable_after: Annotated[
        Annotated[int, Meta(ge=0)],
        Meta(description="Disable a subscription after so many deliveries in a row that failed for good; 0: never."),
    ] = 0
    signature: Annotated[
        Literal["standard-webhooks", "github", "stripe", "none"],
        Meta(
            description="`standard-webhooks`: `webhook-id`, `webhook-timestamp`, `webhook-signature`; `github`: "
            "`sha256=` and the HMAC of the body; `stripe`: `t=TIME,v1=` and the HMAC of time and body."
        ),
    ] = "standard-webhooks"
    signature_header: Annotated[
        str, Meta(description="The header of a `github` or `stripe` signature, if it has another name there.")
    ] = ""
    id_header: Annotated[str, Meta(description="A header that has the id of the delivery.")] = ""
    event_header: Annotated[str, Meta(description="A header that has the name of the webhook.")] = ""
    secret: Annotated[
        str,
        Meta(description="The secret of signatures where the subscription has none. Default: one made from the name."),
    ] = ""


class Callback(Statement, frozen=True, kw_only=True):
    """Whether a callback of the operation is sent. Without this statement it is sent after each success."""

    name: Annotated[str, Meta(description="The name of the callback in the document.")]
    send: Annotated[
        Literal["after", "never"], Meta(description="`after` each success of the operation, or only by hand.")
    ] = "after"
