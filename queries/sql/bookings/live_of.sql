-- The bookings of opportunities that the PMS has yet to confirm, named by practice and id side by side.
-- Grain: one row for each such booking.
with named as (
    select unnest($practice_ids::text[]) as practice_id, unnest($opportunity_ids::text[]) as opportunity_id
)
select
    bookings.booking_id, bookings.practice_id, bookings.opportunity_id, bookings.planned_visit_id, bookings.provider_id,
    bookings.starts_at, bookings.minutes, bookings.state, bookings.conflict, bookings.appointment_id, bookings.version
from bookings
join named on named.practice_id = bookings.practice_id and named.opportunity_id = bookings.opportunity_id
where bookings.state in ('to enter', 'entered', 'conflict')
order by bookings.starts_at, bookings.booking_id
