"""All checks, in the order in which they run."""

from __future__ import annotations

from contracts.checks import (
    authentication,
    byte_ranges,
    capacity,
    changed_tags,
    concurrency,
    concurrent_counts,
    concurrent_effects,
    concurrent_uniqueness,
    conditional_fields,
    conditional_requests,
    conflicts,
    contents,
    deleted_items,
    deliveries,
    derived_figures,
    described_figures,
    edge_input,
    fetched_address,
    fields,
    filled_lists,
    filters,
    filters_together,
    freed_items,
    further_methods,
    hidden_operations,
    http_errors,
    idempotency_keys,
    idempotency_of_users,
    identity,
    injection,
    item_actions,
    kept_copies,
    kept_results,
    linearizability,
    links,
    list_counts,
    logins,
    mass_assignment,
    memberships,
    multipart_parts,
    nested_defaults,
    odd_input,
    ordering,
    overlaps,
    own_profile,
    owner_capacity,
    owner_figures,
    owner_histories,
    owner_updates,
    owners,
    ownership,
    page_links,
    page_sizes,
    paging,
    paging_during_changes,
    parents,
    permissions,
    policies,
    preferences,
    puts_below,
    query_parameters,
    rate_limits,
    read_your_writes,
    recreated_items,
    references,
    referred_items,
    refused_lines,
    refused_moves,
    refused_requests,
    repeated_puts,
    repeated_requests,
    replaced_defaults,
    safe_reads,
    searches_together,
    secrets,
    sharing,
    sorted_items,
    sorted_ties,
    state_machine,
    state_reports,
    state_rules,
    state_views,
    stated_counts,
    stated_effects,
    stated_extremes,
    stated_means,
    streamed_responses,
    success_replies,
    summed_limits,
    tallies,
    tenants,
    timestamps,
    tokens,
    undone_effects,
    uniqueness,
    unknown_references,
    unpaged_lists,
    updates,
    uploads,
    validation,
    values_in_any_case,
    visibility,
    waiting_amounts,
    waiting_lists,
    whole_batches,
    whole_updates,
)
from contracts.checks.vendor_rules import vendor_checks
from contracts.model.unreachable_operations import unreachable_operations
from contracts.runner.check import BoundCheck, Check
from mockserver.contract import Contract

CHECKS: tuple[Check, ...] = (
    *read_your_writes.CHECKS, *deleted_items.CHECKS, *updates.CHECKS, *whole_updates.CHECKS,
    *fields.CHECKS, *nested_defaults.CHECKS, *replaced_defaults.CHECKS, *mass_assignment.CHECKS, *own_profile.CHECKS, *timestamps.CHECKS, *secrets.CHECKS,
    *ordering.CHECKS, *sorted_items.CHECKS, *sorted_ties.CHECKS, *paging.CHECKS, *page_sizes.CHECKS, *page_links.CHECKS, *paging_during_changes.CHECKS,
    *unpaged_lists.CHECKS, *list_counts.CHECKS, *filters.CHECKS, *filters_together.CHECKS, *searches_together.CHECKS, *filled_lists.CHECKS,
    *identity.CHECKS, *capacity.CHECKS, *owner_capacity.CHECKS, *uniqueness.CHECKS, *values_in_any_case.CHECKS, *concurrency.CHECKS, *rate_limits.CHECKS,
    *success_replies.CHECKS, *http_errors.CHECKS, *policies.CHECKS,
    *authentication.CHECKS, *tenants.CHECKS, *ownership.CHECKS, *sharing.CHECKS, *visibility.CHECKS, *tokens.CHECKS,
    *injection.CHECKS, *hidden_operations.CHECKS, *logins.CHECKS, *fetched_address.CHECKS, *references.CHECKS, *permissions.CHECKS,
    *parents.CHECKS, *validation.CHECKS, *query_parameters.CHECKS, *odd_input.CHECKS, *state_machine.CHECKS,
    *owners.CHECKS, *owner_figures.CHECKS, *owner_histories.CHECKS, *puts_below.CHECKS, *owner_updates.CHECKS, *item_actions.CHECKS, *linearizability.CHECKS, *conditional_requests.CHECKS, *changed_tags.CHECKS, *idempotency_keys.CHECKS, *idempotency_of_users.CHECKS, *preferences.CHECKS, *refused_requests.CHECKS, *edge_input.CHECKS,
    *further_methods.CHECKS, *multipart_parts.CHECKS, *streamed_responses.CHECKS, *uploads.CHECKS, *links.CHECKS, *conflicts.CHECKS, *conditional_fields.CHECKS, *described_figures.CHECKS, *derived_figures.CHECKS, *memberships.CHECKS,
    *unknown_references.CHECKS, *overlaps.CHECKS, *whole_batches.CHECKS, *referred_items.CHECKS, *state_rules.CHECKS, *repeated_requests.CHECKS, *concurrent_uniqueness.CHECKS, *repeated_puts.CHECKS, *safe_reads.CHECKS, *stated_effects.CHECKS, *stated_extremes.CHECKS, *concurrent_effects.CHECKS, *concurrent_counts.CHECKS, *stated_counts.CHECKS, *stated_means.CHECKS,
    *contents.CHECKS, *byte_ranges.CHECKS, *deliveries.CHECKS,
    *freed_items.CHECKS,
    *undone_effects.CHECKS, *refused_moves.CHECKS, *kept_copies.CHECKS, *kept_results.CHECKS, *tallies.CHECKS, *state_reports.CHECKS, *summed_limits.CHECKS, *recreated_items.CHECKS, *waiting_lists.CHECKS, *waiting_amounts.CHECKS, *state_views.CHECKS,
    *refused_lines.CHECKS,
)  # fmt: skip
"""The checks of every contract."""


def all_checks(contract: Contract) -> tuple[Check, ...]:
    """The checks of a contract: those of every contract and those of its vendor. Raises BehaviourError."""
    return (*CHECKS, *vendor_checks(contract))


def is_own(name: str) -> bool:
    """Is it the name of such a check? Schemathesis writes the names of its checks with underscores."""
    return "_" not in name and name != "document"


def checks_of(contract: Contract) -> list[BoundCheck]:
    """Every check at every place of a contract where it applies; those with `run_last` come last.

    None is at an operation that no request reaches. Raises BehaviourError for a vendor's check of a rule that does not exist.
    """
    unreachable = unreachable_operations(contract)
    ordered = sorted(all_checks(contract), key=lambda check: check.run_last)
    return [
        BoundCheck(check, operation, statement, arguments)
        for check in ordered
        for operation, statement, arguments in check.find(contract)
        if operation not in unreachable
    ]
