-- Add or change the staged rows of a practice. Grain of `staged`: one row for each appointment.
insert into appointments (
    practice_id,
    appointment_id, patient_id, course_id, provider_id, starts_at, minutes, status
)
select
    $practice_id,
    appointment_id, patient_id, course_id, provider_id, starts_at, minutes, status
from staged
on conflict (practice_id, appointment_id) do update set
    patient_id = excluded.patient_id,
    course_id = excluded.course_id,
    provider_id = excluded.provider_id,
    starts_at = excluded.starts_at,
    minutes = excluded.minutes,
    status = excluded.status
