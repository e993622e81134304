-- The last change of each setting or contract term of a practice. Grain: one row for each of them that was ever changed.
select note, by_user, happened_at, before, after
from (
    select
        events.note, coalesce(users.name, events.by_user) as by_user, events.happened_at, events.before, events.after,
        row_number() over (partition by events.note order by events.event_id desc) as place
    from events
    left join users on users.user_id = events.by_user
    where events.practice_id = $practice_id and events.kind = $kind
) as changes
where place = 1
order by note
