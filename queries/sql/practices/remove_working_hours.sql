-- Remove when people work (a sample practice only: the caller checks).
delete from working_hours
where practice_id = $practice_id
