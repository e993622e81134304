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
dated as (
    select
        firsts.opened_on, firsts.booked_on, firsts.is_waiting, firsts.value_pence,
        day_at(contacts.first_at, practices.timezone) as contacted_on
    from firsts
    join practices on practices.practice_id = firsts.practice_id
    left join contacts on contacts.practice_id = firsts.practice_id and contacts.opportunity_id = firsts.opportunity_id
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
