-- Keep a visit that was booked here. Grain: one row.
insert into bookings (
    booking_id, practice_id, opportunity_id, patient_id, planned_visit_id, provider_id, starts_at, minutes, state,
    conflict, appointment_id, made_by, made_at, version, changed_by, changed_at
)
values (
    $booking_id, $practice_id, $opportunity_id, $patient_id, $planned_visit_id, $provider_id, $starts_at, $minutes,
    $state, null, null, $by, $now, 1, $by, $now
)
