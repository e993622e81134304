-- What was still to be booked on each day from one to another. Grain: one row for each day on which somebody looked.
-- practices: of how many of them that day is known; expected: how many had a history by then.
with firsts as (
    select practice_id, min(day) as first_on
    from daily_totals
    where list_contains($practice_ids, practice_id)
    group by practice_id
),
days as (
    select
        day,
        count(*)::integer as practices,
        sum(opportunities)::integer as opportunities,
        sum(patients)::integer as patients,
        sum(value_pence)::bigint as value_pence,
        sum(uda)::double as uda,
        sum(worth_pence)::bigint as worth_pence,
        sum(due)::integer as due,
        sum(overdue)::integer as overdue
    from daily_totals
    where list_contains($practice_ids, practice_id) and day between $from_day::date and $to_day::date
    group by day
)
select days.*, (select count(*) from firsts where firsts.first_on <= days.day)::integer as expected
from days
order by days.day
