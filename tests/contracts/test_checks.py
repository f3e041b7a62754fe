"""Each check finds a planted bug, and reports nothing for a correct server."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import yaml

from contracts.checks import CHECKS
from contracts.checks.vendor_rules import vendor_checks
from contracts.cli.checks_page import page
from contracts.client.authentication import sandbox_users
from contracts.client.builtin_mock import sandbox
from contracts.client.target import Target
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from mockserver import vendor_files
from mockserver.behaviour.vocabulary import HOLDERS
from tests.contracts.careful_recipes import CAREFUL_BUGS
from tests.contracts.printed_recipes import PRINTED_BUGS
from tests.contracts.recipe_bugs import RECIPE_BUGS
from tests.planted_bugs.run import RULE_BUGS, SERVERS, run_own_checks

NO_CHECK = {
    "inference": "says what the mock infers, nothing about a vendor",
    "credentials": "credentials of the mock, not a statement about the vendor",
    "notes": "notes for people",
    "invented": "how the mock fills replies that only a schema describes",
    "expand": "what a reply shows of other items depends on the request, and no document says it",
    "dry-run": "a server that only validates may answer otherwise than one that does it",
    "select": "a server may show more than a client chose",
    "content": "which properties describe a file follows from names, and no document says it",
    "no-overlap": "tested by overlap, which reads the sentences itself",
    "versions": "which changes leave a version follows from names and schemas, and no document says it",
    "copied": "what an item takes from another one follows from names and descriptions, and may have changed since",
    "latest": "tested by stated-extreme, which reads the sentences itself",
    "account": "tested by own-profile and the checks of logins, which find the operations themselves",
    "inside": "which values a service sets inside of objects follows from names, and no document says it",
    "server-set": "tested by mass-assignment, which finds the fields itself",
}
"""Kinds of statements without a check, and why."""

FINDS = {
    "create": ("notes", "title-trimmed"),
    "read-back": ("basedash", "url-trimmed-at-reading"),
    "listed": ("basedash", "create-unlisted"),
    "update": ("basedash", "patch-clears"),
    "empty-update": ("datagrid", "empty-update-refused"),
    "other-items-unchanged": ("basedash", "patch-first"),
    "replace": ("notes", "put-merges"),
    "delete": ("basedash", "delete-kept"),
    "not-found": ("notes", "missing-200"),
    "defaults": ("datagrid", "icon-default"),
    "schema-defaults": ("notes", "priority-default"),
    "initial-values": ("basedash", "label-random"),
    "timestamps": ("basedash", "updated-still"),
    "write-only": ("notes", "password-read"),
    "mass-assignment": ("notes", "created-given"),
    "order": ("basedash", "oldest-first"),
    "paging": ("basedash", "cursor-inclusive"),
    "page-size-limits": ("basedash", "limit-101"),
    "default-page-size": ("basedash", "default-20"),
    "paging-during-changes": ("basedash", "cursor-a-number"),
    "filter": ("notes", "filter-ignored"),
    "sort": ("notes", "sort-one-way"),
    "identity": ("basedash", "ids-again"),
    "capacity": ("datagrid", "capacity-31"),
    "unique": ("notes", "slug-by-patch"),
    "concurrent-creates": ("basedash", "shared-ids"),
    "concurrent-capacity": ("datagrid", "race-capacity"),
    "concurrent-unique": ("notes", "race-slug"),
    "lost-update": ("datagrid", "race-update"),
    "concurrent-deletes": ("basedash", "delete-race"),
    "rate-limit": ("datagrid", "remaining-off"),
    "reply": ("basedash", "create-200"),
    "malformed-body": ("basedash", "json-500"),
    "unsupported-media-type": ("datagrid", "any-type"),
    "method-not-allowed": ("basedash", "allow-missing"),
    "unknown-path": ("basedash", "unknown-200"),
    "not-found-error": ("basedash", "no-detail"),
    "unknown-fields": ("datagrid", "unknown-accepted"),
    "authentication": ("basedash", "get-open"),
    "tenant-isolation": ("basedash", "get-any-tenant"),
    "create-in-other-tenant": ("basedash", "create-any"),
    "permission": ("basedash", "member-deletes"),
    "no-access": ("basedash", "forbidden-403"),
    "parent": ("notes", "comments-stay"),
    "validation": ("basedash", "name-121"),
    "refusal-without-effect": ("basedash", "patch-half"),
    "query-parameters": ("notes", "per-page-51"),
    "lifecycle": ("basedash", "delete-neighbour"),
    "derived-fields": ("piper", "auth-stale"),
    "trailing-slash": ("piper", "slash-404"),
    "odd-input": ("basedash", "huge-body"),
    "text-preserved": ("basedash", "escaped"),
    "update-several-fields": ("datagrid", "first-field-only"),
    "concurrent-update-and-delete": ("basedash", "revived"),
    "duplicates-allowed": ("datagrid", "same-name"),
    "unpaged-list": ("gaia", "list-20"),
    "several-own-tenants": ("datagrid", "created-elsewhere"),
    "cross-tenant-references": ("datagrid", "foreign-secret"),
}
"""Check → a server and a bug that this check alone finds."""

CONTRADICTED: dict[str, dict[str, Any]] = {
    "immutable-fields": {"x-resources": {"mcp-server": {"immutable": {"fields": ["name"], "evidence": "assumed"}}}},
}
"""Check → a statement that Piper's mock does not follow."""

