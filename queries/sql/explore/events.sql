-- The view "events": what was done about opportunities of practices, without the notes; times are the practice's.
-- Grain: one row for each event, the latest so many.
with latest as (
    select
        practice_id, event_id, opportunity_id, patient_id, kind, by_user, happened_at,
        -- Only of these kinds something is read: the JSON of millions of others is left alone.
        case when kind in ('attempted', 'contacted', 'rejected', 'snoozed') then after end as after
    from events
    where list_contains($practice_ids, practice_id)
        and opportunity_id is not null
        and kind not in ('patient viewed', 'exported', 'refused')
    order by event_id desc
    limit $most
),
at_the_practice as (
    select
        latest.*, practices.name as practice,
        timezone(practices.timezone, timezone('UTC', latest.happened_at)) as local_at
    from latest
    join practices on practices.practice_id = latest.practice_id
)
select
    practice,
    event_id,
    opportunity_id,
    patient_id,
    kind,
    case kind
        when 'attempted' then after::json ->> 'outcome'
        when 'contacted' then after::json ->> 'channel'
    end as how,
    case kind
        when 'rejected' then after::json ->> 'reject_reason'
        when 'snoozed' then after::json ->> 'snooze_reason'
    end as reason,
    coalesce(users.name, by_user) as person,
    exists (select 1 from events as undoing where undoing.undoes = at_the_practice.event_id) as is_undone,
    local_at as happened_at,
    local_at::date as happened_on
from at_the_practice
left join users on users.user_id = at_the_practice.by_user
