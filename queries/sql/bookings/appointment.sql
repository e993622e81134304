-- A live or done appointment of the PMS, as a booking keeps it. Grain: one row, or none.
select appointment_id, provider_id, starts_at, coalesce(minutes, 30) as minutes
from appointments
where practice_id = $practice_id and appointment_id = $appointment_id
    and status in ('booked', 'confirmed', 'arrived', 'pending', 'completed')
order by appointment_id
