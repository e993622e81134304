-- The view "bookings": the visits of practices that were booked here; when they were made is the practice's time.
-- Grain: one row for each visit, the latest first; so many at most.
select
    practices.name as practice,
    bookings.booking_id,
    bookings.opportunity_id,
    bookings.patient_id,
    providers.initials as provider,
    bookings.starts_at,
    bookings.starts_at::date as starts_on,
    bookings.minutes,
    bookings.state,
    bookings.appointment_id,
    case bookings.made_by when 'patient' then 'The patient' else coalesce(users.name, bookings.made_by) end as person,
    timezone(practices.timezone, timezone('UTC', bookings.made_at)) as made_at,
    timezone(practices.timezone, timezone('UTC', bookings.made_at))::date as made_on
from bookings
join practices on practices.practice_id = bookings.practice_id
left join providers on providers.practice_id = bookings.practice_id and providers.provider_id = bookings.provider_id
left join users on users.user_id = bookings.made_by
where list_contains($practice_ids, bookings.practice_id)
order by bookings.starts_at desc, bookings.booking_id
limit $most
