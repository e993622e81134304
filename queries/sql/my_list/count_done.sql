-- About how many patients of practices a person did one of these things in a time, not counting what was taken back.
-- Grain: one row.
select count(distinct events.practice_id || '/' || events.patient_id) as patients
from events
where events.by_user = $by and events.happened_at >= $from_at and events.happened_at < $to_at
    and list_contains($practice_ids, events.practice_id) and list_contains($kinds, events.kind)
    and not exists (select 1 from events as undoing where undoing.undoes = events.event_id)
order by patients
