-- Courses whose provider is not there. Grain: one row for each such row.
select courses.practice_id, courses.course_id as id
from courses
left join providers on providers.practice_id = courses.practice_id and providers.provider_id = courses.provider_id
where courses.provider_id is not null and providers.provider_id is null
order by courses.practice_id, courses.course_id