PROVED_IN = {
    "figure-floor": "test_figure_floors.py",
    "ordered-fields": "test_ordered_fields.py",
    "described-role": "test_described_roles.py",
    "rights-below": "test_rights_below.py",
    "none-below-own": "test_rights_below.py",
    "concurrent-repeat": "test_rights_below.py",
    "action-validation": "test_rights_below.py",
    "concurrent-growth": "test_concurrent_growth.py",
    "hidden-field": "test_rights_below.py",
    "followed-links": "test_followed_links.py",
    "put-twice": "test_puts_below.py",
    "owner-histories": "test_owner_histories.py",
    "changed-tag": "test_two_users_of_crates.py",
    "led-to-state": "test_articles.py",
    "quantity-discount": "test_quantity_discounts.py",
    "report-figure": "test_report_figures.py",
    "concurrent-numbers": "test_two_users_of_crates.py",
    "concurrent-once": "test_two_users_of_crates.py",
    "derived-after-update": "test_two_users_of_crates.py",
    "key-of-another-user": "test_two_users_of_crates.py",
    "stated-extreme": "test_studios.py",
    "state-report": "test_studios.py",
    "summed-limit": "test_studios.py",
    "upload-length": "test_uploads.py",
    "file-length": "test_put_files.py",
    "changed-below": "test_changed_below.py",
    "sorted-in-any-case": "test_sorted_in_any_case.py",
    "limited-use": "test_item_uses.py",
    "counted-use": "test_item_uses.py",
    "redirect": "test_item_uses.py",
    "recreated-state": "test_item_uses.py",
    "waiting-amount": "test_waiting_amounts.py",
    "freed-item": "test_ended_items.py",
    "kept-copy": "test_undone_effects.py",
    "kept-result": "test_kept_results.py",
    "recreated-item": "test_waiting_guests.py",
    "refused-lines": "test_undone_effects.py",
    "refused-move": "test_fillings.py",
    "state-views": "test_waiting_guests.py",
    "tally": "test_tallies.py",
    "undone-effect": "test_undone_effects.py",
    "waiting-list": "test_waiting_guests.py",
    "owner-capacity": "test_owner_capacity.py",
    "concurrent-owner-capacity": "test_owner_capacity.py",
    "linearizability": "test_linearizability.py",
    "nested-defaults": "test_defaults.py",
    "replaced-defaults": "test_jobs.py",
    "list-count": "test_jobs.py",
    "opposite-flags": "test_opposite_flags.py",
    "partial-object": "test_named_items.py",
    "other-id": "test_named_items.py",
    "restored": "test_restored_items.py",
    "page-links": "test_page_links.py",
    "filters-together": "test_jobs.py",
    "links": "test_links.py",
    "query-safe": "test_further_methods.py",
    "filled-pages": "test_described_lists.py",
    "unique-in-any-case": "test_described_lists.py",
    "stated-mean": "test_stated_means.py",
    "upload-size": "test_uploads.py",
    "download": "test_uploads.py",
    "safe-read": "test_described_lists.py",
    "idempotency-key-of-action": "test_described_lists.py",
    "sharing": "test_sharing.py",
    "sorted-ties": "test_described_lists.py",
    "search-with-filter": "test_searches_together.py",
    "concurrent-count": "test_searches_together.py",
    "concurrent-action": "test_searches_together.py",
    "closed-again": "test_visibility.py",
    "repeated-put": "test_repeated_puts.py",
    "additional-method": "test_further_methods.py",
    "streamed-response": "test_streams.py",
    "streamed-request": "test_streamed_requests.py",
    "multipart-parts": "../openapi_support/test_parts.py",
    "content": "test_contents.py",
    "byte-ranges": "test_byte_ranges.py",
    "owner-figures": "test_order_bugs.py",
    "owner-update": "test_order_bugs.py",
    "item-action": "test_order_bugs.py",
    "sort-keeps-items": "test_order_bugs.py",
    "ownership": "test_ownership.py",
    "prefer-minimal": "test_preferences.py",
    "foreign-reference": "test_foreign_references.py",
    "forged-token": "test_security.py",
    "injection": "test_security.py",
    "hidden-operation": "test_security.py",
    "debug-pages": "test_security.py",
    "user-enumeration": "test_security.py",
    "login-attempts": "test_security.py",
    "fetched-address": "test_security.py",
    "whole-batch": "test_overlaps.py",
    "overlap": "test_overlaps.py",
    "own-profile": "test_own_profile.py",
    "forbidden-state": "test_stated_rules.py",
    "unknown-reference": "test_stated_rules.py",
    "held-item": "test_stated_rules.py",
    "deleted-with-item": "test_stated_rules.py",
    "stated-effect": "test_stated_rules.py",
    "concurrent-effect": "test_fillings.py",
    "repeated-request": "test_stated_rules.py",
    "more-than-left": "test_used_up.py",
    "stated-count": "test_stated_rules.py",
    "counting-operation": "test_stated_rules.py",
    "delivery-sent": "test_deliveries.py",
    "delivery-address": "test_deliveries.py",
    "delivery-content": "test_deliveries.py",
    "delivery-signature": "test_deliveries.py",
    "delivery-retry": "test_deliveries.py",
    "delivery-refused": "test_deliveries.py",
}
"""Check → the file with its tests, if its server is not one of those with planted bugs."""


