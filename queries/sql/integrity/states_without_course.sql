-- States of opportunities whose course is not there. Grain: one row for each such row.
select care_states.practice_id, care_states.opportunity_id as id
from care_states
left join courses on courses.practice_id = care_states.practice_id and courses.course_id = care_states.opportunity_id
where care_states.opportunity_id is not null and courses.course_id is null
order by care_states.practice_id, care_states.opportunity_id
