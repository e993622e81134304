-- What one press of a button did, newest first, without what was taken back since. Grain: one row for each event.
select
    events.event_id, events.practice_id, events.opportunity_id, events.patient_id, events.kind, events.before, events.after
from events
where events.action_id = $action_id and events.happened_at = $happened_at
    and not exists (
        select 1 from events as undoing where undoing.undoes = events.event_id and undoing.happened_at >= $happened_at
    )
order by events.event_id desc
