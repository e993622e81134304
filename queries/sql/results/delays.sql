-- How many days after opening the patients of opportunities first listed from one day to another were first contacted.
-- Grain: one row for each number of days; without one it is waiting still (is_waiting), or was booked, rejected or gone first.
with
firsts as (
    select * from first_listings($practice_ids, $from_day::date, $to_day::date)
),
contacts as (
    select firsts.practice_id, firsts.opportunity_id, min(told.happened_at) as first_at
    from firsts
    join kept_events($practice_ids, ['contacted']) as told on told.practice_id = firsts.practice_id
        and told.opportunity_id = firsts.opportunity_id
    group by firsts.practice_id, firsts.opportunity_id
),
waiting as (
    select practice_id, opportunity_id
    from spells
    where list_contains($practice_ids, practice_id)
        and listed_to is null and last_status not in ('rejected', 'booked')
),
dated as (
    select
        firsts.opened_on, firsts.booked_on, firsts.value_pence, waiting.opportunity_id is not null as is_waiting,
        day_at(contacts.first_at, practices.timezone) as contacted_on
    from firsts
    join practices on practices.practice_id = firsts.practice_id
    left join contacts on contacts.practice_id = firsts.practice_id and contacts.opportunity_id = firsts.opportunity_id
    left join waiting on waiting.practice_id = firsts.practice_id and waiting.opportunity_id = firsts.opportunity_id
),
delayed as (
    select
        case when contacted_on <= coalesce(booked_on, contacted_on) then greatest(contacted_on - opened_on, 0) end as days,
        is_waiting and contacted_on is null and booked_on is null as is_waiting,
        value_pence
    from dated
)
select days::integer as days, is_waiting, count(*)::integer as opportunities, sum(value_pence)::bigint as value_pence
from delayed
group by days, is_waiting
order by days nulls last, is_waiting
