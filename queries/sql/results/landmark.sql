-- What was booked after a landmark, so many days after opportunities first came on the list, of those contacted by then and
-- of those not yet. Grain: one row for each month of first listing. Who has left the list by the landmark is on
-- neither side: a course that is deleted or done can be booked no more. Whatever becomes of the others later, is not booked.
with
firsts as (
    select * from first_listings($practice_ids, $from_day::date, $to_day::date)
),
told_of as materialized (
    select firsts.practice_id, firsts.opportunity_id, told.happened_at, told.after
    from firsts
    join kept_events($practice_ids, ['contacted']) as told on told.practice_id = firsts.practice_id
        and told.opportunity_id = firsts.opportunity_id
        and told.happened_at < firsts.listed_from + $landmark::integer + 2
),
contacts as (
    select
        told_of.practice_id, told_of.opportunity_id,
        min(contact_at(told_of.happened_at, messages.state, messages.sent_at, messages.tried_at)) as first_at
    from told_of
    left join messages on messages.message_id = message_of(told_of.after)
    group by told_of.practice_id, told_of.opportunity_id
),
marked as (
    select
        date_trunc('month', firsts.listed_from)::date as month,
        coalesce(firsts.booked_on <= firsts.listed_from + $landmark::integer, false) as is_booked_before,
        coalesce(
            contacts.first_at < midnight_at(firsts.listed_from + $landmark::integer + 1, practices.timezone), false
        ) as is_contacted,
        coalesce(firsts.booked_on <= firsts.listed_from + $landmark::integer + $follow_up::integer, false) as is_booked,
        coalesce(firsts.listed_to <= firsts.listed_from + $landmark::integer, false) as is_gone
    from firsts
    join practices on practices.practice_id = firsts.practice_id
    left join contacts on contacts.practice_id = firsts.practice_id and contacts.opportunity_id = firsts.opportunity_id
),
sided as (
    select *, not is_booked_before and not is_gone as is_compared
    from marked
)
select
    month,
    count(*)::integer as listed,
    (count(*) filter (where is_booked_before))::integer as booked_before,
    (count(*) filter (where is_gone and not is_booked_before))::integer as gone_before,
    (count(*) filter (where is_compared and is_contacted))::integer as contacted,
    (count(*) filter (where is_compared and is_contacted and is_booked))::integer as contacted_booked,
    (count(*) filter (where is_compared and not is_contacted))::integer as others,
    (count(*) filter (where is_compared and not is_contacted and is_booked))::integer as others_booked
from sided
group by month
order by month
