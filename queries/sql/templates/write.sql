-- Add or change a template of a practice.
insert into templates (
    practice_id, template_id, name, channel, kind, subject, body, is_removed, version, changed_by, changed_at
)
values ($practice_id, $template_id, $name, $channel, $kind, $subject, $body, $is_removed, 1, $by, $now)
on conflict (practice_id, template_id) do update set
    name = excluded.name,
    channel = excluded.channel,
    kind = excluded.kind,
    subject = excluded.subject,
    body = excluded.body,
    is_removed = excluded.is_removed,
    version = templates.version + 1,
    changed_by = excluded.changed_by,
    changed_at = excluded.changed_at
