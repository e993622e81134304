-- How far the opportunities came that were first listed from one day to another. Grain: one row for each stage.
-- Money is that of the first day in each stage, so that the stages can be compared.
with
firsts as (
    select practice_id, opportunity_id, min(listed_from) as listed_from
    from spells
    where list_contains($practice_ids, practice_id)
    group by practice_id, opportunity_id
),
listed as (
    select spells.*
    from spells
    join firsts on firsts.practice_id = spells.practice_id and firsts.opportunity_id = spells.opportunity_id
        and firsts.listed_from = spells.listed_from
    where spells.is_start_known and spells.listed_from between $from_day::date and $to_day::date
),
days as (
    select
        practice_id, opportunity_id,
        min(day) filter (where step = 'contacted') as contacted_on,
        min(day) filter (where step = 'booked') as booked_on,
        max(day) filter (where step = 'completed') as completed_on
    from spell_steps
    where list_contains($practice_ids, practice_id) and day >= $from_day::date
    group by practice_id, opportunity_id
),
reached as (
    select
        listed.practice_id, listed.patient_id, listed.first_value_pence, listed.first_uda, listed.first_worth_pence,
        days.contacted_on, days.booked_on, days.completed_on
    from listed
    left join days on days.practice_id = listed.practice_id and days.opportunity_id = listed.opportunity_id
),
staged as (
    select 'listed' as stage, 1 as place, contacted_on is not null as is_after_contact, reached.*
    from reached
    union all
    select 'contacted', 2, true, reached.*
    from reached
    where contacted_on is not null
    union all
    select 'booked', 3, coalesce(contacted_on <= booked_on, false), reached.*
    from reached
    where booked_on is not null
    union all
    select 'completed', 4, coalesce(contacted_on <= booked_on, false), reached.*
    from reached
    where booked_on is not null and completed_on is not null
)
select
    stage,
    count(*)::integer as opportunities,
    count(distinct practice_id || '/' || patient_id)::integer as patients,
    sum(first_value_pence)::bigint as value_pence,
    coalesce(sum(first_uda), 0)::double as uda,
    sum(first_worth_pence)::bigint as worth_pence,
    (count(*) filter (where is_after_contact))::integer as after_contact
from staged
group by stage, place
order by place
