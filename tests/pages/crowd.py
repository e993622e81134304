"""Many patients at once, for lists that are long."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from queries import pms, practices
from tests.practice import DEFAULTS, TODAY, SmallPractice


def crowd(practice: SmallPractice, courses: int, *, per_patient: int = 1) -> None:
    """Add so many open courses, each with a crown of £420 and a pound more than the one before."""
    patients = [
        {
            **DEFAULTS["patients"],
            "patient_id": f"p{number}",
            "first_name": "Ada",
            "last_name": f"Number {number:06}",
            "search_text": f"ada number {number:06}",
            "mobile": f"07700 9{number % 100_000:05}",
            "email": f"ada{number}@example.com",
        }
        for number in range(-(-courses // per_patient))
    ]
    rows = {
        "patients": patients,
        "courses": [
            {
                **DEFAULTS["courses"],
                "course_id": f"c{number}",
                "cot_number": str(number),
                "patient_id": f"p{number // per_patient}",
                "opened_on": TODAY - timedelta(days=1 + number % 365),
            }
            for number in range(courses)
        ],
        "treatment_items": [
            {
                **DEFAULTS["treatment_items"],
                "treatment_item_id": f"i{number}",
                "course_id": f"c{number}",
                "price_pence": 42_000 + 100 * number,
            }
            for number in range(courses)
        ],
    }
    with practice.store.transaction() as tx:
        for table, some in rows.items():
            schema = pms.read(tx, practice.id, table).schema
            pms.write(tx, practice.id, table, pl.DataFrame(some, schema=schema))
        practices.raise_revision(tx, practice.id)
