-- The templates that a practice wrote, changed or removed. Grain: one row for each.
select
    templates.template_id, templates.name, templates.channel, templates.kind, templates.subject, templates.body,
    templates.is_removed, templates.version, coalesce(users.name, templates.changed_by) as changed_by,
    templates.changed_at
from templates
left join users on users.user_id = templates.changed_by
where templates.practice_id = $practice_id
order by lower(templates.name), templates.template_id
