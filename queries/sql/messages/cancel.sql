-- Cancel messages that have not left.
update messages
set state = 'cancelled', reason = $reason, state_at = $now
where list_contains($message_ids::text[], message_id) and state = 'queued'
