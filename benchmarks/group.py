"""A made-up group of practices as the PMS has it, large enough to find what is slow: written straight into a store."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

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

-- Four people at each practice, and the leader of the group.
insert into users (user_id, name, is_active, role)
select 'u' || n, 'User ' || n, true, case n when 0 then 'group' else 'reception' end from range($practices * 4) as t(n);

insert into user_practices (user_id, practice_id)
select 'u' || n, format('{:03d}-practice', n // 4) from range(1, $practices * 4) as t(n);

insert into working_hours (practice_id, provider_id, weekday, from_time, to_time, break_from, break_to)
select practice_id, '', weekday, '09:00', '17:00', '13:00', '14:00'
from practices, range(1, 6) as t(weekday);

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

insert into planned_visits
select practice_id, course_id || '-' || n, course_id, n + 1, provider_id, 30, 7 * n, null, true
from courses, range(2) as t(n) where completed_on is null order by practice_id;

insert into care_states (
    practice_id, opportunity_id, patient_id, status, assigned_to, changed_by, changed_at, snoozed_until, attempts,
    last_attempt_at, last_contact_at
)
select
    practice_id, course_id, patient_id, status, assigned_to, 'u1', $now - interval 3 day,
    case when (hash(course_id) % 11)::int = 0 then $today::date + 5 end,
    case status when 'open' then 1 else 2 end, tried_at, case when status <> 'open' then tried_at end
from (
    select
        practice_id, course_id, patient_id,
        ['open', 'contacted', 'contacted', 'rejected'][1 + (hash(course_id) % 4)::int] as status,
        case when (hash(course_id || 'a') % 25)::int = 0 then 'u0'
            else 'u' || (practice_id[:3]::int * 4 + (hash(course_id) % 4)::int) end as assigned_to,
        $now - to_days((hash(course_id || 't') % 40)::int) - interval 1 hour as tried_at
    from courses where completed_on is null and (hash(course_id || 's') % 3)::int = 0
) order by practice_id;
"""


def build(path: Path, *, patients: int, courses: int, today: date, now: datetime) -> None:
    """Write a store with so many patients and courses, two items to a course; about 150,000 of 3,000,000 are listed."""
    Store(path, now=now).close()
    values: dict[str, object] = {
        "practices": PRACTICES,
        "patients": patients,
        "courses": courses,
        "today": today,
        "now": now.replace(tzinfo=None),
    }
    with duckdb.connect(str(path)) as connection:
        run(connection, STATEMENTS, values)
        connection.execute("checkpoint").fetchall()


def run(connection: Any, statements: str, values: Mapping[str, object]) -> None:
    """Run statements one after the other, each with those of the values that it names."""
    for statement in filter(str.strip, statements.split(";\n")):
        used = {name: value for name, value in values.items() if re.search(rf"\${name}\b", statement)}
        connection.execute(statement, used).fetchall()
