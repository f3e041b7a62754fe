"""Derives from a difference the statement that is true for the service, where the vocabulary can express it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from contracts.conformance.response_validation import response_violations
from contracts.differential import learned_errors, learned_items, learned_lists
from contracts.differential.comparison import Disagreement
from contracts.differential.learned_overlay import LearnedStatement
from contracts.differential.observations import Observations
from contracts.differential.observed import ObservedDifference
from contracts.runner.context import CheckContext
from mockserver.contract import Contract

Learn = Callable[[ObservedDifference], LearnedStatement | None]

LEARNERS: tuple[Learn, ...] = (
    learned_items.capacity, learned_items.unique, learned_errors.unknown_fields, learned_lists.unknown_position,
    learned_items.owner, learned_items.special_operation,
    learned_errors.trailing_slash, learned_lists.tenant_header, learned_errors.status,
    learned_errors.refusal_status, learned_errors.refusal_body, learned_lists.order, learned_lists.page_default,
    learned_lists.switch, learned_lists.narrowing, learned_lists.envelope, learned_errors.location,
    learned_errors.deleted, learned_items.identity, learned_items.timestamps, learned_items.keeps,
    learned_items.partial_put, learned_items.write_only, learned_items.immutable, learned_items.starting_value,
)  # fmt: skip
"""The functions that learn a statement. The first one that matches a difference is used."""


@dataclass(frozen=True, slots=True)
class Learner:
    """Learns statements from differences.

    `context` sends further requests where a difference is not enough. `source` says where the statements were observed,
    `observations` what all responses of the service showed.
    """

    contract: Contract
    context: CheckContext
    source: str
    observations: Observations

    def learn(self, disagreement: Disagreement) -> LearnedStatement | None:
        """The statement that is true for the service.

        None where the vocabulary cannot express it, or where the service's response breaks the document: a mock that
        behaved the same would break the document, too.
        """
        scenario, exchanges = disagreement.scenario, disagreement.found.exchanges
        found = ObservedDifference(
            self.contract, self.context, self.source, scenario, disagreement.difference, exchanges, self.observations
        )
        if not found.step.path and any(response_violations(found.step.op.operation, found.reply, self.contract)):
            return None
        return next((statement for learn in LEARNERS if (statement := learn(found)) is not None), None)
