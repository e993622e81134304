-- The history of practices, and what belongs to none of them if asked for, newest first.
-- Grain: one row for each event.
select
    events.event_id, events.happened_at, coalesce(users.name, events.by_user) as by_user, events.kind,
    practices.name as practice, events.practice_id, events.opportunity_id, events.patient_id,
    events.note, events.before, events.after
from events
left join users on users.user_id = events.by_user
left join practices on practices.practice_id = events.practice_id
where (
        list_contains($practice_ids, events.practice_id)
        or (events.practice_id is null and ($is_whole or list_contains($people, events.by_user)))
    )
    and ($kinds is null or list_contains($kinds, events.kind))
    and ($by_users is null or list_contains($by_users, events.by_user))
    and ($from_at::timestamp is null or events.happened_at >= $from_at::timestamp)
    and ($to_at::timestamp is null or events.happened_at < $to_at::timestamp)
    and ($text::text is null or contains(lower(concat_ws(' ', events.note, events.before, events.after)), $text::text))
order by events.event_id desc
limit $limit offset $offset
