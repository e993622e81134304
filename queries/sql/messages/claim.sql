-- Take a queued message in hand, before anything leaves; nothing is returned when it is queued no more.
update messages
set state = 'sending', state_at = $now, tried_at = $now, tries = tries + 1, sender = $sender
where message_id = $message_id and state = 'queued'
returning message_id
