-- Remove every planned visit of a practice.
delete from planned_visits
where practice_id = $practice_id
