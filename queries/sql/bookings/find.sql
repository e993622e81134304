-- Bookings by their ids, with the names of their providers. Grain: one row for each booking.
select
    bookings.booking_id, bookings.practice_id, bookings.opportunity_id, bookings.patient_id, bookings.planned_visit_id,
    bookings.provider_id, coalesce(providers.name, bookings.provider_id) as provider, bookings.starts_at,
    bookings.minutes, bookings.state, bookings.conflict, bookings.appointment_id, bookings.made_by, bookings.made_at,
    bookings.version, bookings.changed_by, bookings.changed_at
from bookings
left join providers on providers.practice_id = bookings.practice_id
    and providers.provider_id = bookings.provider_id
where list_contains($booking_ids::text[], bookings.booking_id)
order by bookings.starts_at, bookings.booking_id