def test_every_kind_of_statement_has_a_check_or_a_reason() -> None:
    kinds = {kind for model in HOLDERS for kind in model.__struct_encode_fields__}
    vendors = [vendor_checks(contracts.of(vendor)) for vendor in vendor_files.names()]
    checked_kinds = {kind for check in chain(CHECKS, *vendors) for kind in check.statement_kinds}

    assert kinds - checked_kinds == set(NO_CHECK) & kinds
    assert checked_kinds <= kinds


@pytest.mark.parametrize("vendor", vendor_files.names())
def test_every_rule_of_a_vendor_has_a_check_or_a_reason_why_not(vendor: str) -> None:
    contract = contracts.of(vendor)
    named = {rule.name for operation in contract.behaviour.operations.values() for rule in operation.rules}
    checked = {check.name.removeprefix(f"{vendor}-") for check in vendor_checks(contract)}
    excused = {rule.name for rule in contract.rules.values() if rule.unchecked}

    assert named <= checked | excused
    assert set() == checked & excused


@pytest.mark.parametrize(("vendor", "rule"), [(vendor, rule) for vendor in RULE_BUGS for rule in RULE_BUGS[vendor]])
def test_a_check_of_a_rule_finds_the_bug_that_breaks_it(vendor: str, rule: str) -> None:
    name = f"{vendor}-{rule}"

    assert name in {found.check for found in run_own_checks(vendor, RULE_BUGS[vendor][rule], only=[name]).findings}


@pytest.mark.parametrize("vendor", RULE_BUGS)
def test_every_check_of_a_rule_has_a_server_that_breaks_it(vendor: str) -> None:
    assert {f"{vendor}-{rule}" for rule in RULE_BUGS[vendor]} == {
        check.name for check in vendor_checks(contracts.of(vendor))
    }


def test_the_reference_page_lists_the_checks_as_they_are() -> None:
    """`make docs` writes the page."""
    written = Path(__file__).parents[2] / "docs/contract-checks/checks.md"

    assert list(page()) == written.read_text("utf-8").splitlines()


def test_every_check_has_a_planted_bug_or_a_contradicted_statement() -> None:
    recipes = {*RECIPE_BUGS, *CAREFUL_BUGS, *PRINTED_BUGS}

    assert {check.name for check in CHECKS} == {*FINDS, *CONTRADICTED, *PROVED_IN, *recipes}


@pytest.mark.parametrize(("name", "file"), PROVED_IN.items())
def test_the_tests_of_a_check_with_a_server_of_its_own_name_it(name: str, file: str) -> None:
    assert name in (Path(__file__).parent / file).read_text("utf-8")


@pytest.mark.parametrize("name", FINDS)
def test_a_check_finds_its_planted_bug(name: str) -> None:
    subject, bug = FINDS[name]

    assert name in {found.check for found in run_own_checks(subject, bug, only=[name]).findings}


@pytest.mark.parametrize("name", CONTRADICTED)
def test_a_check_reports_a_contradicted_statement(name: str, tmp_path: Path) -> None:
    overlay = {"overlay": "1.0.0", "info": {"title": "Otherwise", "version": "1"},
               "actions": [{"target": "$", "update": CONTRADICTED[name]}]}  # fmt: skip
    (tmp_path / "otherwise.yaml").write_text(yaml.safe_dump(overlay), encoding="utf-8")
    contract = contracts.of("piper", [tmp_path / "otherwise.yaml"])
    with Target.asgi(sandbox("piper", seed=1), sandbox_users(contract), base_url="http://mock.local") as target:
        result = run_checks(contract, target, only=[name])

    assert {(name, "warning")} == {(found.check, found.verdict) for found in result.findings}


@pytest.mark.parametrize("subject", SERVERS)
def test_a_correct_server_has_no_findings(subject: str) -> None:
    """`make mutants` tries further seeds."""
    result = run_own_checks(subject, seed=0)

    assert [] == [(found.check, found.operation, found.seen) for found in result.findings]
    assert ("", ()) == (result.stopped, result.left_behind)


@pytest.mark.parametrize("vendor", vendor_files.names())
def test_the_mock_of_a_vendor_has_no_findings(vendor: str) -> None:
    contract = contracts.of(vendor)
    app: Any = sandbox(vendor, seed=2)
    base = "http://mock.local" + contract.document.base_path
    user = sandbox_users(contract)
    with Target.asgi(app, user, base_url=base, sleep=app.world.clock.advance) as target:
        result = run_checks(contract, target, seed=2)

    assert [] == [(found.check, found.operation, found.expected, found.seen) for found in result.findings]
    assert ("", ()) == (result.stopped, result.left_behind)
