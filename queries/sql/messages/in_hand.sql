-- The messages that were in hand when the process ended, or that nobody has settled since. Grain: one row for each.
select message_id, practice_id, channel, sender
from messages
where state = 'sending'
order by tried_at, message_id
