-- The messages whose time to be sent has come, the first of each practice and channel, longest waiting first.
-- Grain: one row for each practice and channel with something to send.
with ranked as (
    select
        message_id, practice_id, channel, send_at, kind, queued_by,
        row_number() over (partition by practice_id, channel order by send_at, queued_at, message_id) as place
    from messages
    where state = 'queued' and send_at <= $now::timestamp
)
select
    ranked.message_id, ranked.practice_id, ranked.channel, ranked.kind, ranked.queued_by,
    practices.timezone,
    (
        select count(*)
        from messages
        where messages.practice_id = ranked.practice_id and messages.tried_at > $since::timestamp
    ) as tried_lately
from ranked
join practices on practices.practice_id = ranked.practice_id
where ranked.place = 1
order by ranked.send_at, ranked.message_id
