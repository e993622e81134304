-- Keep what a sender told about messages that are made up (the sample practice's). Grain of `staged`: one row for each.
insert into message_events (event_id, message_id, state, reason, happened_at, received_at)
select event_id, message_id, state, reason, happened_at, happened_at
from staged
