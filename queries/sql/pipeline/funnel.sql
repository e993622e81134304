-- How far the opportunities came that were first listed from one day to another. Grain: one row for each stage.
-- Money is that of the first day in each stage, so that the stages can be compared.
with
firsts as (
    select practice_id, opportunity_id, min(listed_from) as listed_from, min(opened_on) as opened_on
    from spells
    where list_contains($practice_ids, practice_id) and listed_from between $from_day::date and $to_day::date
    group by practice_id, opportunity_id
),
-- Only what was opened before the first day can have been on the list before it.
seen_before as (
    select distinct firsts.practice_id, firsts.opportunity_id
    from firsts
    join spells as earlier on earlier.practice_id = firsts.practice_id
        and earlier.opportunity_id = firsts.opportunity_id and earlier.listed_from < $from_day::date
    where firsts.opened_on < $from_day::date
),
listed as (
    select spells.*
    from firsts
    join spells on spells.practice_id = firsts.practice_id and spells.opportunity_id = firsts.opportunity_id
        and spells.listed_from = firsts.listed_from
    left join seen_before on seen_before.practice_id = firsts.practice_id
        and seen_before.opportunity_id = firsts.opportunity_id
    where spells.is_start_known and seen_before.opportunity_id is null
        and spells.listed_from between $from_day::date and $to_day::date
),
days as (
    select
        steps.practice_id, steps.opportunity_id,
        min(steps.day) filter (where steps.step = 'contacted') as contacted_on,
        min(steps.day) filter (where steps.step = 'booked') as booked_on,
        max(steps.day) filter (where steps.step = 'completed') as completed_on
    from listed
    join spell_steps as steps on steps.practice_id = listed.practice_id
        and steps.opportunity_id = listed.opportunity_id
    where steps.day >= $from_day::date
    group by steps.practice_id, steps.opportunity_id
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
