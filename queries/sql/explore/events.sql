-- The view "events": what was done about opportunities of practices, without the notes; times are the practice's.
-- Grain: one row for each event, the latest first; so many rows at most. total counts all.
select
    practices.name as practice,
    events.event_id,
    events.opportunity_id,
    events.patient_id,
    events.kind,
    coalesce(events.after::json ->> 'outcome', events.after::json ->> 'channel') as how,
    coalesce(events.after::json ->> 'reject_reason', events.after::json ->> 'snooze_reason') as reason,
    coalesce(users.name, events.by_user) as person,
    timezone(practices.timezone, timezone('UTC', events.happened_at)) as happened_at,
    timezone(practices.timezone, timezone('UTC', events.happened_at))::date as happened_on,
    count(*) over () as total
from events
join practices on practices.practice_id = events.practice_id
left join users on users.user_id = events.by_user
where list_contains($practice_ids, events.practice_id)
    and events.opportunity_id is not null
    and events.kind not in ('patient viewed', 'exported', 'refused')
order by events.event_id desc
limit $most
