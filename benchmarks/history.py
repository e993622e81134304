"""What was done about the courses of the made-up group in two years, and what is kept of it.

Two years of events, spells, their steps and the totals of each day, half a year of daily figures, a year of the NHS's
figures, messages, bookings, and the chances. What is on the list now is in it as it stands.
"""

from __future__ import annotations

from datetime import date, datetime

from benchmarks.group import run
from queries import listing, pipeline
from queries.store import Store
from services import chances, practices
from services.pipeline import UNBOOKED

DAYS = 730
FIGURE_DAYS = 183

SPELLS = """
create temp table lived as
with
listed as (
    select
        opportunities.practice_id, opportunity_id, opportunities.patient_id, provider_id, payor_id, opened_on,
        opened_on + 1 as listed_from, null::date as listed_to, null as left_why,
        listing.status_of(status, booked_on, snoozed_until, $today) as last_status,
        opportunities.value_pence, opportunities.uda, opportunities.worth_pence
    from listing.opportunities
    left join care_states using (practice_id, opportunity_id)
),
waited as (
    select courses.*, hash(course_id) as h
    from courses
    left join listed on listed.practice_id = courses.practice_id and listed.opportunity_id = courses.course_id
    where courses.opened_on between $today::date - $days and $today::date - 3
        and (hash(course_id || 'l') % 2)::int = 0 and listed.opportunity_id is null
),
gone as (
    select
        practice_id, course_id, patient_id, provider_id, payor_id, opened_on, opened_on + 1 as listed_from,
        least(
            case (h % 10)::int
                when 9 then opened_on + 366 else opened_on + 2 + ((h % 61)::int * (h % 53)::int // 40)
            end,
            $today::date
        ) as listed_to,
        case (h % 10)::int
            when 9 then 'expired' when 8 then 'deleted' when 7 then 'completed' else 'booked'
        end as left_why,
        ['open', 'contacted', 'contacted', 'snoozed'][1 + (h % 4)::int] as last_status,
        case payor_id when 'private' then 10_000 + (h % 180_000)::int else 0 end as value_pence,
        case payor_id when 'nhs' then [1, 3, 5, 12][1 + (h % 4)::int] end as uda
    from waited
)
select * from listed
union all
select *, value_pence + coalesce(uda, 0) * 3550 from gone;

insert into spells
select
    practice_id, opportunity_id, listed_from, listed_from > $today::date - $days, patient_id, provider_id, payor_id,
    opened_on, coalesce(listed_to - 1, $today::date), last_status, listed_to, left_why,
    value_pence, uda, worth_pence, value_pence, uda, worth_pence
from lived order by listed_from, practice_id, opportunity_id;

create temp table acts as
with
numbered as (
    select lived.*, hash(opportunity_id || 'e') as h, coalesce(listed_to, $today::date) - listed_from as lasted
    from lived
),
done as (
    select numbered.*, unnest(list_filter([
        {'kind': 'assigned', 'part': 0, 'is_done': true},
        {'kind': 'patient viewed', 'part': 1, 'is_done': (h % 10)::int < 8},
        {'kind': 'attempted', 'part': 2, 'is_done': (h % 10)::int >= 7},
        {'kind': 'attempted', 'part': 4, 'is_done': true},
        {'kind': 'contacted', 'part': 4, 'is_done': (h % 10)::int < 6},
        {'kind': 'snoozed', 'part': 5, 'is_done': (h % 20)::int < 3},
        {'kind': 'noted', 'part': 5, 'is_done': (h % 20)::int >= 13},
        {'kind': 'rejected', 'part': 7, 'is_done': (h % 19)::int < 2 or last_status = 'rejected'},
        {'kind': 'booked', 'part': 8, 'is_done': left_why = 'booked' and (h % 5)::int < 3}
    ], lambda act: act.is_done), recursive := true)
    from numbered
)
select
    practice_id, opportunity_id, listed_from, patient_id, value_pence, uda, worth_pence, kind, h,
    listed_from + (least(lasted, 80) * part // 8)::int as day,
    least($now, (listed_from + (least(lasted, 80) * part // 8)::int) + to_minutes(480 + (h % 480)::int)) as happened_at
from done;

insert into events (practice_id, opportunity_id, patient_id, kind, by_user, happened_at, after, action_id)
select
    practice_id, case when kind <> 'patient viewed' then opportunity_id end, patient_id, kind,
    'u' || (practice_id[:3]::int * 4 + (h % 4)::int), happened_at,
    case kind
        when 'assigned' then '{"assigned_to": "u' || (h % 40)::int || '"}'
        when 'attempted' then '{"attempts": 1, "outcome": "spoke"}'
        when 'contacted' then format('{{"status": "contacted", "channel": "{}", "template": {}}}', channel, template)
        when 'snoozed' then '{"snooze_reason": "away"}'
        when 'rejected' then format(
            '{{"status": "rejected", "reject_reason": "{}"}}',
            ['cost', 'moved away', 'going elsewhere'][1 + (h % 3)::int]
        )
        when 'booked' then '{"booked_on": "2026-11-30"}'
    end,
    opportunity_id || '-' || (happened_at::date - '2020-01-01'::date)
from (
    select
        acts.*,
        case when (h % 5)::int = 0 then 'email' when (h % 5)::int = 1 then 'sms' else 'phone' end as channel,
        case when (h % 5)::int < 2 then '"Your treatment"' else 'null' end as template
    from acts
) order by happened_at;

insert into events (practice_id, opportunity_id, patient_id, kind, by_user, happened_at, action_id, undoes)
select practice_id, opportunity_id, patient_id, 'undone', by_user, happened_at + interval 1 minute, 'undo', event_id
from events where event_id % 200 = 0 order by happened_at;

insert into spell_steps
select practice_id, opportunity_id, listed_from, patient_id, step, day, value_pence, uda, worth_pence
from (
    select practice_id, opportunity_id, listed_from, patient_id, kind as step, day, value_pence, uda, worth_pence
    from acts where kind in ('contacted', 'rejected')
    union all
    select practice_id, opportunity_id, listed_from, patient_id, 'booked', listed_to, value_pence, uda, worth_pence
    from lived where left_why = 'booked'
    union all
    select
        practice_id, opportunity_id, listed_from, patient_id, 'completed', listed_to + 30, value_pence, uda, worth_pence
    from lived where left_why = 'booked' and listed_to + 30 <= $today::date and (hash(opportunity_id) % 4)::int > 0
) order by day, practice_id, opportunity_id;

insert into messages
select
    'm' || rowid, practice_id, ['email', 'sms'][1 + (h % 2)::int], 'service', 't', 'Your treatment', 'a@example.com',
    'Patient ' || patient_id, 'Your treatment', 'Please ring us about your treatment.', null,
    ['delivered', 'delivered', 'opened', 'bounced'][1 + (h % 4)::int], null, happened_at, 'u1', happened_at,
    happened_at, 1, happened_at, happened_at, 'outbox', null, false, 'm' || rowid, null, null
from acts where kind = 'contacted' and (h % 5)::int < 2 order by happened_at desc limit 120_000;

insert into message_opportunities
select 'm' || acts.rowid, acts.practice_id, acts.opportunity_id, acts.patient_id
from acts join messages on messages.message_id = 'm' || acts.rowid;

insert into bookings
select
    opportunity_id, practice_id, opportunity_id, patient_id, opportunity_id || '-0', 'p1',
    $today::date + 1 + (place % 20)::int + to_hours(9 + (place % 7)::int), 30, 'to enter', null, null, 'u1', $now, 1,
    'u1', $now
from (
    select *, row_number() over (partition by practice_id order by opportunity_id) as place
    from listing.opportunities
) where place <= 20;

insert into nhs_figures
select practice_id, contract_id, month_on, 1_500, 20, 150_000, 'u1', $now
from contracts, (
    select unnest(generate_series(date '2025-04-01', date '2026-03-01', interval 1 month))::date as month_on
);

insert into daily_figures
select
    practice_id, days.day, status, band, 'p' || place % 8, payor_id, null, opportunities, value_pence, uda, worth_pence
from (
    select
        practice_id, last_status as status, age_band($today::date - opened_on) as band, payor_id,
        row_number() over () as place, count(*) as opportunities, sum(value_pence) as value_pence,
        coalesce(sum(uda), 0) as uda, sum(worth_pence) as worth_pence
    from lived where listed_to is null group by practice_id, last_status, band, payor_id
), (select $today::date - number::int as day from range($figure_days) as t(number)) as days
order by days.day, practice_id;

insert into daily_totals
select
    key, days.day, opportunities * 0.9, patients * 0.9, value_pence * 0.9, uda, worth_pence, due, overdue,
    days.day + time '08:30'
from staged, (select $today::date - number::int as day from range($days) as t(number)) as days
where what = 'practice' order by days.day, key
"""

