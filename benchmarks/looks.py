"""What is worked out beside the pages: the list of a day, what is kept of it, and the chances."""

from __future__ import annotations

from datetime import date, datetime

from benchmarks.timing import once
from queries import listing
from queries.store import Store
from services import chances, practices, snapshots


def prepare(store: Store, *, today: date) -> None:
    """Work the list of the day out for everybody."""
    listing.refresh(store, [one.practice_id for one in practices.all_practices(store)], today=today)


def measure(store: Store, *, today: date, now: datetime) -> None:
    """Print what each takes for one practice, and the list for all, measured by throwing the kept one away."""
    everybody = practices.all_practices(store)
    first, ids = everybody[0], [one.practice_id for one in everybody]

    def work_out(practice_ids: list[str]) -> None:
        with store.listing() as tx:
            for practice_id in practice_ids:
                tx.execute("listing/clear_freshness", practice_id=practice_id, today=today)
        listing.refresh(store, practice_ids, today=today)

    taken = {
        "the list of a day, one practice": once(lambda: work_out(ids[:1])),
        f"the list of a day, all {len(ids)}": once(lambda: work_out(ids)),
        "what is kept of a day, one practice": once(lambda: snapshots.take(store, first, now=now, today=today)),
        "the chances, one practice": once(lambda: chances.work_out(store, first, now=now, today=today)),
    }
    print("| worked out | ms | processor, ms |")
    print("| --- | --- | --- |")
    for name, one in taken.items():
        print(f"| {name} | {one.passed:,.0f} | {one.worked:,.0f} |", flush=True)
