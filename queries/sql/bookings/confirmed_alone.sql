-- Bookings of a practice whose appointment is linked to no course, so that only they keep their opportunity booked, and
-- what the PMS says of the appointment now: nothing when it is live no more. Grain: one row for each booking.
select
    bookings.booking_id, bookings.practice_id, bookings.opportunity_id, bookings.patient_id, bookings.provider_id,
    bookings.starts_at, bookings.minutes, bookings.state, bookings.conflict, bookings.appointment_id,
    appointments.starts_at as now_at, appointments.minutes as now_minutes, appointments.provider_id as now_provider_id
from bookings
join care_states on care_states.practice_id = bookings.practice_id
    and care_states.opportunity_id = bookings.opportunity_id
    and care_states.booked_on = bookings.starts_at::date
left join appointments on appointments.practice_id = bookings.practice_id
    and appointments.appointment_id = bookings.appointment_id
    and appointments.status in ('booked', 'confirmed', 'arrived', 'pending', 'completed')
where bookings.practice_id = $practice_id and bookings.state = 'confirmed' and bookings.starts_at >= $today::date
    and (
        appointments.appointment_id is null or appointments.starts_at <> bookings.starts_at
        or appointments.provider_id <> bookings.provider_id
    )
order by bookings.starts_at, bookings.booking_id
