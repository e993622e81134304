-- Every appointment of a practice, without the practice's id. Grain: one row each.
select
    appointment_id, patient_id, course_id, provider_id, starts_at, minutes, status
from appointments
where practice_id = $practice_id
order by appointment_id
