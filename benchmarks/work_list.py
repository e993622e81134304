"""The work list of the group against the bare query for the same rows from a ready table."""

from __future__ import annotations

from datetime import date

import polars as pl

from benchmarks.timing import in_turn
from queries.store import Store
from services import opportunities, practices, words
from services.actors import Actor
from services.opportunities import Filters, Order

PAGE = 500
ACTOR = Actor.at_the_command_line("bench")

DEFAULT = "opened_on, value_pence desc, practice_id, opportunity_id"

# What is asked, how the list is asked for it, and the bare query's condition, order and offset.
CASES: list[tuple[str, dict[str, object], str, str, int]] = [
    ("first page", {}, "true", DEFAULT, 0),
    ("page 20", {"offset": 19 * PAGE}, "true", DEFAULT, 19 * PAGE),
    ("sort by value", {"order": Order("value", True)}, "true", f"value_pence desc, {DEFAULT}", 0),
    ("sort by patient", {"order": Order("patient")}, "true", f"sort_name, {DEFAULT}", 0),
    (
        "filter payor, value, e-mail",
        {"filters": Filters(payors=("private",), value_from=40_000, has_email=True)},
        "payor = 'private' and value_pence >= 40000 and email is not null",
        DEFAULT,
        0,
    ),
    (
        "filter status and provider",
        {"filters": Filters(statuses=("contacted",), providers=("007-practice/p1", "008-practice/p2"))},
        "status = 'contacted' and provider_key in ('007-practice/p1', '008-practice/p2')",
        DEFAULT,
        0,
    ),
    ("search a name", {"filters": Filters(search="Last123")}, "contains(search_text, 'last123')", DEFAULT, 0),
]

READY = """
create or replace table listing.ready as
select
    ranked.*, practices.name as practice, shown.course_id, shown.cot_number, shown.patient_id,
    shown.patient_name as patient, shown.household_id, shown.provider_initials as provider, shown.payor_name as payor,
    shown.payor_kind, shown.last_updated_on, shown.charge_pence, shown.phone, shown.email, shown.counted_visit_on,
    shown.unlinked_visit_on, shown.next_visit_on, shown.reason, shown.is_partly_done, shown.is_active,
    shown.sort_name, shown.provider_key, shown.search_text
from listing.ranked($today, $filters, 'oldest', false) as ranked
join listing.opportunities as shown on shown.rowid = ranked.listing_row
join practices on practices.practice_id = ranked.practice_id
order by ranked.opened_on
"""

BARE = """
select
    practice_id, practice, opportunity_id, course_id, cot_number, patient_id, patient, household_id, provider, payor,
    payor_kind, opened_on, last_updated_on, status, snoozed_until, reject_reason, assignee_id, assigned_to, attempts,
    last_contact_at, version, value_pence, uda::double as uda, worth_pence, charge_pence, phone, email,
    counted_visit_on, unlinked_visit_on, next_visit_on, reason, is_partly_done, is_active
from listing.ready where {condition} order by {order} limit {limit} offset {offset}
"""

BARE_TOTALS = """
select count(*), count(distinct patient_key), sum(value_pence), sum(uda), sum(worth_pence)
from listing.ready where {condition}
"""


def prepare(store: Store, *, today: date) -> None:
    """Make the ready table, beside the kept list, which must be fresh."""
    practice_ids = [one.practice_id for one in practices.all_practices(store)]
    everything = opportunities.asked(Filters(statuses=tuple(words.STATUSES)), practice_ids)
    store._connection.cursor().execute(READY, {"today": today, "filters": everything}).fetchall()


def measure(store: Store, runs: int, *, today: date) -> None:
    """Print a line for each case."""
    group_practices = practices.all_practices(store)
    shown = f"status in {opportunities.SHOWN_STATUSES!r}"

    def bare(text: str, condition: str, order: str, offset: int) -> pl.DataFrame:
        condition = condition if "status" in condition else f"{condition} and {shown}"
        query = text.format(condition=condition, order=order, limit=PAGE, offset=offset)
        rows: pl.DataFrame = store._connection.cursor().sql(query).pl()
        return rows

    print("| asked | rows | list, ms | bare page, ms | ratio | bare page and totals, ms | ratio |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name, asked, condition, order, offset in CASES:

        def listed(asked: dict[str, object] = asked) -> opportunities.Worklist:
            given: dict[str, object] = {"filters": Filters(), "actor": ACTOR, "limit": PAGE, "today": today, **asked}
            return opportunities.worklist(store, group_practices, **given)  # type: ignore[arg-type]

        def page(condition: str = condition, order: str = order, offset: int = offset) -> pl.DataFrame:
            return bare(BARE, condition, order, offset)

        def totals(condition: str = condition) -> pl.DataFrame:
            return bare(BARE_TOTALS, condition, DEFAULT, 0)

        assert listed().rows["opportunity_id"].to_list() == page()["opportunity_id"].to_list(), name
        ours, bare_page, bare_totals = (one.passed for one in in_turn(runs, listed, page, totals))
        both = bare_page + bare_totals
        print(
            f"| {name} | {listed().totals.courses:,} | {ours:.0f} | {bare_page:.0f} | {ours / bare_page:.1f} "
            f"| {both:.0f} | {ours / both:.1f} |"
        )
