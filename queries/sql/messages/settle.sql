-- Say what became of a message; an empty time or id leaves the one that is there.
update messages
set
    state = $state, reason = $reason, state_at = $now, send_at = coalesce($send_at, send_at),
    sent_at = coalesce($sent_at, sent_at), provider_id = coalesce($provider_id, provider_id)
where message_id = $message_id
