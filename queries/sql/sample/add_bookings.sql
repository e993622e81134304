-- Keep visits booked here that are made up (the sample practice's), as they are by now. Grain of `staged`: one row for each.
insert into bookings (
    booking_id, practice_id, opportunity_id, patient_id, planned_visit_id, provider_id, starts_at, minutes, state,
    conflict, appointment_id, made_by, made_at, version, changed_by, changed_at
)
select
    booking_id, practice_id, opportunity_id, patient_id, planned_visit_id, provider_id, starts_at, minutes, state,
    conflict, appointment_id, made_by, made_at, version, changed_by, changed_at
from staged
