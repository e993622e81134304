-- Planned visits whose course is not there. Grain: one row for each such row.
select planned_visits.practice_id, planned_visits.planned_visit_id as id
from planned_visits
left join courses on courses.practice_id = planned_visits.practice_id and courses.course_id = planned_visits.course_id
where planned_visits.course_id is not null and courses.course_id is null
order by planned_visits.practice_id, planned_visits.planned_visit_id
