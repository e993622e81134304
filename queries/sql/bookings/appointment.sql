-- A live or done appointment of the PMS as a booking keeps it, of the provider given where the PMS names nobody.
-- Grain: one row, or none.
select appointment_id, coalesce(provider_id, $provider_id) as provider_id, starts_at, coalesce(minutes, 30) as minutes
from appointments
where practice_id = $practice_id and appointment_id = $appointment_id
    and status in ('booked', 'confirmed', 'arrived', 'pending', 'completed')
order by appointment_id
