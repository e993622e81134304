-- Appointments whose patient is not there. Grain: one row for each such row.
select appointments.practice_id, appointments.appointment_id as id
from appointments
left join patients on patients.practice_id = appointments.practice_id and patients.patient_id = appointments.patient_id
where appointments.patient_id is not null and patients.patient_id is null
order by appointments.practice_id, appointments.appointment_id
