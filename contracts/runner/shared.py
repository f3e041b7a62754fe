"""What all stages of an examination share."""

from __future__ import annotations

import uuid
import zlib
from itertools import count
from threading import Lock
from typing import Any

from contracts.client.request_bodies import MARK, RequestBodies
from contracts.conformance.openapi_core_check import OpenapiCoreCheck
from contracts.model.resources import checked_resources, resource_operations
from mockserver.contract import Contract
from mockserver.examples.example_maker import ExampleMaker


class SharedState:
    """Bodies, resources, marks, the second judge and Hypothesis' example database, of one contract."""

    def __init__(self, contract: Contract, seed: int, database: Any = None) -> None:
        self.contract, self.database = contract, database
        self.bodies, self.jury = RequestBodies(contract), OpenapiCoreCheck(contract)
        self.maker = ExampleMaker(contract.document.root)
        self.resources = checked_resources(contract)
        self.operations = {op.name: op for op in resource_operations(contract)}
        self.created_by = {
            resource.operations["create"].name: resource
            for resource in self.resources.values()
            if resource.can("create")
        }
        self.run = f"{zlib.crc32(str(seed).encode()):08x}"[:6]
        self._numbers = count(1)
        self.hearing = Lock()
        self._requests = count(1)

    def number(self) -> str:
        """The number of a create request in the journal."""
        return f"{self.run}-{next(self._requests)}-{uuid.uuid4().hex[:8]}"

    def mark(self) -> str:
        """A text that no other item of any examination has."""
        return f"{MARK}-{self.run}-{next(self._numbers)}"
