"""Figures typed in for a month: they count instead of the extract's, and leave who and when."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from queries import nhs
from queries import practices as practice_queries
from queries.store import Store
from services import audit_words, history, nhs_figures
from services.errors import InvalidRequest
from services.nhs_figures import NOTHING, Figures
from tests.nhs import contracted, done, known, standing
from tests.practice import NOW, SYSTEM, TODAY, SmallPractice

MAY = date(2026, 5, 1)


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """One store for all of these tests: each has a practice of its own in it."""
    store = Store(now=NOW)
    yield store
    store.close()


@pytest.fixture
def practice(store: Store) -> SmallPractice:
    """A practice with a contract."""
    return contracted(store)


def write(
    practice: SmallPractice,
    figures: Figures,
    *,
    month: date = MAY,
    seen: Figures = NOTHING,
    contract: str = "nhs-1",
) -> list[str]:
    """Type in the figures of a month."""
    return nhs_figures.write(
        practice.store, known(practice), contract, month, figures, seen=seen, actor=SYSTEM, now=NOW, today=TODAY
    )


def test_what_was_typed_in_counts_for_its_month_and_the_extract_for_the_others(practice):
    done(practice, date(2026, 5, 20), "3")
    done(practice, date(2026, 6, 20), "2a")
    said = write(practice, Figures(uda=80.25))
    assert said == ["nhs-1, May 2026: 80.25 UDAs (was the extract's)."]
    found = standing(practice)
    assert found.delivered_uda == 83.25
    may = found.months.row(1, named=True)
    assert (may["uda_source"], may["extract_uda"], may["typed_by"]) == ("Typed in", 12, SYSTEM.user_id)
    assert found.months["uda_source"].to_list().count("Typed in") == 1
    assert set(found.months["unscheduled_source"]) == {"Extract"}


def test_of_unscheduled_care_one_figure_is_enough(practice):
    done(practice, date(2026, 5, 20), "urgent")
    cases = (
        (Figures(unscheduled_courses=4), 4, 30000),
        (Figures(unscheduled_pence=22500), 3, 22500),
        (Figures(unscheduled_courses=4, unscheduled_pence=24000), 4, 24000),
        (Figures(unscheduled_courses=0), 0, 0),
    )
    seen = NOTHING
    for typed, courses, pence in cases:
        write(practice, typed, seen=seen)
        seen = typed
        care = standing(practice).unscheduled
        assert care
        assert (care.delivered_courses, care.delivered_pence) == (courses, pence)


def test_who_typed_in_what_is_in_the_audit(practice):
    write(practice, Figures(uda=80))
    rows = history.search(
        practice.store,
        [known(practice)],
        actor=SYSTEM,
        kinds=[nhs_figures.TYPED],
    )
    (event,) = rows.to_dicts()
    assert json.loads(event["before"])["uda"] is None
    assert json.loads(event["after"])["uda"] == 80
    told = audit_words.table_of(practice.store, [known(practice)], rows).row(0, named=True)
    assert (told["what"], told["details"]) == ("Typed in NHS figures", "Nhs-1, May 2026: UDA 80")


def test_nothing_typed_in_is_the_extract_again(practice):
    done(practice, date(2026, 5, 20))
    write(practice, Figures(uda=80))
    assert write(practice, NOTHING, seen=Figures(uda=80)) == ["nhs-1, May 2026: the extract's figures count again."]
    assert standing(practice).delivered_uda == 3
    assert write(practice, NOTHING) == []


def test_what_somebody_else_typed_in_meanwhile_is_not_overwritten(practice):
    write(practice, Figures(uda=80))
    with pytest.raises(InvalidRequest, match="typed in other figures for May 2026"):
        write(practice, Figures(uda=90))
    assert standing(practice).delivered_uda == 80


def test_a_month_to_come_or_of_no_term_and_figures_that_cannot_be_are_refused(practice):
    for month in (date(2026, 12, 1), date(2026, 3, 1), date(2026, 5, 2)):
        with pytest.raises(InvalidRequest, match="has no month"):
            write(practice, Figures(uda=1), month=month)
    with pytest.raises(InvalidRequest, match="has no month"):
        write(practice, Figures(uda=1), contract="none such")
    for field in ("uda", "unscheduled_courses", "unscheduled_pence"):
        for value in (-1, 100_000_001):
            with pytest.raises(InvalidRequest, match="nothing below 0"):
                write(practice, replace(NOTHING, **{field: value}))
    assert standing(practice).months["typed_by"].null_count() == 8


@pytest.mark.parametrize(
    ("typed", "figures"),
    [
        (("", " ", ""), NOTHING),
        (("1,200.5", "12", "£1,234.56"), Figures(1200.5, 12, 123456)),
        (("0", "0", "0"), Figures(0.0, 0, 0)),
        (("100000.00", "10,000", "1,000,000"), Figures(100000.0, 10000, 100000000)),
        (("-5", "", ""), "“-5” is no figure for UDAs delivered"),
        (("12,5", "", ""), "“12,5” is no figure for UDAs delivered"),
        (("1.234", "", ""), "“1.234” is no figure for UDAs delivered"),
        (("many", "", ""), "“many” is no figure for UDAs delivered"),
        (("", "1.5", ""), "“1.5” is no figure for courses of unscheduled care"),
        (("", "", "1,00"), "“1,00” is no figure for unscheduled care in pounds"),
        (("99999999999", "", ""), "A month has at most 100,000 UDAs"),
    ],
)
def test_figures_are_read_as_they_are_typed_or_refused_in_a_sentence(typed, figures):
    if isinstance(figures, str):
        with pytest.raises(InvalidRequest, match=figures):
            nhs_figures.read(*typed)
    else:
        assert nhs_figures.read(*typed) == figures


def test_a_practice_takes_its_figures_with_it(practice):
    write(practice, Figures(uda=80))
    with practice.store.transaction() as tx:
        practice_queries.remove(tx, practice.id)
    assert nhs.figures(practice.store, practice.id, "nhs-1").is_empty()
