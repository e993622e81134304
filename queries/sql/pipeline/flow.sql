-- What happened to opportunities week by week. Grain: one row for each week, by its Monday, and move: new, contacted,
-- booked, rejected, expired. An opportunity counts once in each, with the value of the last day of that week on which it was.
with
moves as (
    select
        practice_id, opportunity_id, 'new' as move, listed_from as day,
        first_value_pence as value_pence
    from spells
    where list_contains($practice_ids, practice_id)
        and is_start_known and listed_from between $from_day::date and $to_day::date
    union all
    select practice_id, opportunity_id, 'expired', listed_to, last_value_pence
    from spells
    where list_contains($practice_ids, practice_id)
        and left_why = 'expired' and last_status <> 'rejected' and listed_to between $from_day::date and $to_day::date
    union all
    select practice_id, opportunity_id, step, day, value_pence
    from spell_steps
    where list_contains($practice_ids, practice_id)
        and step in ('contacted', 'booked', 'rejected') and day between $from_day::date and $to_day::date
),
once as (
    select practice_id, opportunity_id, move, date_trunc('week', day)::date as week, arg_max(value_pence, day) as value_pence
    from moves
    group by practice_id, opportunity_id, move, date_trunc('week', day)::date
)
select week, move, count(*)::integer as opportunities, sum(value_pence)::bigint as value_pence
from once
group by week, move
order by week, move
