-- What became of the booking links whose messages left from one day to another. Grain: one row for each template and channel.
-- booked: by the link; cancelled: of these, the visits given up since; otherwise: booked while it was out, but
-- not by it; waiting: still good when the last day begins.
with
sent as (
    select
        links.*, messages.template, messages.channel,
        day_at(contact_at(links.made_at, messages.state, messages.sent_at, messages.tried_at), practices.timezone) as day,
        midnight_at($to_day::date, practices.timezone) as last_at,
        coalesce(bookings.state = 'cancelled', false) as is_cancelled
    from booking_links as links
    join messages on messages.message_id = links.message_id
    join practices on practices.practice_id = links.practice_id
    left join bookings on bookings.booking_id = links.booking_id
    where list_contains($practice_ids, links.practice_id)
)
select
    template, channel,
    count(*)::integer as sent,
    (count(*) filter (where opened_at is not null or used_at is not null))::integer as opened,
    (count(*) filter (where used_for = 'booked'))::integer as booked,
    (count(*) filter (where used_for = 'booked' and is_cancelled))::integer as cancelled,
    (count(*) filter (where used_for in ('later', 'declined', 'call')))::integer as answered,
    (count(*) filter (where used_at is null and revoked_why = 'booked'))::integer as otherwise,
    (count(*) filter (where used_at is null and revoked_at is null and expires_at > last_at))::integer as waiting
from sent
where day between $from_day::date and $to_day::date
group by template, channel
order by sent desc, template, channel
