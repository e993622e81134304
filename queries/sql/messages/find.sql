-- One message. Grain: one row, or none.
select
    message_id, practice_id, channel, kind, template_id, template, address, name, subject, body, html, unsubscribe_url,
    state, reason, state_at, queued_by, queued_at, send_at, tries, tried_at, sent_at, sender, provider_id, is_tracked,
    action_id, resends
from messages
where message_id = $message_id
order by message_id
