-- Who last changed opportunities named by practice and id. Grain: one row for each that anybody changed.
with named as (
    select unnest($practice_ids::text[]) as practice_id, unnest($opportunity_ids::text[]) as opportunity_id
),
ranked as (
    select
        events.practice_id, events.opportunity_id, events.kind, events.by_user, events.happened_at,
        row_number() over (
            partition by events.practice_id, events.opportunity_id order by events.event_id desc
        ) as place
    from events
    join named on named.practice_id = events.practice_id and named.opportunity_id = events.opportunity_id
    -- A note, an import that changed the course, or how far a booking is leaves what people did about it as it was.
    where events.kind not in (
        'noted', 'course changed', 'booking entered', 'booking not entered', 'booking contradicted'
    )
)
select
    ranked.practice_id, ranked.opportunity_id, ranked.kind, coalesce(users.name, ranked.by_user) as by_user,
    ranked.happened_at
from ranked
left join users on users.user_id = ranked.by_user
where ranked.place = 1
order by ranked.practice_id, ranked.opportunity_id
