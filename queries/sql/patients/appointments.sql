-- The appointments of a patient, newest first, with the course that each is linked to. Grain: one row for each.
select
    appointments.appointment_id, appointments.starts_at, appointments.minutes, appointments.status,
    providers.initials as provider,
    coalesce(appointments.course_id, (
        select min(planned_visits.course_id)
        from planned_visits
        where planned_visits.practice_id = appointments.practice_id
            and planned_visits.appointment_id = appointments.appointment_id
    )) as course_id
from appointments
left join providers on providers.practice_id = appointments.practice_id
    and providers.provider_id = appointments.provider_id
where appointments.practice_id = $practice_id and appointments.patient_id = $patient_id
order by appointments.starts_at desc, appointments.appointment_id
