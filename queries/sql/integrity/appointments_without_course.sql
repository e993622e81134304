-- Appointments linked to a course that is not there. Grain: one row for each such row.
select appointments.practice_id, appointments.appointment_id as id
from appointments
left join courses on courses.practice_id = appointments.practice_id and courses.course_id = appointments.course_id
where appointments.course_id is not null and courses.course_id is null
order by appointments.practice_id, appointments.appointment_id
