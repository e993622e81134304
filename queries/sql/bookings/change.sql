-- Change a booking: when and with whom, how far it is, and what the PMS says of it. Grain: one row.
update bookings
set
    provider_id = $provider_id,
    starts_at = $starts_at,
    minutes = $minutes,
    state = $state,
    conflict = $conflict,
    appointment_id = $appointment_id,
    version = version + 1,
    changed_by = $by,
    changed_at = $now
where booking_id = $booking_id
