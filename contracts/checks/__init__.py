"""All checks, in the order in which they run."""

from __future__ import annotations

from contracts.checks.deliveries import deliveries
from contracts.checks.figures import (
    concurrent_counts,
    concurrent_effects,
    derived_figures,
    described_figures,
    owner_capacity,
    owner_figures,
    stated_counts,
    stated_effects,
    stated_extremes,
    stated_means,
    summed_limits,
    undone_effects,
    waiting_amounts,
    waiting_lists,
)
from contracts.checks.http import (
    byte_ranges,
    changed_tags,
    conditional_requests,
    contents,
    further_methods,
    http_errors,
    idempotency_keys,
    links,
    multipart_parts,
    policies,
    preferences,
    rate_limits,
    streamed_requests,
    streamed_responses,
    success_replies,
    uploads,
)
from contracts.checks.input import (
    action_validation,
    concurrent_uniqueness,
    edge_input,
    nested_defaults,
    odd_input,
    ordered_fields,
    query_parameters,
    replaced_defaults,
    uniqueness,
    validation,
    values_in_any_case,
)
from contracts.checks.lists import (
    filled_lists,
    filters,
    filters_together,
    followed_links,
    list_counts,
    ordering,
    page_links,
    page_sizes,
    paging,
    paging_during_changes,
    searches_together,
    sorted_items,
    sorted_ties,
    tallies,
    unpaged_lists,
)
from contracts.checks.relations import (
    kept_copies,
    kept_results,
    memberships,
    owner_histories,
    owner_updates,
    owners,
    parents,
    puts_below,
    recreated_items,
    referred_items,
    unknown_references,
)
from contracts.checks.security import (
    authentication,
    fetched_address,
    hidden_fields,
    hidden_operations,
    idempotency_of_users,
    injection,
    logins,
    mass_assignment,
    own_profile,
    ownership,
    permissions,
    references,
    rights_below,
    secrets,
    sharing,
    tenants,
    tokens,
    visibility,
)
from contracts.checks.state import (
    capacity,
    concurrency,
    conditional_fields,
    conflicts,
    deleted_items,
    fields,
    freed_items,
    identity,
    item_actions,
    linearizability,
    overlaps,
    read_your_writes,
    refused_lines,
    refused_moves,
    refused_requests,
    repeated_puts,
    repeated_requests,
    safe_reads,
    state_machine,
    state_reports,
    state_rules,
    state_views,
    timestamps,
    updates,
    whole_batches,
    whole_updates,
)
from contracts.checks.vendor_rules import vendor_checks
from contracts.model.unreachable_operations import unreachable_operations
from contracts.runner.check import BoundCheck, Check
from mockserver.contract import Contract

MODULES = (
    read_your_writes,
    deleted_items,
    updates,
    whole_updates,
    fields,
    nested_defaults,
    replaced_defaults,
    mass_assignment,
    own_profile,
    timestamps,
    secrets,
    ordering,
    sorted_items,
    sorted_ties,
    paging,
    page_sizes,
    page_links,
    followed_links,
    paging_during_changes,
    unpaged_lists,
    list_counts,
    filters,
    filters_together,
    searches_together,
    filled_lists,
    identity,
    capacity,
    owner_capacity,
    uniqueness,
    values_in_any_case,
    ordered_fields,
    concurrency,
    rate_limits,
    success_replies,
    http_errors,
    policies,
    authentication,
    tenants,
    ownership,
    sharing,
    visibility,
    rights_below,
    hidden_fields,
    tokens,
    injection,
    hidden_operations,
    logins,
    fetched_address,
    references,
    permissions,
    parents,
    validation,
    action_validation,
    query_parameters,
    odd_input,
    state_machine,
    owners,
    owner_figures,
    owner_histories,
    puts_below,
    owner_updates,
    item_actions,
    linearizability,
    conditional_requests,
    changed_tags,
    idempotency_keys,
    idempotency_of_users,
    preferences,
    refused_requests,
    edge_input,
    further_methods,
    multipart_parts,
    streamed_responses,
    streamed_requests,
    uploads,
    links,
    conflicts,
    conditional_fields,
    described_figures,
    derived_figures,
    memberships,
    unknown_references,
    overlaps,
    whole_batches,
    referred_items,
    state_rules,
    repeated_requests,
    concurrent_uniqueness,
    repeated_puts,
    safe_reads,
    stated_effects,
    stated_extremes,
    concurrent_effects,
    concurrent_counts,
    stated_counts,
    stated_means,
    contents,
    byte_ranges,
    deliveries,
    freed_items,
    undone_effects,
    refused_moves,
    kept_copies,
    kept_results,
    tallies,
    state_reports,
    summed_limits,
    recreated_items,
    waiting_lists,
    waiting_amounts,
    state_views,
    refused_lines,
)
"""The modules of the checks, in the order in which they run."""

CHECKS: tuple[Check, ...] = tuple(check for module in MODULES for check in module.CHECKS)
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
