"""What the checks of one run share."""

from __future__ import annotations

import uuid
import zlib
from collections import Counter, defaultdict
from itertools import count
from threading import Lock
from typing import Any

from contracts.client.request_bodies import MARK, RequestBodies
from contracts.conformance.openapi_core_check import OpenapiCoreCheck
from contracts.listener.listener import Listener
from contracts.model.fillings import fillings
from contracts.model.resources import checked_resources, resource_operations
from contracts.model.timed_items import spans
from contracts.runner.access import UserAccess
from contracts.runner.amounts import needed_plentifully
from mockserver.contract import Contract
from mockserver.examples.example_maker import ExampleMaker
from mockserver.openapi import path_template


class SharedState:
    """The contract's resources and operations, and what is made once for all checks of a run.

    `resources` and `operations` are found by name (`METHOD path`); `created_by` maps the name of each create
    operation to the resource that it creates. `page_shifts` maps the name of a list operation to the difference
    between the number of its first page and the inferred one. `unanswered` counts the requests to each operation
    without a response in time since its last response. `crowded` maps each resource whose creates may conflict to
    how much a new item must differ from the others: 0 not at all, 1 in its texts, 2 in its numbers too. `taking`
    names those of which each must refer to items of its own: a book is lent to one reader. `naming` has
    the field of a create request whose text becomes the id of the item, by resource, and `keys` the field of its reply
    that a GET wants in place of the inferred one; it is empty where that is right. `forms` maps each resource whose
    usual body was refused to the form of bodies that is accepted, or to nothing. `made` names the resources that got
    an item, and `refused` those that refused bodies that differ more, too;
    `refused_fields` has the optional fields that make a resource refuse bodies with all fields. `used_up` names
    the resources that create requests may use up, and `fillings` has the operations that add to what there is
    of them. `named_after` has the fields after which the service names an item, such as the title that a slug is made
    of. `spans` has the fields between which the items of a resource last,
    and `apart` names the resources whose items may not overlap. `access` records who may do what. `existing` has
    ids that no request can create, by the path up to their parameter (`/servers/{server_id}`). `ways` has the steps
    after which an item accepts an operation that refuses new ones; they are none where no way was found.
    `below_others` names the resources whose items a user may create only below an item of another user, `by_others`
    the operations that a user may use only for an item of another user. `own_references` says whether items of
    another user must refer to items of that user, by resource. `listed` has what lists showed that no request adds
    to, by the names of their operations, and `scopes` the query parameter without which a list shows the items of one
    owner only; it is empty where there is none. `start_page` is the beginning of the page that unknown paths get,
    empty where they get none, and None before it is fetched. `listener` takes what the service sends; None without
    one.
    """

    def __init__(self, contract: Contract, seed: int, database: Any = None, listener: Listener | None = None) -> None:
        self.contract, self.database, self.listener = contract, database, listener
        self.bodies, self.openapi_core = RequestBodies(contract), OpenapiCoreCheck(contract)
        self.maker = ExampleMaker(contract.document.root)
        self.resources = checked_resources(contract)
        self.operations = {op.name: op for op in resource_operations(contract)}
        self.created_by = {
            resource.operations["create"].name: resource
            for resource in self.resources.values()
            if resource.can("create")
        }
        self.names_by_place = path_template.names_by_place(each.path for each in contract.document.operations)
        self.used_up = needed_plentifully(contract.schemas, self.resources)
        found = fillings(contract.schemas, self.resources, self.operations.values())
        self.fillings = {each.owner.name: each for each in found if each.sign > 0}
        self.spans, apart = spans(contract.schemas, self.resources)
        self.apart = set(apart)
        self.page_shifts: dict[str, int] = {}
        self.crowded: dict[str, int] = {}
        self.taking = set[str]()
        self.naming: dict[str, str] = {}
        self.keys: dict[str, str] = {}
        self.scopes: dict[str, str] = {}
        self.forms: dict[str, str] = {}
        self.refused_fields: dict[str, frozenset[str]] = {}
        self.named_after: defaultdict[str, frozenset[str]] = defaultdict(frozenset)
        self.ways: dict[str, tuple[Any, ...]] = {}
        self.made, self.refused = set[str](), set[str]()
        self.below_others = set[str]()
        self.by_others = set[str]()
        self.own_references: dict[str, bool] = {}
        self.openapi_core_lock = Lock()
        self.unanswered: Counter[str] = Counter()
        self.access = UserAccess()
        self.existing: dict[str, Any] = {}
        self.listed: dict[str, list[dict[str, Any]]] = {}
        self.start_page: bytes | None = None
        self._run = f"{zlib.crc32(str(seed).encode()):08x}"[:6]
        self._marks = count(1)
        self._creates = count(1)

    def number(self) -> str:
        """A number for a create request in the journal."""
        return f"{self._run}-{next(self._creates)}-{uuid.uuid4().hex[:8]}"

    def next(self) -> int:
        """A number that no other item of this run contains."""
        return next(self._marks)

    def mark(self) -> str:
        """A text that no other item of any run contains. The same seed gives the same marks."""
        return f"{MARK}-{self._run}-{next(self._marks)}"
