"""The statements of behaviour files as models, one file for each group.

A behaviour file is an OpenAPI Overlay 1.0 that adds three keys to a document: `x-service` and `x-resources` at the
root, and `x-behaviour` in operations. These models are the only source of what those keys may hold: the reader, its
error messages, the JSON Schema and docs/behaviour.md are made from them.

The other files here do without `from __future__ import annotations`. msgspec needs the types at every start, and to
evaluate them as texts would take as long as all else that is done with a small document.
"""

from mockserver.behaviour.statements.access import Authentication, Credential, NoAccess, Own, Permission, RateLimit
from mockserver.behaviour.statements.actions import BATCHES, CONTENTS, SEVERAL, WHOLE_BODY, Action, Rule
from mockserver.behaviour.statements.base import FROM_DOCUMENT, Evidence, Keys, Names, Note, Statement
from mockserver.behaviour.statements.behaviour import (
    Behaviour,
    BehaviourKeys,
    OperationBehaviour,
    Resource,
    ServiceStatements,
)
from mockserver.behaviour.statements.deliveries import Callback, Delivery, Subscription, Webhook
from mockserver.behaviour.statements.fields import (
    Content,
    Copied,
    Count,
    Defaults,
    Derived,
    FigureStatement,
    Immutable,
    Initial,
    Inside,
    Invented,
    Latest,
    ServerSet,
    SoftDelete,
    Timestamps,
    Versions,
    WriteOnly,
)
from mockserver.behaviour.statements.identity import Account, IdentityStatement, Parent, Reference, Tenant, Within
from mockserver.behaviour.statements.limits import (
    Capacity,
    ContentSize,
    NoOverlap,
    Once,
    Ordered,
    Refused,
    SumLimit,
    Unique,
)
from mockserver.behaviour.statements.lists import Expand, Filter, Order, Paging, Select, Sort
from mockserver.behaviour.statements.replies import ERROR_KINDS, ErrorBody, Errors, ReplyStatement, Wording
from mockserver.behaviour.statements.requests import DryRun, TrailingSlash, UnknownFields

__all__ = [
    "BATCHES",
    "CONTENTS",
    "ERROR_KINDS",
    "FROM_DOCUMENT",
    "SEVERAL",
    "WHOLE_BODY",
    "Account",
    "Action",
    "Authentication",
    "Behaviour",
    "BehaviourKeys",
    "Callback",
    "Capacity",
    "Content",
    "ContentSize",
    "Copied",
    "Count",
    "Credential",
    "Defaults",
    "Delivery",
    "Derived",
    "DryRun",
    "ErrorBody",
    "Errors",
    "Evidence",
    "Expand",
    "FigureStatement",
    "Filter",
    "IdentityStatement",
    "Immutable",
    "Initial",
    "Inside",
    "Invented",
    "Keys",
    "Latest",
    "Names",
    "NoAccess",
    "NoOverlap",
    "Note",
    "Once",
    "OperationBehaviour",
    "Order",
    "Ordered",
    "Own",
    "Paging",
    "Parent",
    "Permission",
    "RateLimit",
    "Reference",
    "Refused",
    "ReplyStatement",
    "Resource",
    "Rule",
    "Select",
    "ServerSet",
    "ServiceStatements",
    "SoftDelete",
    "Sort",
    "Statement",
    "Subscription",
    "SumLimit",
    "Tenant",
    "Timestamps",
    "TrailingSlash",
    "Unique",
    "UnknownFields",
    "Versions",
    "Webhook",
    "Within",
    "Wording",
    "WriteOnly",
]
