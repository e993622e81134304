-- How often somebody tried to reach the patient before each booking of some days, from when it came on the list: calls
-- logged and messages sent, without those taken back. Grain: one row for each number of attempts.
with
bookings as (
    select
        booked.practice_id, booked.opportunity_id, booked.listed_from, booked.value_pence,
        midnight_at(booked.listed_from, practices.timezone) as from_at,
        midnight_at(booked.day + 1, practices.timezone) as to_at
    from spell_steps as booked
    join practices on practices.practice_id = booked.practice_id
    where list_contains($practice_ids, booked.practice_id)
        and booked.step = 'booked' and booked.day between $from_day::date and $to_day::date
),
told_of as materialized (
    select
        bookings.practice_id, bookings.opportunity_id, bookings.listed_from, bookings.from_at, bookings.to_at,
        told.kind, told.happened_at, told.after
    from bookings
    join kept_events($practice_ids, ['attempted', 'contacted']) as told on told.practice_id = bookings.practice_id
        and told.opportunity_id = bookings.opportunity_id
        -- A message may wait for so long.
        and told.happened_at >= bookings.from_at - interval 61 days and told.happened_at < bookings.to_at
),
tried as (
    select told_of.practice_id, told_of.opportunity_id, told_of.listed_from, count(*) as attempts
    from told_of
    left join messages on messages.message_id = message_of(told_of.after)
    where contact_at(told_of.happened_at, messages.state, messages.sent_at, messages.tried_at) >= told_of.from_at
        and contact_at(told_of.happened_at, messages.state, messages.sent_at, messages.tried_at) < told_of.to_at
        -- A call by which a patient was reached leaves both events.
        and (told_of.kind = 'attempted' or coalesce(told_of.after ->> 'channel', 'phone') <> 'phone')
    group by told_of.practice_id, told_of.opportunity_id, told_of.listed_from
)
select
    coalesce(tried.attempts, 0)::integer as attempts,
    count(*)::integer as bookings,
    sum(bookings.value_pence)::bigint as value_pence
from bookings
left join tried on tried.practice_id = bookings.practice_id and tried.opportunity_id = bookings.opportunity_id
    and tried.listed_from = bookings.listed_from
group by coalesce(tried.attempts, 0)
order by attempts