ALIKE = """
insert into chances
select
    practice_id, opportunity_id, (hash(opportunity_id) % 40)::double / 100, ['age_days'], ['tries_none'], $today::date
from listing.opportunities where practice_id <> $practice_id;

insert into chance_tests
select practices.practice_id, worked_out_on, worked_out_at, practices.revision, result
from chance_tests, practices where practices.practice_id <> $practice_id
"""


def add(store: Store, *, today: date, now: datetime) -> None:
    """Write the history into the store of a group that has none yet."""
    everybody = practices.all_practices(store)
    practice_ids = [one.practice_id for one in everybody]
    listing.refresh(store, practice_ids, today=today)
    totals = pipeline.standing(store, practice_ids, today=today, statuses=UNBOOKED)
    values: dict[str, object] = {
        "days": DAYS,
        "figure_days": FIGURE_DAYS,
        "today": today,
        "now": now.replace(tzinfo=None),
        "practice_id": practice_ids[0],
    }
    with store._connection.cursor() as cursor:
        cursor.register("staged", totals.to_arrow())
        run(cursor, SPELLS, values)
        # Learnt in earnest for one practice; what takes long is not what the pages read of it.
        chances.work_out(store, everybody[0], now=now, today=today)
        run(cursor, ALIKE, values)
        cursor.execute("checkpoint").fetchall()


def sizes(store: Store) -> str:
    """Say how many rows there are of what matters."""
    tables = ("patients", "courses", "appointments", "events", "spells", "spell_steps", "daily_totals", "messages")
    with store._connection.cursor() as cursor:
        counts = [cursor.execute(f"select count(*) from {name}").fetchall()[0][0] for name in tables]
    return ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in zip(tables, counts, strict=True))
