-- Every planned visit of a practice, without the practice's id. Grain: one row each.
select
    planned_visit_id, course_id, position, provider_id, minutes, interval_days, appointment_id, is_bookable
from planned_visits
where practice_id = $practice_id
order by planned_visit_id
