-- The book of providers as blocks of time: appointments, visits booked here, times that a patient is confirming; breaks,
-- days off, closures and when somebody else is in the room, as far as they lie in the hours; and what is free.
-- Grain: one row for each block.
with
chosen as (
    select provider_id, name, initials
    from providers
    where practice_id = $practice_id and list_contains($provider_ids::text[], provider_id)
),
hours as (
    select provider_id, from_at, to_at, break_from_at, break_to_at
    from hours_on($practice_id, $from_on, $to_on)
    where is_active and list_contains($provider_ids::text[], provider_id)
),
blocks as (
    select
        appointments.provider_id, appointments.starts_at as from_at,
        appointments.starts_at + coalesce(appointments.minutes, 30) * interval 1 minute as to_at,
        'appointment' as kind, appointments.patient_id, courses.cot_number, null as label, bookings.booking_id,
        appointments.appointment_id, appointments.status as state
    from appointments
    left join courses on courses.practice_id = appointments.practice_id and courses.course_id = appointments.course_id
    left join (
        select appointment_id, min(booking_id) as booking_id
        from bookings
        where practice_id = $practice_id and state = 'confirmed'
        group by appointment_id
    ) as bookings on bookings.appointment_id = appointments.appointment_id
    where appointments.practice_id = $practice_id
        and appointments.status in ('booked', 'confirmed', 'arrived', 'pending', 'completed')
    union all
    select
        bookings.provider_id, bookings.starts_at, bookings.starts_at + bookings.minutes * interval 1 minute,
        'booking', bookings.patient_id, courses.cot_number, null, bookings.booking_id, null, bookings.state
    from bookings
    left join courses on courses.practice_id = bookings.practice_id and courses.course_id = bookings.opportunity_id
    where bookings.practice_id = $practice_id and bookings.state in ('to enter', 'entered', 'conflict')
    union all
    select
        provider_id, starts_at, starts_at + minutes * interval 1 minute,
        'held', null, null, 'A patient is confirming this time', null, null, null
    from slot_holds
    where practice_id = $practice_id and until_at > $now::timestamp
    union all
    select provider_id, break_from_at, break_to_at, 'break', null, null, 'Break', null, null, null
    from hours
    where break_from_at is not null
    union all
    select
        hours.provider_id,
        greatest(hours.from_at, closed.from_at), least(hours.to_at, closed.to_at), 'away', null, null,
        coalesce(closed.reason, case when closed.provider_id = '' then 'Closed' else 'Away' end), null, null, null
    from hours
    join closed_on($practice_id, $from_on, $to_on) as closed
        on closed.provider_id in ('', hours.provider_id)
        and closed.from_at < hours.to_at and closed.to_at > hours.from_at
    union all
    select distinct
        provider_id, greatest(opens_at, from_at), least(closes_at, to_at), 'room', null, null, 'Room in use', null, null,
        null
    from rooms_on(
        $practice_id, $provider_ids::text[], $from_on::date, $to_on::date, $now::timestamp, null, null
    )
    where from_at < closes_at and to_at > opens_at
    union all
    select provider_id, from_at, to_at, 'free', null, null, null, null, null, null
    from gaps_on(
        $practice_id, $provider_ids::text[], $from_on::date, $to_on::date, $now::timestamp, null, null,
        $clock_from::timestamp[], $clock_to::timestamp[]
    )
)
select
    blocks.provider_id, chosen.name as provider, chosen.initials, blocks.from_at::date as day, blocks.from_at, blocks.to_at,
    blocks.kind,
    nullif(concat_ws(', ', patients.last_name, nullif(patients.first_name, '')), '') as patient,
    coalesce(blocks.label, 'COT ' || blocks.cot_number) as label,
    blocks.booking_id, blocks.appointment_id, blocks.state
from blocks
join chosen on chosen.provider_id = blocks.provider_id
left join patients on patients.practice_id = $practice_id and patients.patient_id = blocks.patient_id
where blocks.from_at >= $from_on::date and blocks.from_at < $to_on::date + 1
order by
    chosen.name, blocks.provider_id, blocks.from_at, blocks.kind, blocks.to_at, blocks.appointment_id, blocks.booking_id
