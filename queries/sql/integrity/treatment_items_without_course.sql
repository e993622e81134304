-- Treatment items whose course is not there. Grain: one row for each such row.
select treatment_items.practice_id, treatment_items.treatment_item_id as id
from treatment_items
left join courses on courses.practice_id = treatment_items.practice_id and courses.course_id = treatment_items.course_id
where treatment_items.course_id is not null and courses.course_id is null
order by treatment_items.practice_id, treatment_items.treatment_item_id
