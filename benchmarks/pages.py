"""The server's time for each page: the real page, drawn again, against a bare read of the rows that it is about."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from itertools import cycle
from pathlib import Path

import streamlit as st
from streamlit import config
from streamlit.components.v2 import manifest_scanner
from streamlit.logger import set_log_level
from streamlit.testing.v1 import AppTest

from benchmarks.timing import Taken, in_turn, once
from pages.parts import dialogs, session
from queries import people
from queries.store import Store
from services import practices, sign_in

FRAME = Path(__file__).parents[1] / "pages" / "frame.py"
LEADER = "u0"
BOTH, ONE, GROUP = (True, False), (False,), (True,)
PRACTICE, PRACTICE_ID = "Practice 007", "007-practice"

LIST = "select count(*), sum(value_pence), count(distinct patient_key) from listing.ready where {here}"
ONE_PATIENT = f"""
select practice_id, patient_id from listing.ready where practice_id = '{PRACTICE_ID}' order by opportunity_id limit 1
"""
HISTORY = """
select count(*), sum(first_value_pence) from spells where {here} and listed_from >= $today::date - 90
union all select count(*), sum(value_pence) from spell_steps where {here} and day >= $today::date - 90
union all select count(*), sum(value_pence) from daily_totals where {here} and day >= $today::date - 90
"""
RESULTS = """
select count(*), min(listed_from) from spells where {here} and listed_from >= $today::date - 365
union all select count(*), min(day) from spell_steps where {here} and day >= $today::date - 365
union all
select count(*), min(happened_at::date) from events
where {here} and happened_at >= $today::date - 365 and kind in ('attempted', 'contacted', 'rejected', 'snoozed')
"""


@dataclass(frozen=True)
class Screen:
    """A page as somebody has it before them: begin brings it there, again is what they do that is measured.

    bare are the reads that it is measured against, in which {here} limits them to the practices shown. shown says
    whether that is the group: a page may be about one practice, or about all, whatever is chosen.
    """

    name: str
    file: str
    bare: tuple[str, ...]
    begin: Callable[[AppTest], object] = lambda app: None
    again: Callable[[AppTest], object] = lambda app: None
    shown: tuple[bool, ...] = BOTH


def press(app: AppTest, label: str) -> AppTest:
    """Press the last button of that label."""
    return [one for one in app.button if one.label == label][-1].click().run()


def group_otherwise() -> Callable[[AppTest], object]:
    """Group the first cell of the notebook by another thing than before, each time."""
    groups = cycle(("payor", "age", "status", "provider"))
    return lambda app: next(one for one in app.selectbox if one.label == "Group by").select(next(groups))


def begin_sql(app: AppTest) -> None:
    """Type a question in SQL into a second cell."""
    press(app, "Add SQL")
    question = "select status, count(*) as number, sum(value_pounds) as value_pounds from opportunities group by status"
    app.text_area[-1].set_value(question).run()
    press(app, "Run")


def run_again(app: AppTest) -> None:
    """Let the next run of the page ask in SQL again."""
    [one for one in app.button if one.label == "Run"][-1].click()


def forget_kept(app: AppTest) -> None:
    """Let what pages keep until the practices are looked at again, or until something is done, be gone."""
    st.cache_data.clear()


def open_patient(app: AppTest) -> None:
    """Open the first patient of the list at the side of the page."""
    with session.open_store().reading() as reading:
        row = reading._cursor.execute(ONE_PATIENT).fetchone()
    app.session_state[dialogs.OPEN] = dialogs.Dialog("patient", row)


SCREENS = (
    Screen(
        "Opportunities",
        "opportunities.py",
        (LIST, "select * from listing.ready where {here} order by opened_on limit 500"),
    ),
    Screen(
        "Opportunities, with a patient open",
        "opportunities.py",
        (LIST, f"select * from events where (practice_id, patient_id) in ({ONE_PATIENT})"),
        begin=open_patient,
    ),
    Screen("My list", "my_list.py", (f"select * from listing.ready where {{here}} and assignee_id = '{LEADER}'",)),
    Screen(
        "Appointment book",
        "appointment_book.py",
        ("select * from appointments where {here} and starts_at between $today::date and $today::date + 7",),
        shown=ONE,
    ),
    Screen("To enter in the PMS", "to_enter.py", ("select * from bookings where {here}",)),
    Screen("Pipeline", "pipeline.py", (LIST, HISTORY)),
    Screen("Pipeline, after a new look at the practices", "pipeline.py", (LIST, HISTORY), again=forget_kept),
    Screen("Results", "results.py", (RESULTS,)),
    Screen("Results, after a new look at the practices", "results.py", (RESULTS,), again=forget_kept),
    Screen("Forecast", "forecast.py", (LIST, "select sum(chance) from chances where {here}"), shown=ONE),
    Screen(
        "NHS contract",
        "nhs_contract.py",
        (LIST, "select count(*), sum(uda) from courses where {here} and payor_id = 'nhs'"),
        shown=ONE,
    ),
    Screen("Messages", "messages.py", ("select * from messages where {here} order by queued_at desc limit 200",)),
    Screen("Explore, drawn again", "explore.py", (LIST,)),
    Screen("Explore, other choices", "explore.py", (LIST,), again=group_otherwise()),
    Screen("Explore, SQL", "explore.py", (LIST,), begin=begin_sql, again=run_again),
    Screen("Weekly digest, drawn again", "digest.py", (LIST, HISTORY), shown=GROUP),
    Screen("Weekly digest, after something was done", "digest.py", (LIST, HISTORY), again=forget_kept, shown=GROUP),
)


def prepare(store: Store, *, today: date) -> None:
    """Let the pages run on this store and day, with the leader of the group signed in."""
    os.environ["CARE_MANAGER_STORE"], os.environ["CARE_MANAGER_TODAY"] = str(store.path), today.isoformat()
    session._store = store
    # AppTest is no server, and Streamlit says so at each run.
    config.set_option("logger.level", "error")
    set_log_level("error")
    gc.collect()
    gc.freeze()  # As in the server (app.py).
    # As in the server, which looks once which components are installed: AppTest looks at each start.
    manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)
    now = datetime.now(UTC)
    practice_ids = [one.practice_id for one in practices.all_practices(store)]
    with store.transaction() as tx:
        people.give_practices(tx, LEADER, dict.fromkeys(practice_ids))
        people.write_password(tx, LEADER, hash_="never typed", is_one_time=False, expires_at=None, now=now)
    token = sign_in.start(store, LEADER, now=now, how="test")
    session.token = lambda: token


def measure(store: Store, runs: int, *, today: date) -> None:
    """Print a line for each page: over the whole group, then for one practice."""
    print("| page | shown | first, ms | again, ms | processor, ms | bare read, ms | ratio |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for screen in SCREENS:
        for is_group in screen.shown:
            first, again, bare = _measured(store, screen, runs, today=today, is_group=is_group)
            print(
                f"| {screen.name} | {'120 practices' if is_group else 'one'} | {first.passed:.0f} | {again.passed:.0f} "
                f"| {again.worked:.0f} | {bare.passed:.0f} | {again.passed / bare.passed:.1f} |",
                flush=True,
            )


def _measured(store: Store, screen: Screen, runs: int, *, today: date, is_group: bool) -> tuple[Taken, Taken, Taken]:
    app = AppTest.from_file(str(FRAME), default_timeout=120)
    if not is_group:
        app.query_params["practice"] = PRACTICE
    app.run()
    st.cache_data.clear()
    app.switch_page(screen.file)
    first = once(app.run)
    _check(app)
    screen.begin(app)
    app.run()
    _check(app)

    def drawn() -> None:
        screen.again(app)
        app.run()

    def read() -> None:
        here = "true" if is_group else f"practice_id = '{PRACTICE_ID}'"
        for text in screen.bare:
            query = text.format(here=here)
            store._connection.cursor().sql(query, params={"today": today} if "$today" in query else {}).pl()

    again, bare = in_turn(runs, drawn, read)
    _check(app)
    return first, again, bare


def _check(app: AppTest) -> None:
    """Refuse to time a page that says sorry."""
    assert not app.exception, app.exception
    assert not app.error, app.error
