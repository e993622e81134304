-- The message that a sender knows by an id of its own. Grain: one row, or none.
select message_id
from messages
where sender = $sender and provider_id = $provider_id
order by queued_at desc, message_id
limit 1
