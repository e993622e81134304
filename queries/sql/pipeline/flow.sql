-- What happened to opportunities week by week. Grain: one row for each week, by its Monday, and move: new, contacted,
-- booked, rejected, expired. An opportunity counts once in each, with the value of the last day of that week on which it was.
with
moves as (
    select
        practice_id, opportunity_id, 'new' as move, listed_from as day,
        first_value_pence as value_pence, first_uda as uda, first_worth_pence as worth_pence
    from spells
    where list_contains($practice_ids, practice_id)
        and is_start_known and listed_from between $from_day::date and $to_day::date
    union all
    select practice_id, opportunity_id, 'expired', listed_to, last_value_pence, last_uda, last_worth_pence
    from spells
    where list_contains($practice_ids, practice_id)
        and left_why = 'expired' and last_status <> 'rejected' and listed_to between $from_day::date and $to_day::date
    union all
    select practice_id, opportunity_id, step, day, value_pence, uda, worth_pence
    from spell_steps
    where list_contains($practice_ids, practice_id)
        and step in ('contacted', 'booked', 'rejected') and day between $from_day::date and $to_day::date
),
placed as (
    select
        moves.*,
        date_trunc('week', day)::date as week,
        row_number() over (
            partition by practice_id, opportunity_id, move, date_trunc('week', day) order by day desc
        ) as place
    from moves
)
select
    week, move,
    count(*)::integer as opportunities,
    sum(value_pence)::bigint as value_pence,
    coalesce(sum(uda), 0)::double as uda,
    sum(worth_pence)::bigint as worth_pence
from placed
where place = 1
group by week, move
order by week, move
