-- The last call, message or note about opportunities named by practice and id, of those that were not taken back.
-- Grain: one row for each opportunity that has one.
with named as (
    select unnest($practice_ids::text[]) as practice_id, unnest($opportunity_ids::text[]) as opportunity_id
),
spoken as (
    select
        events.practice_id, events.opportunity_id, events.event_id, events.happened_at, events.note is null as is_silent
    from events
    join named on named.practice_id = events.practice_id and named.opportunity_id = events.opportunity_id
    where list_contains($kinds::text[], events.kind)
        and not exists (select 1 from events as undoing where undoing.undoes = events.event_id)
),
ranked as (
    select
        event_id,
        row_number() over (
            -- A call is two events, of which the one that has the note was written first.
            partition by practice_id, opportunity_id
            order by happened_at desc, is_silent, event_id desc
        ) as place
    from spoken
)
select
    events.practice_id, events.opportunity_id, events.kind, coalesce(users.name, events.by_user) as by_user,
    events.happened_at, events.note, events.before, events.after
from ranked
join events on events.event_id = ranked.event_id
left join users on users.user_id = events.by_user
where ranked.place = 1
order by events.practice_id, events.opportunity_id
