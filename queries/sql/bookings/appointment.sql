-- A live or done appointment of the PMS as a booking keeps it, of the provider given where the PMS names nobody.
-- Grain: one row, or none.
select
    appointments.appointment_id, coalesce(appointments.provider_id, $provider_id) as provider_id,
    coalesce(providers.name, appointments.provider_id, $provider_id) as provider, appointments.starts_at,
    coalesce(appointments.minutes, 30) as minutes
from appointments
left join providers on providers.practice_id = appointments.practice_id
    and providers.provider_id = coalesce(appointments.provider_id, $provider_id)
where appointments.practice_id = $practice_id and appointments.appointment_id = $appointment_id
    and appointments.status in ('booked', 'confirmed', 'arrived', 'pending', 'completed')
order by appointments.appointment_id
