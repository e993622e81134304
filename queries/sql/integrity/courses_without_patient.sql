-- Courses whose patient is not there. Grain: one row for each such row.
select courses.practice_id, courses.course_id as id
from courses
left join patients on patients.practice_id = courses.practice_id and patients.patient_id = courses.patient_id
where courses.patient_id is not null and patients.patient_id is null
order by courses.practice_id, courses.course_id
