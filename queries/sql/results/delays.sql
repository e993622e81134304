-- How many days after opening the patients of opportunities first listed from one day to another were first contacted.
-- Grain: one row for each number of days; without one it is waiting still (is_waiting), or was booked, rejected or gone first.
with
firsts as (
    select * from first_listings($practice_ids, $from_day::date, $to_day::date)
),
told_of as materialized (
    select firsts.practice_id, firsts.opportunity_id, told.happened_at, told.after
    from firsts
    join kept_events($practice_ids, ['contacted']) as told on told.practice_id = firsts.practice_id
        and told.opportunity_id = firsts.opportunity_id
),
contacts as (
    select
        told_of.practice_id, told_of.opportunity_id,
        min(contact_at(told_of.happened_at, messages.state, messages.sent_at, messages.tried_at)) as first_at
    from told_of
    left join messages on messages.message_id = message_of(told_of.after)
    group by told_of.practice_id, told_of.opportunity_id
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
