-- What was known at the beginning of each of $days about the opportunities of a practice that were on the list then, neither
-- booked nor rejected, and when each was booked within $within_days from that day on, if it was.
-- Grain: one row for each such opportunity and day; of every $every-th spell alone, counted from the first.
-- Only what happened before the day counts: what became known later, such as that a course was deleted, is not looked at.
with
days as (
    select unnest($days::date[]) as day
),
numbered as (
    select
        spells.*,
        row_number() over (order by listed_from, opportunity_id) as place
    from spells
    where practice_id = $practice_id
),
listed as (
    select
        numbered.opportunity_id, numbered.patient_id, numbered.payor_id, numbered.opened_on,
        numbered.first_worth_pence, days.day
    from numbered
    join days on days.day >= numbered.listed_from and (numbered.listed_to is null or days.day < numbered.listed_to)
    where numbered.place % $every::integer = 0
),
told as (
    select
        event_id, opportunity_id, kind, happened_at, undoes,
        (happened_at at time zone 'UTC' at time zone practices.timezone)::date as day
    from events
    join practices on practices.practice_id = events.practice_id
    where events.practice_id = $practice_id
        and events.opportunity_id is not null
        and events.kind in ('attempted', 'contacted', 'rejected', 'booked', 'restored', 'returned', 'undone')
),
acts as (
    select told.opportunity_id, told.kind, told.happened_at, told.day, undoing.day as undone_on
    from told
    left join told as undoing on undoing.undoes = told.event_id
),
acted as (
    select
        listed.opportunity_id, listed.day,
        count(distinct acts.day) filter (where acts.kind in ('attempted', 'contacted')) as days_tried,
        max(acts.day) filter (where acts.kind = 'contacted') as contacted_on,
        max(acts.happened_at) filter (where acts.kind in ('rejected', 'booked')) as closed_at,
        max(acts.happened_at) filter (where acts.kind in ('restored', 'returned', 'undone')) as back_at
    from listed
    join acts on acts.opportunity_id = listed.opportunity_id
        and acts.day < listed.day and (acts.undone_on is null or acts.undone_on >= listed.day)
    group by listed.opportunity_id, listed.day
),
past as (
    select
        listed.opportunity_id, listed.day,
        count(*) filter (where courses.completed_on < listed.day) as finished,
        count(*) filter (
            where courses.opened_on < listed.day - $lapse_days::integer
                and (courses.completed_on is null or courses.completed_on >= listed.day)
        ) as lapsed
    from listed
    join courses on courses.practice_id = $practice_id
        and courses.patient_id = listed.patient_id and courses.opened_on < listed.opened_on
    group by listed.opportunity_id, listed.day
),
missed as (
    select listed.opportunity_id, listed.day, count(*) as missed
    from listed
    join appointments on appointments.practice_id = $practice_id
        and appointments.patient_id = listed.patient_id
        and appointments.status = 'failed' and appointments.starts_at::date < listed.day
    group by listed.opportunity_id, listed.day
),
booked as (
    select listed.opportunity_id, listed.day, min(spell_steps.day) as booked_on
    from listed
    join spell_steps on spell_steps.practice_id = $practice_id
        and spell_steps.opportunity_id = listed.opportunity_id and spell_steps.step = 'booked'
        and spell_steps.day >= listed.day and spell_steps.day < listed.day + $within_days::integer
    group by listed.opportunity_id, listed.day
)
select
    listed.opportunity_id,
    listed.day,
    listed.day - listed.opened_on as days_open,
    payors.kind as payor_kind,
    listed.first_worth_pence as worth_pence,
    coalesce(acted.days_tried, 0) as days_tried,
    listed.day - acted.contacted_on as days_since_contact,
    coalesce(past.finished, 0) as finished,
    coalesce(past.lapsed, 0) as lapsed,
    coalesce(missed.missed, 0) as missed,
    booked.booked_on
from listed
left join payors on payors.practice_id = $practice_id and payors.payor_id = listed.payor_id
left join acted on acted.opportunity_id = listed.opportunity_id and acted.day = listed.day
left join past on past.opportunity_id = listed.opportunity_id and past.day = listed.day
left join missed on missed.opportunity_id = listed.opportunity_id and missed.day = listed.day
left join booked on booked.opportunity_id = listed.opportunity_id and booked.day = listed.day
where acted.closed_at is null or acted.closed_at <= acted.back_at
order by listed.day, listed.opportunity_id
