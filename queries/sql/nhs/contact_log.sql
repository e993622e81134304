-- Every call and message about courses, each since its own day, that was not taken back; a message only where it left and
-- is not known to have come back. Grain: one row for each; of a call that is two events the one that says how it ended.
with named as (
    select unnest($course_ids::text[]) as course_id, unnest($since::date[]) as since_on
),
ranked as (
    select
        events.*,
        row_number() over (
            partition by events.opportunity_id, coalesce(events.action_id, events.event_id::text)
            order by events.event_id
        ) as place
    from events
    join named on named.course_id = events.opportunity_id
    where events.practice_id = $practice_id and events.kind in ('attempted', 'contacted')
        and events.happened_at::date > named.since_on
        and not exists (select 1 from events as undoing where undoing.undoes = events.event_id)
        and not exists (
            select 1 from messages
            where messages.practice_id = $practice_id and messages.message_id = events.after::json ->> 'message_id'
                and (messages.state not in ('sent', 'delivered', 'opened') or messages.sender = 'outbox')
        )
)
select
    ranked.opportunity_id as course_id, ranked.happened_at, ranked.kind, ranked.note, ranked.before, ranked.after,
    ranked.by_user, users.name as by_name
from ranked
left join users on users.user_id = ranked.by_user
where ranked.place = 1
order by ranked.opportunity_id, ranked.happened_at, ranked.event_id
