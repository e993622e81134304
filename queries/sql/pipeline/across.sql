-- What happened at each of some practices from one day to another, and what was still to be booked on a day before.
-- Grain: one row for each practice.
with
new as (
    select practice_id, count(distinct opportunity_id)::integer as new
    from spells
    where list_contains($practice_ids, practice_id)
        and is_start_known and listed_from between $from_day::date and $to_day::date
    group by practice_id
),
placed as (
    select
        practice_id, opportunity_id, step, value_pence,
        row_number() over (partition by practice_id, opportunity_id, step order by day desc) as place
    from spell_steps
    where list_contains($practice_ids, practice_id)
        and step in ('contacted', 'booked') and day between $from_day::date and $to_day::date
),
stepped as (
    select
        practice_id,
        (count(*) filter (where step = 'contacted'))::integer as contacted,
        (count(*) filter (where step = 'booked'))::integer as booked,
        coalesce(sum(value_pence) filter (where step = 'booked'), 0)::bigint as booked_value_pence
    from placed
    where place = 1
    group by practice_id
),
known as (
    select practice_id, min(day) as first_on
    from daily_totals
    where list_contains($practice_ids, practice_id)
    group by practice_id
)
select
    practices.practice_id, practices.name as practice,
    known.first_on,
    before.value_pence as value_before_pence,
    case when known.first_on is not null then coalesce(new.new, 0) end as new,
    case when known.first_on is not null then coalesce(stepped.contacted, 0) end as contacted,
    case when known.first_on is not null then coalesce(stepped.booked, 0) end as booked,
    case when known.first_on is not null then coalesce(stepped.booked_value_pence, 0) end as booked_value_pence
from practices
left join known on known.practice_id = practices.practice_id
left join daily_totals as before on before.practice_id = practices.practice_id and before.day = $before_day::date
left join new on new.practice_id = practices.practice_id
left join stepped on stepped.practice_id = practices.practice_id
where list_contains($practice_ids, practices.practice_id)
order by practices.name, practices.practice_id
