"""A made-up group of practices, large enough to find what is slow: written straight into a migrated store."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import duckdb

from queries.store import Store

PRACTICES = 120

STATEMENTS = """
insert into practices (practice_id, name, created_by, created_at)
select format('{:03d}-practice', i), format('Practice {:03d}', i), 'bench', $now from range($practices) as t(i);

insert into practice_settings (practice_id, changed_by, changed_at)
select practice_id, 'bench', $now from practices;

insert into contracts
select practice_id, 'c', '2020-04-01', null, 3550, 20000 from practices;

insert into providers
select practice_id, 'p' || n, 'Provider ' || n, 'P' || n, 'dentist', 'c', true, true
from practices, range(8) as t(n) order by practice_id;

insert into payors
select practice_id, kind, kind, kind
from practices, (values ('nhs'), ('private'), ('plan')) as t(kind) order by practice_id;

insert into users (user_id, name, is_active)
select 'u' || n, 'User ' || n, true from range(40) as t(n);

insert into patients
select
    format('{:03d}-practice', i * $practices // $patients), i::text, null,
    'First' || (hash(i) % 5000)::int, 'Last' || (hash(i + 1) % 20000)::int, (i // 3)::text,
    case when (hash(i) % 10)::int < 8 then format('07700 900{:03d}', (hash(i) % 1000)::int) end, null,
    case when (hash(i) % 10)::int < 7 then format('patient{}@example.com', i) end,
    null, null, null, null, false, false, true,
    format(
        'first{} last{} 07700900{:03d} patient{}@example.com',
        (hash(i) % 5000)::int, (hash(i + 1) % 20000)::int, (hash(i) % 1000)::int, i
    )
from range($patients) as t(i);

insert into courses
select
    format('{:03d}-practice', i * $practices // $courses), i::text, i::text,
    (i * $patients // $courses)::text, 'p' || (hash(i) % 8)::int,
    ['nhs', 'private', 'plan'][1 + (hash(i + 2) % 3)::int], 'c',
    opened_on, opened_on + ((hash(i) % 20)::int), opened_on,
    case when (hash(i + 3) % 5)::int > 0 or opened_on < $today::date - 365 then least(opened_on + 30, $today::date) end,
    false, true, ['1', '2a', '2b', '3'][1 + (hash(i + 4) % 4)::int],
    null, null, null, null, null, null, null, null, null
from (select i, $today::date - 1 - ((hash(i) % 1095)::int) as opened_on from range($courses) as t(i)) order by i;

insert into treatment_items
select
    practice_id, course_id || '-' || n, course_id, null, 'T' || n, 'Treatment ' || n,
    case payor_id when 'nhs' then 'nhs' when 'plan' then 'plan' else 'private' end,
    5000 + (hash(course_id || n) % 90000)::int, completed_on, false
from courses, range(2) as t(n) order by practice_id;

insert into appointments
select
    practice_id, 'a' || course_id, patient_id, course_id, provider_id,
    case when completed_on is null then $today::date + ((hash(course_id) % 120)::int) else completed_on end
        + interval 10 hour,
    30, case when completed_on is null then 'booked' else 'completed' end
from courses where completed_on is not null or (hash(course_id) % 4)::int = 0 order by practice_id;

insert into care_states (practice_id, opportunity_id, status, assigned_to, changed_by, changed_at, snoozed_until)
select
    practice_id, course_id, ['open', 'contacted', 'contacted', 'rejected'][1 + (hash(course_id) % 4)::int],
    'u' || (hash(course_id) % 40)::int, 'u1', $now,
    case when (hash(course_id) % 11)::int = 0 then $today::date + 5 end
from courses where completed_on is null and (hash(course_id || 's') % 3)::int = 0 order by practice_id;
"""


def build(path: Path, *, patients: int, courses: int, today: date, now: datetime) -> None:
    """Write a store with so many patients and courses, two items to a course; about 150,000 of 3,000,000 are listed."""
    Store(path, now=now).close()
    values = {
        "practices": PRACTICES,
        "patients": patients,
        "courses": courses,
        "today": today,
        "now": now.replace(tzinfo=None),
    }
    with duckdb.connect(str(path)) as connection:
        for statement in STATEMENTS.split(";\n"):
            used = {name: value for name, value in values.items() if f"${name}" in statement}
            if statement.strip():
                connection.execute(statement, used).fetchall()
        connection.execute("checkpoint")
