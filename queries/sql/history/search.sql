-- The history of practices, and what belongs to none of them if asked for, newest first; total counts every page.
-- Grain: one row for each event.
with found as (
    select
        events.event_id, events.happened_at, events.by_user, events.kind, events.practice_id, events.opportunity_id,
        events.patient_id, events.note, events.before, events.after, count(*) over () as total,
        concat_ws(', ', patients.last_name, patients.first_name) as patient
    from events
    left join patients
        on patients.practice_id = events.practice_id and patients.patient_id = events.patient_id
    where (
            list_contains($practice_ids, events.practice_id)
            or (events.practice_id is null and ($is_whole or list_contains($people, events.by_user)))
        )
        and ($kinds is null or list_contains($kinds, events.kind))
        and ($by_users is null or list_contains($by_users, events.by_user))
        and ($from_at::timestamp is null or events.happened_at >= $from_at::timestamp)
        and ($to_at::timestamp is null or events.happened_at < $to_at::timestamp)
        -- Each word stands in the event or, written plainly, in what its patient is found by.
        and ($words::text[] is null or len(list_filter($words::text[], lambda word, place:
            not contains(lower(concat_ws(' ', events.by_user, events.note, events.before, events.after)), word)
            and not contains(coalesce(patients.search_text, ''), ($plain_words::text[])[place])
        )) = 0)
    order by events.happened_at desc, events.event_id desc
    limit $limit offset $offset
)
select
    found.event_id, found.happened_at, coalesce(users.name, found.by_user) as by_user, found.kind,
    practices.name as practice, found.practice_id, found.opportunity_id, courses.cot_number,
    found.patient_id, nullif(found.patient, '') as patient, found.note, found.before, found.after, found.total
from found
left join users on users.user_id = found.by_user
left join practices on practices.practice_id = found.practice_id
left join courses on courses.practice_id = found.practice_id and courses.course_id = found.opportunity_id
order by found.happened_at desc, found.event_id desc
