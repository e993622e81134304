-- The last message that was sent to an address by a channel, in one practice or in any. Grain: one row, or none.
select message_id, practice_id, address, name
from messages
where channel = $channel and address = $address and ($practice_id::text is null or practice_id = $practice_id)
    and state not in ('queued', 'cancelled')
order by coalesce(sent_at, tried_at, queued_at) desc, message_id
limit 1
