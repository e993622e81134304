-- The bookings of some days, and which of them are completed or booked no more since, by what is asked: the person, the
-- template or the channel of the contact that a booking is credited to, the way in which it was made, the provider, or the
-- last reason given before. Grain: one row for each key, and one (is_contacted false) for the bookings without a contact.
with
bookings as materialized (
    select
        booked.practice_id, booked.opportunity_id, booked.listed_from, booked.value_pence, spells.provider_id,
        midnight_at(booked.listed_from, practices.timezone) as listed_at,
        -- What led to a booking before did not lead to this one, too.
        midnight_at(
            greatest(
                booked.day - $window::integer,
                (
                    select max(earlier.day) + 1
                    from spell_steps as earlier
                    where earlier.practice_id = booked.practice_id and earlier.opportunity_id = booked.opportunity_id
                        and earlier.step = 'booked' and earlier.day < booked.day
                )
            ),
            practices.timezone
        ) as from_at,
        midnight_at(booked.day, practices.timezone) as day_at,
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
-- How each of them is now: its last time on the list, and how that ended.
lasts as (
    select
        spells.practice_id, spells.opportunity_id,
        arg_max(
            case
                when spells.listed_to is null then spells.last_status <> 'booked'
                when spells.left_why in ('deleted', 'absent') then true
                when spells.left_why in ('booked', 'completed', 'nothing_left') then false
                else spells.last_status <> 'booked'
            end,
            spells.listed_from
        ) as is_lost
    from spells
    join (select distinct practice_id, opportunity_id from bookings) as booked
        on booked.practice_id = spells.practice_id and booked.opportunity_id = spells.opportunity_id
    group by spells.practice_id, spells.opportunity_id
),
-- By whom and when each was made, where an event says so; and the message whose link the patient booked by.
made as materialized (
    select
        bookings.practice_id, bookings.opportunity_id, bookings.listed_from,
        arg_min(told.by_user, told.event_id) as made_by,
        min(told.happened_at) as made_at,
        nullif(arg_min(coalesce(told.after ->> 'booking_id', ''), told.event_id), '') as booking_id
    from bookings
    join kept_events($practice_ids, ['booked']) as told on told.practice_id = bookings.practice_id
        and told.opportunity_id = bookings.opportunity_id
        and told.happened_at >= bookings.day_at and told.happened_at < bookings.to_at
    group by bookings.practice_id, bookings.opportunity_id, bookings.listed_from
),
told_of as materialized (
    select
        bookings.practice_id, bookings.opportunity_id, bookings.listed_from, bookings.from_at, bookings.to_at,
        told.event_id, told.by_user, told.happened_at, told.after
    from bookings
    join kept_events($practice_ids, ['contacted']) as told on told.practice_id = bookings.practice_id
        and told.opportunity_id = bookings.opportunity_id
        -- A message may wait for so long.
        and told.happened_at >= bookings.from_at - interval 61 days and told.happened_at < bookings.to_at
),
reached as (
    select
        told_of.*,
        contact_at(told_of.happened_at, messages.state, messages.sent_at, messages.tried_at) as reached_at
    from told_of
    left join messages on messages.message_id = message_of(told_of.after)
),
contacts as (
    select
        reached.practice_id, reached.opportunity_id, reached.listed_from, reached.by_user,
        reached.after ->> 'template' as template, reached.after ->> 'channel' as channel,
        false as is_link, reached.reached_at, reached.event_id
    from reached
    left join made on made.practice_id = reached.practice_id and made.opportunity_id = reached.opportunity_id
        and made.listed_from = reached.listed_from
    where reached.reached_at >= reached.from_at and reached.reached_at < reached.to_at
        -- Who books in a call may write the call down afterwards; any other contact after it did not lead to it.
        and (
            made.made_at is null or reached.reached_at <= made.made_at
            or (reached.by_user = made.made_by and made.made_by <> $system)
        )
    union all
    select
        made.practice_id, made.opportunity_id, made.listed_from, messages.queued_by, messages.template, messages.channel,
        true, messages.sent_at, null
    from made
    join booking_links as links on links.booking_id = made.booking_id and made.made_by = $patient
    join messages on messages.message_id = links.message_id
),
credits as (
    select *, row_number() over (
        partition by practice_id, opportunity_id, listed_from
        order by is_link desc, reached_at desc, event_id desc
    ) as place
    from contacts
),
reasons as (
    select
        bookings.practice_id, bookings.opportunity_id, bookings.listed_from,
        told.kind = 'snoozed' and told.by_user <> $patient as is_typed,
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
        bookings.value_pence, bookings.is_completed, not bookings.is_completed and lasts.is_lost as is_lost,
        credits.place is not null as is_contacted, reasons.is_typed,
        case when credits.place is not null then case $what
            when 'person' then credits.by_user
            when 'template' then credits.template
            when 'channel' then credits.channel
            when 'way' then case
                when made.made_by = $patient then 'link'
                when coalesce(made.made_by, $system) = $system then 'pms'
                when made.booking_id is not null then 'book'
                else 'told'
            end
            when 'provider' then bookings.practice_id || '/' || bookings.provider_id
            when 'reason' then lower(trim(reasons.reason))
        end end as key
    from bookings
    left join lasts on lasts.practice_id = bookings.practice_id and lasts.opportunity_id = bookings.opportunity_id
    left join made on made.practice_id = bookings.practice_id and made.listed_from = bookings.listed_from
        and made.opportunity_id = bookings.opportunity_id
    left join credits on credits.practice_id = bookings.practice_id and credits.listed_from = bookings.listed_from
        and credits.opportunity_id = bookings.opportunity_id and credits.place = 1
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
        coalesce(sum(value_pence) filter (where is_completed), 0)::bigint as completed_value_pence,
        (count(*) filter (where is_lost))::integer as lost,
        coalesce(sum(value_pence) filter (where is_lost), 0)::bigint as lost_value_pence
    from keyed
    group by is_contacted, key
)
select
    summed.is_contacted, summed.key, summed.is_typed,
    case $what when 'person' then users.name when 'provider' then coalesce(nullif(providers.name, ''), providers.initials) end as name,
    practices.name as practice,
    summed.bookings, summed.value_pence, summed.completed, summed.completed_value_pence,
    summed.lost, summed.lost_value_pence
from summed
left join users on $what = 'person' and users.user_id = summed.key
left join providers on $what = 'provider' and providers.practice_id || '/' || providers.provider_id = summed.key
left join practices on practices.practice_id = providers.practice_id
order by summed.is_contacted desc, summed.value_pence desc, summed.bookings desc, summed.key
