-- What was booked after a landmark, so many days after opportunities first came on the list, of those contacted by then and
-- of those not yet. Grain: one row for each month of first listing. Whatever left the list otherwise is not booked.
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
marked as (
    select
        date_trunc('month', firsts.listed_from)::date as month,
        coalesce(firsts.booked_on <= firsts.listed_from + $landmark::integer, false) as is_booked_before,
        coalesce(
            contacts.first_at < midnight_at(firsts.listed_from + $landmark::integer + 1, practices.timezone), false
        ) as is_contacted,
        coalesce(firsts.booked_on <= firsts.listed_from + $landmark::integer + $follow_up::integer, false) as is_booked
    from firsts
    join practices on practices.practice_id = firsts.practice_id
    left join contacts on contacts.practice_id = firsts.practice_id and contacts.opportunity_id = firsts.opportunity_id
)
select
    month,
    count(*)::integer as listed,
    (count(*) filter (where is_booked_before))::integer as booked_before,
    (count(*) filter (where is_contacted and not is_booked_before))::integer as contacted,
    (count(*) filter (where is_contacted and not is_booked_before and is_booked))::integer as contacted_booked,
    (count(*) filter (where not is_contacted and not is_booked_before))::integer as others,
    (count(*) filter (where not is_contacted and not is_booked_before and is_booked))::integer as others_booked
from marked
group by month
order by month
