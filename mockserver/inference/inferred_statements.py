"""Everything that can be inferred from a document, by all parts of this package together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mockserver.behaviour.reader import Tree
from mockserver.errors import InvalidDocument, Unanswerable
from mockserver.examples.example_maker import ExampleMaker
from mockserver.inference import webhooks
from mockserver.inference.bodies.envelope import Envelopes
from mockserver.inference.draft import ResourceDraft
from mockserver.inference.evidence import inferred
from mockserver.inference.figures.amount_starts import add_amount_starts
from mockserver.inference.figures.counts import add_counts, relation
from mockserver.inference.figures.figures import add_figures
from mockserver.inference.figures.latest_values import add_latest
from mockserver.inference.operations.accounts import add_authors
from mockserver.inference.operations.dry_runs import dry_run
from mockserver.inference.operations.own_items import add_own
from mockserver.inference.operations.versions import add_versions
from mockserver.inference.relations.copies import add_copies
from mockserver.inference.relations.described_references import add_sentences
from mockserver.inference.relations.referred_states import add_referred_states
from mockserver.inference.resources import parent_of, resources
from mockserver.inference.statement_writer import Writer
from mockserver.inference.values.inside_values import add_inside_values
from mockserver.inference.values.item_spans import add_spans
from mockserver.inference.values.left_out import add_left_out
from mockserver.inference.values.start_values import add_start_values
from mockserver.openapi.document import Document, Operation
from mockserver.openapi.schemas import Schemas


def infer(
    document: Document, schemas: Schemas, examples: ExampleMaker | None = None, *, read_only: bool = False
) -> Tree:
    """Every statement that can be inferred from a document, whatever it states itself.

    A note of the service names the operations that belong to no resource. With `read_only` what can only be read is a
    resource too.
    """
    envelopes = Envelopes(schemas, examples or ExampleMaker(document.root), keeps_validators=not document.is_large)
    writer = Writer(schemas, envelopes, document.base_path, all_exist=read_only)
    drafts = resources(document, schemas, read_only=read_only)
    writer.refer_to(drafts, document)
    behaviours, unsaid = dict[str, Any](), list[str]()
    by_shape = {draft.shape: draft for draft in drafts}
    above = {draft.name: parent_of(draft, by_shape, all_exist=read_only) for draft in drafts}
    for draft in drafts:
        for action in draft.actions:
            key = f"{action.operation.method} {action.operation.path}"
            try:
                told = writer.operation(draft, action, above[draft.name])
                behaviours[key] = {**told, **dry_run(schemas, action.operation)}
            except UNWRITABLE as fault:
                unsaid.append(f"{place(action.operation)} seems to {action.does} {draft.name}, but: {fault}")
    service = _service(document, [*unsaid, *_improvised(document, behaviours)])
    stated = {draft.name: writer.resource(draft, above[draft.name]) for draft in drafts}
    add_versions(drafts, {name: one.draft for name, one in above.items() if one is not None}, stated)
    add_counts(schemas, drafts, stated)
    add_amount_starts(schemas, drafts, stated)
    add_copies(schemas, drafts, stated)
    add_latest(schemas, drafts, stated, relation)
    for draft in drafts:
        add_figures(draft, stated[draft.name])
    add_sentences(schemas, drafts, stated)
    add_referred_states(schemas, drafts, stated, behaviours)
    add_spans(schemas, drafts, stated)
    add_authors(schemas, drafts, stated)
    add_own(document, drafts, behaviours)
    add_left_out(schemas, drafts, stated)
    add_start_values(schemas, drafts, stated)
    add_inside_values(schemas, drafts, stated)
    return {
        "x-service": service | _sent(document, schemas, drafts, stated),
        "x-resources": stated,
        "x-behaviour": behaviours,
    }


def _service(document: Document, notes: Iterable[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"notes": [{"says": says, "evidence": "inferred"} for says in notes]}
    if document.security_schemes:
        found["authentication"] = inferred("the document does not say what a credential looks like", pattern=".+")
    return {kind: stated for kind, stated in found.items() if stated}


def _improvised(document: Document, behaviours: dict[str, Any]) -> list[str]:
    """One sentence about the operations that belong to no resource."""
    rest = [place(o) for o in document.operations if not o.extension and f"{o.method} {o.path}" not in behaviours]
    return [f"Answered by example, because they belong to no resource: {', '.join(rest)}."] if rest else []


def _sent(
    document: Document, schemas: Schemas, drafts: list[ResourceDraft], resources: dict[str, Any]
) -> dict[str, Any]:
    """The statements about webhooks and their delivery; those about subscriptions are added to their resources."""
    delivery = webhooks.delivery(document)
    found: dict[str, Any] = {"delivery": delivery} if delivery else {}
    if not document.root.get("webhooks"):
        return found
    for draft in drafts:
        subscription = webhooks.subscription(schemas, draft)
        if subscription is not None:
            resources[draft.name]["subscription"] = subscription
    others = [draft for draft in drafts if "subscription" not in resources[draft.name]]
    sent = webhooks.webhooks(document, schemas, others)
    return found | ({"webhooks": sent} if sent else {})


UNWRITABLE = (Unanswerable, InvalidDocument)


def place(operation: Operation) -> str:
    """An operation for people: `GET /pets`."""
    return f"{operation.http_method} {operation.path}"
