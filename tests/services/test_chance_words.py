"""The words of a chance: how a row is, which reasons are said, and that all that is looked at has words."""

from __future__ import annotations

import polars as pl
import pytest

from services import chance_model, chance_words


@pytest.mark.parametrize(
    ("facts", "of", "said"),
    [
        ({"days_open": 30}, "age", "opened recently"),
        ({"days_open": 31}, "age", "open for under three months"),
        ({"days_open": 91}, "age", "open for over three months"),
        ({"days_open": 181}, "age", "open for over half a year"),
        ({"payor_kind": None}, "payor", "private"),
        ({"payor_kind": "nhs"}, "payor", "NHS"),
        ({"worth_pence": 99_99}, "value", "worth less than £100"),
        ({"worth_pence": 100_00}, "value", "worth £100 to £500"),
        ({"worth_pence": 1_500_00}, "value", "worth £1,500 or more"),
        ({"days_tried": 0}, "tries", "not tried yet"),
        ({"days_tried": 3}, "tries", "tried three times or more"),
        ({"days_since_contact": None}, "contact", "not in touch yet"),
        ({"days_since_contact": 7}, "contact", "in touch last week"),
        ({"days_since_contact": 8}, "contact", "in touch last month"),
        ({"days_since_contact": 31}, "contact", "not in touch for a month"),
        ({"finished": 0, "lapsed": 0}, "past", "no earlier course"),
        ({"finished": 3, "lapsed": 1}, "past", "usually books"),
        ({"finished": 2, "lapsed": 1}, "past", "sometimes books"),
        ({"finished": 0, "lapsed": 1}, "past", "let earlier courses lapse"),
        ({"missed": 1}, "visits", "missed a visit"),
        ({"missed": 2}, "visits", "missed visits"),
    ],
)
def test_a_reason_says_how_the_row_is(facts, of, said):
    row = {
        "opportunity_id": "c",
        "chance": 0.2,
        **{"days_open": 10, "payor_kind": "private", "worth_pence": 42_000, "days_tried": 1},
        **{"days_since_contact": 3, "finished": 1, "lapsed": 0, "missed": 0},
        **{f"{one}_adds": 0.9 if one == of else 0.0 for one in chance_words.STATES},
        **facts,
    }
    (found,) = chance_words.reasons(pl.DataFrame([row])).to_dicts()
    assert [chance_words.REASONS[key] for key in found["raises"]] == [said]
    assert found["lowers"] == []


def test_the_three_strongest_reasons_are_kept_on_their_sides():
    adds = {"age": -0.4, "payor": 0.05, "value": 0.2, "tries": -0.3, "contact": 0.9, "past": 0.1, "visits": 0.0}
    row = {
        **{"opportunity_id": "c", "chance": 0.2, "days_open": 200, "payor_kind": "nhs", "worth_pence": 0},
        **{"days_tried": 2, "days_since_contact": 3, "finished": 0, "lapsed": 0, "missed": 0},
        **{f"{of}_adds": size for of, size in adds.items()},
    }
    (found,) = chance_words.reasons(pl.DataFrame([row])).to_dicts()
    assert (found["raises"], found["lowers"]) == (["contact_week"], ["age_long", "tries_twice"])


@pytest.mark.parametrize(
    ("raises", "lowers", "said"),
    [
        (["age_days", "contact_week", "past_usually"], [], "Opened recently, in touch last week, usually books"),
        (["past_usually"], ["visits_once"], "Usually books, but missed a visit"),
        ([], ["age_long", "tries_twice"], "Open for over half a year, tried twice"),
        ([chance_words.USUAL], [], "The practice's usual rate"),
        ([], [], "Like most others"),
        (["of another version"], [], "Like most others"),
    ],
)
def test_why_is_said_in_one_line(raises, lowers, said):
    assert chance_words.why(raises, lowers) == said


def test_nothing_about_the_person_is_looked_at():
    looked_at = {name for _, number in chance_model.FEATURES.values() for name in number.meta.root_names()}
    assert looked_at == {
        *("days_open", "payor_kind", "worth_pence", "days_tried", "days_since_contact", "finished", "lapsed", "missed")
    }
    assert set(chance_words.FEATURES) == set(chance_model.FEATURES)
    assert set(chance_words.STATES) == {of for of, _ in chance_model.FEATURES.values()}
    assert len(chance_words.INPUTS) == len(chance_words.STATES)
