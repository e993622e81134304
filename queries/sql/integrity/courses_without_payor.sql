-- Courses whose payor is not there. Grain: one row for each such row.
select courses.practice_id, courses.course_id as id
from courses
left join payors on payors.practice_id = courses.practice_id and payors.payor_id = courses.payor_id
where courses.payor_id is not null and payors.payor_id is null
order by courses.practice_id, courses.course_id
