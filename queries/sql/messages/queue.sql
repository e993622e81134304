-- Queue messages. Grain of `staged`: one row for each message.
insert into messages (
    message_id, practice_id, channel, kind, template_id, template, address, name, subject, body, html, unsubscribe_url,
    state, state_at, queued_by, queued_at, send_at, tries, is_tracked, action_id, resends
)
select
    message_id, practice_id, channel, kind, template_id, template, address, name, subject, body, html, unsubscribe_url,
    'queued', queued_at, queued_by, queued_at, send_at, 0, is_tracked, action_id, resends
from staged
