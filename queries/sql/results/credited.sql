-- The bookings of some days, and which of them are completed since, by what is asked: the person, the template or the
-- channel of the last contact before, the provider, or the last reason given before. Grain: one row for each key, and one
-- (is_contacted false) for the bookings without a contact in the days before.
with
bookings as (
    select
        booked.practice_id, booked.opportunity_id, booked.listed_from, booked.value_pence, spells.provider_id,
        midnight_at(booked.listed_from, practices.timezone) as listed_at,
        midnight_at(booked.day - $window::integer, practices.timezone) as from_at,
        midnight_at(booked.day + 1, practices.timezone) as to_at,
        exists (
            select 1
            from spell_steps as completed
            where completed.practice_id = booked.practice_id and completed.opportunity_id = booked.opportunity_id
                and completed.listed_from = booked.listed_from and completed.step = 'completed'
        ) as is_completed
    from spell_steps as booked
    join practices on practices.practice_id = booked.practice_id
    join spells on spells.practice_id = booked.practice_id and spells.opportunity_id = booked.opportunity_id
        and spells.listed_from = booked.listed_from
    where list_contains($practice_ids, booked.practice_id)
        and booked.step = 'booked' and booked.day between $from_day::date and $to_day::date
),
contacts as (
    select
        bookings.practice_id, bookings.opportunity_id, bookings.listed_from, told.by_user, told.after,
        row_number() over (
            partition by bookings.practice_id, bookings.opportunity_id, bookings.listed_from
            order by told.happened_at desc, told.event_id desc
        ) as place
    from bookings
    join kept_events($practice_ids, ['contacted']) as told on told.practice_id = bookings.practice_id
        and told.opportunity_id = bookings.opportunity_id
        and told.happened_at >= bookings.from_at and told.happened_at < bookings.to_at
    where told.happened_at >= $from_day::date - $window::integer - 2
),
reasons as (
    select
        bookings.practice_id, bookings.opportunity_id, bookings.listed_from, told.kind,
        coalesce(told.after::json ->> 'reject_reason', told.after::json ->> 'snooze_reason') as reason,
        row_number() over (
            partition by bookings.practice_id, bookings.opportunity_id, bookings.listed_from
            order by told.happened_at desc, told.event_id desc
        ) as place
    from bookings
    join kept_events($practice_ids, ['rejected', 'snoozed']) as told on told.practice_id = bookings.practice_id
        and told.opportunity_id = bookings.opportunity_id
        and told.happened_at >= bookings.listed_at and told.happened_at < bookings.to_at
    where $what = 'reason'
        and coalesce(told.after::json ->> 'reject_reason', told.after::json ->> 'snooze_reason') is not null
),
keyed as (
    select
        bookings.value_pence, bookings.is_completed, contacts.place is not null as is_contacted,
        reasons.kind = 'snoozed' as is_typed,
        case when contacts.place is not null then case $what
            when 'person' then contacts.by_user
            when 'template' then contacts.after::json ->> 'template'
            when 'channel' then contacts.after::json ->> 'channel'
            when 'provider' then bookings.practice_id || '/' || bookings.provider_id
            when 'reason' then lower(trim(reasons.reason))
        end end as key
    from bookings
    left join contacts on contacts.practice_id = bookings.practice_id and contacts.listed_from = bookings.listed_from
        and contacts.opportunity_id = bookings.opportunity_id and contacts.place = 1
    left join reasons on reasons.practice_id = bookings.practice_id and reasons.listed_from = bookings.listed_from
        and reasons.opportunity_id = bookings.opportunity_id and reasons.place = 1
),
summed as (
    select
        is_contacted, key,
        coalesce(bool_and(is_typed), false) as is_typed,
        count(*)::integer as bookings,
        sum(value_pence)::bigint as value_pence,
        (count(*) filter (where is_completed))::integer as completed,
        coalesce(sum(value_pence) filter (where is_completed), 0)::bigint as completed_value_pence
    from keyed
    group by is_contacted, key
)
select
    summed.is_contacted, summed.key, summed.is_typed,
    case $what when 'person' then users.name when 'provider' then providers.initials end as name,
    practices.name as practice,
    summed.bookings, summed.value_pence, summed.completed, summed.completed_value_pence
from summed
left join users on $what = 'person' and users.user_id = summed.key
left join providers on $what = 'provider' and providers.practice_id || '/' || providers.provider_id = summed.key
left join practices on practices.practice_id = providers.practice_id
order by summed.is_contacted desc, summed.value_pence desc, summed.bookings desc, summed.key
