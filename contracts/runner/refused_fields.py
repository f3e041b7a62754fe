"""The optional fields whose valid values a service refuses, so that checks can leave them out."""

from __future__ import annotations

from typing import Any

from contracts.model.resources import CheckedResource
from contracts.runner.own_references import OwnReferences

MOST_FIELDS = 20
"""At most this many optional fields are tried one by one."""


class RefusedFields(OwnReferences):
    """Creates items, and learns why bodies with all fields are refused."""

    def learn_refused_fields(self, name: str) -> bool:
        """Find the optional fields that make the resource with this name refuse a body with all fields.

        Some fields need more than their schema says, such as the form of an id. With them, a check with a
        full body would not test what it is for. Each field is tried alone, once in a run. If each is accepted, some do
        not go together, and all are left out. Returns whether bodies are different from now on.
        """
        resource, known = self.shared.resources[name], self.shared.refused_fields
        can_try = name in self.shared.made and resource.can("delete") and self.leaves_out_refused
        if name in known or not can_try:
            return False
        known[name] = frozenset()
        plain, full = self.body(resource), self.body(resource, full=True)
        optional = [each for each in full if each not in plain]
        if not optional or self._creates(resource, full) or not self._creates(resource, plain):
            return False
        tried = [
            each for each in optional if self.bodies.accepts(resource.operations["create"], plain | {each: full[each]})
        ]
        refused = [each for each in tried[:MOST_FIELDS] if not self._creates(resource, plain | {each: full[each]})]
        known[name] = frozenset(refused or optional)
        return True

    def _creates(self, resource: CheckedResource, body: dict[str, Any]) -> bool:
        """Does a body create an item? It is deleted."""
        _, made = self.try_create(resource, body)
        if made is not None:
            self.remove(made)
        return made is not None
