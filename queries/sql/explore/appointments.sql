-- The view "appointments": the appointment books of practices.
-- Grain: one row for each appointment, the latest first; so many at most.
select
    practices.name as practice,
    appointments.appointment_id,
    appointments.patient_id,
    appointments.course_id,
    providers.initials as provider,
    appointments.starts_at,
    appointments.starts_at::date as starts_on,
    appointments.minutes,
    appointments.status
from appointments
join practices on practices.practice_id = appointments.practice_id
left join providers on providers.practice_id = appointments.practice_id
    and providers.provider_id = appointments.provider_id
where list_contains($practice_ids, appointments.practice_id)
order by appointments.starts_at desc, appointments.practice_id, appointments.appointment_id
limit $most
