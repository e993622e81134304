-- Keep what a sender told about a message, once; nothing is returned when it was told before.
insert into message_events (event_id, message_id, state, reason, happened_at, received_at)
values ($event_id, $message_id, $state, $reason, $happened_at, $now)
on conflict (event_id) do nothing
returning event_id
