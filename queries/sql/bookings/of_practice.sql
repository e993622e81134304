-- The bookings of a practice that no import has confirmed. Grain: one row for each.
select
    booking_id, practice_id, opportunity_id, patient_id, planned_visit_id, provider_id, starts_at, minutes, state,
    conflict, appointment_id, changed_at
from bookings
where practice_id = $practice_id and state in ('to enter', 'entered', 'conflict')
order by starts_at, booking_id
