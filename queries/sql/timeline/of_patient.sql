-- What happened about a patient, newest first, without the kinds that are only somebody looking. What is about a course
-- belongs to whose course it is now: the PMS may have merged the records of two patients since.
-- Grain: one row for each event.
-- What is long of an event is read of these alone: they are few among millions.
with found as (
    select event_id
    from events
    where practice_id = $practice_id and not list_contains($without, kind)
        and (
            (opportunity_id is null and patient_id = $patient_id)
            or opportunity_id in (
                select course_id from courses where practice_id = $practice_id and patient_id = $patient_id
            )
        )
),
mine as (
    select
        event_id, opportunity_id, kind, by_user, happened_at, note, before, after, action_id, undoes
    from events
    where event_id in (select found.event_id from found)
)
select
    mine.event_id, mine.opportunity_id, courses.cot_number, mine.kind, mine.by_user, users.name as by_name,
    mine.happened_at, mine.note, mine.before, mine.after, mine.action_id,
    exists (select 1 from mine as undoing where undoing.undoes = mine.event_id) as is_undone
from mine
left join users on users.user_id = mine.by_user
left join courses on courses.practice_id = $practice_id and courses.course_id = mine.opportunity_id
order by mine.happened_at desc, mine.event_id desc
limit $limit
